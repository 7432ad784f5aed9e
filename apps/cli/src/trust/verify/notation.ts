import { terminalSafe } from '@keelson/report';
import {
  blobTarget,
  type NotationRequirements,
  type NotationVerdict,
  notaryMediaTypes,
  readTrustPolicy,
  verifyNotation,
  verifyNotationImage,
} from '@keelson/signing';
import { CommandError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { annotationsOf } from '../annotations.ts';
import { faultJson, faultText } from '../fault-text.ts';
import { type OpenedImage, withImage } from '../image.ts';
import { imageFlags, imageHelp } from '../image-flags.ts';
import { readFrom, readInput } from '../input.ts';
import { revocationServers } from '../notation/revocation.ts';
import { policyFile, trustStoresOf } from '../notation/settings.ts';
import { notationJson, notationLines } from '../notation/verdict-text.ts';
import { demandApart } from '../outputs.ts';
import { formatOf, type Told, tellVerdict, wayFlags, wayHelp } from './way.ts';

const flags = {
  ...wayFlags,
  ...imageFlags,
  'trust-policy': { type: 'string', value: 'file' },
  'trust-store': { type: 'string', value: 'folder' },
  signature: { type: 'string', value: 'file' },
  'user-metadata': { type: 'string', multiple: true, value: 'text' },
  'ask-revocation': { type: 'boolean' },
} as const;

const help = `keelson verify --with notation: tell whether an image, or a file beside its signature, was signed by whom a trust policy accepts

Usage: keelson verify --with notation [options] IMAGE
       keelson verify --with notation [options] --signature FILE ARTIFACT

  --trust-policy FILE  whose signatures are accepted; else notation's own (trustpolicy.oci.json, trustpolicy.json, trustpolicy.blob.json)
  --trust-store DIR    the trust stores, x509/TYPE/NAME; else notation's own
  --signature FILE     the signature of ARTIFACT
  --user-metadata NAME=VALUE
                       what the signer must have said; may be given more than once
  --ask-revocation     ask the servers that certificates name whether they were revoked
${imageHelp}
${wayHelp}

Exit: 0 verified, or the policy asks for no signature; 1 not verified, 2 wrong call, 4 the registry failed.

Examples:
  keelson verify --with notation --trust-policy trustpolicy.json --trust-store truststore registry.example/shop/web:1.4
  keelson verify --with notation --trust-policy trustpolicy.blob.json --signature web.sig web.tar.gz
`;

/** `keelson verify --with notation`: the trust policy says who must have signed. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const [operand, ...others] = positionals;
    if (operand === undefined || others.length > 0)
      throw new CommandError('USAGE', 'name one image, or --signature FILE and one artifact');
    formatOf(values);
    if (values.offline === true && values['ask-revocation'] === true)
      throw new CommandError('USAGE', '--offline and --ask-revocation do not go together: servers are asked');
    demandApart([values.output], [operand, values.signature, values['trust-policy']]);
    return tellVerdict(values, await verifyWithNotation(operand, values));
  },
);

type NotationValues = Parameters<Parameters<typeof defineVerb<typeof flags>>[1]>[0]['values'];

/** Verifies an image, or a file beside its signature, by a trust policy of the Notary Project. */
async function verifyWithNotation(operand: string, values: NotationValues): Promise<Told> {
  if (values.signature !== undefined) return await verifyBlob(operand, values.signature, values);
  const requirements = requirementsOf(values, 'oci');
  const judge = async ({ source, loaded, repository }: OpenedImage) => {
    const { mediaType, digest, size } = loaded;
    const target = { kind: 'image', descriptor: { mediaType, digest, size }, repository } as const;
    return { digest, image: await verifyNotationImage(source, target, requirements) };
  };
  const { digest, image } = await withImage(operand, values, judge, 'signature');
  const isVerified = image.outcome !== 'refused';
  const isAccepted = image.outcome === 'accepted';
  const lines = [`${terminalSafe(operand)}: ${wordOf(image.outcome)}`, `  digest: ${digest}`];
  if (image.verdict !== undefined) {
    if (image.manifest !== undefined) lines.push(`  signature ${image.manifest} (notation)`);
    lines.push(...notationLines(image.verdict).map((line) => `  ${line}`));
  }
  for (const { manifest, fault } of image.refused)
    lines.push(`  refused ${manifest}`, `    ${faultText(fault)}`);
  if (!isVerified && image.refused.length === 0) lines.push('  there is no signature of notation');
  if (image.untried > 0) lines.push(`  ${image.untried} not looked at`);
  const refused = image.refused.map(({ manifest, fault }) => ({ manifest, ...faultJson(fault) }));
  return {
    isVerified,
    txt: `${lines.join('\n')}\n`,
    json: {
      image: operand,
      digest,
      manifest: image.manifest,
      verified: isAccepted,
      outcome: image.outcome,
      ...(image.verdict === undefined ? {} : notationJson(image.verdict)),
      refused,
      notLookedAt: image.untried,
    },
  };
}

async function verifyBlob(operand: string, file: string, values: NotationValues): Promise<Told> {
  const bytes = readInput(file);
  // An envelope of JWS is a JSON object; one of COSE is binary.
  const mediaType = bytes[0] === 0x7b ? notaryMediaTypes.jws : notaryMediaTypes.cose;
  const target = blobTarget(readInput(operand));
  const verdict = await verifyNotation(bytes, mediaType, { ...requirementsOf(values, 'blob'), target });
  const lines = [`${terminalSafe(operand)}: ${wordOf(verdict.outcome)}`, ...notationLines(verdict)];
  return {
    isVerified: verdict.outcome !== 'refused',
    txt: `${lines.join('\n')}\n`,
    json: { artifact: operand, ...notationJson(verdict) },
  };
}

function requirementsOf(values: NotationValues, kind: 'oci' | 'blob'): Omit<NotationRequirements, 'target'> {
  const names = kind === 'oci' ? ['trustpolicy.oci.json', 'trustpolicy.json'] : ['trustpolicy.blob.json'];
  return {
    policy: readFrom(values['trust-policy'] ?? policyFile(names), (bytes) => readTrustPolicy(bytes, kind)),
    trustStores: trustStoresOf(values['trust-store']),
    now: Date.now(),
    userMetadata: annotationsOf(values['user-metadata'], 'user-metadata'),
    ...(values['ask-revocation'] === true ? { revocation: revocationServers() } : {}),
  };
}

function wordOf(outcome: NotationVerdict['outcome']): string {
  if (outcome === 'accepted') return 'verified';
  return outcome === 'refused'
    ? 'not verified'
    : 'not verified, since the trust policy asks for no signature';
}
