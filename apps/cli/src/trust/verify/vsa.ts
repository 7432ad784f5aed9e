import {
  demandSummary,
  type SummaryExpectations,
  summaryPredicateType,
  type VerifiedSummary,
  verifySummary,
} from '@keelson/attestation';
import { parseJsonBytes } from '@keelson/core';
import { readEnvelope } from '@keelson/envelopes';
import { terminalSafe } from '@keelson/report';
import {
  type Artifact,
  artifactOfDigest,
  type Bundle,
  type BundleRequirements,
  bundleOfEnvelope,
  readBundle,
  SigningError,
  type VerifiedBundle,
  verifyBundle,
} from '@keelson/signing';
import { CommandError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { artifactNamed, type NamedArtifact } from '../artifact-operand.ts';
import { imageFlags, imageHelp } from '../image-flags.ts';
import { readInput } from '../input.ts';
import { demandApart } from '../outputs.ts';
import { signerFlags, signerHelp, signerOf } from '../signer-flags.ts';
import { bundleJson, keyJson, keyLines, signatureLines } from '../verdict-text.ts';
import { attestationsBeside, type Candidates, candidatesIn, isEnvelope } from './attestations.ts';
import { evidenceFlags, evidenceHelp, evidenceOf } from './evidence.ts';
import { judged, toldOfAll } from './judged.ts';
import { formatOf, type Told, tellVerdict, wayFlags, wayHelp } from './way.ts';

const flags = {
  ...wayFlags,
  ...signerFlags,
  ...evidenceFlags,
  ...imageFlags,
  attestation: { type: 'string', value: 'file' },
  'verifier-id': { type: 'string', value: 'text' },
  'resource-uri': { type: 'string', value: 'text' },
  'verified-level': { type: 'string', multiple: true, value: 'text' },
  'subject-digest': { type: 'string', multiple: true, value: 'text' },
  'public-key-id': { type: 'string', value: 'text' },
  'print-attestation': { type: 'boolean' },
} as const;

const help = `keelson verify --with vsa: tell whether a verifier that is trusted says that artifacts passed (SLSA verification summaries)

Usage: keelson verify --with vsa --verifier-id ID --resource-uri URI [options] --attestation FILE ARTIFACT...
       keelson verify --with vsa --verifier-id ID --resource-uri URI [options] --attestation FILE --subject-digest DIGEST
       keelson verify --with vsa --verifier-id ID --resource-uri URI [options] IMAGE

A summary counts where its signature holds, and it is of that verifier, about that resource and artifact, and says PASSED. ARTIFACT is a
file, - for stdin, sha256:HEX, or an image by its digest (NAME@sha256:HEX). Without a file the summary is looked for beside IMAGE.

  --attestation FILE   the summary: a Sigstore bundle or a DSSE envelope, or one on each line
  --verifier-id ID     whose verdict it is
  --resource-uri URI   what it is about, by its name
  --verified-level LEVEL
                       a level that it must state, as SLSA_BUILD_LEVEL_2; a higher one of its track will do; may be given more than once
  --subject-digest DIGEST
                       a digest that it must be about, as sha256:HEX or gitCommit:HEX; may be given more than once
${signerHelp}
  --public-key-id ID   the id by which the signature must name the key
${evidenceHelp}
  --print-attestation  print the statements that were verified, one on a line, and the verdict on stderr
${imageHelp}
${wayHelp}

Exit: 0 verified, 1 not verified, 2 wrong call, 4 the registry or the repository of --tuf-mirror failed.

Example:
  keelson verify --with vsa --key verifier.pub --insecure-ignore-tlog --verifier-id https://verifier.example \\
    --resource-uri registry.example/shop/web --verified-level SLSA_BUILD_LEVEL_2 --attestation web.vsa.json web.tar.gz
`;

type Values = Parameters<Parameters<typeof defineVerb<typeof flags>>[1]>[0]['values'];

/** A summary that holds. The signature is undefined where the key of an envelope by itself vouches for it. */
interface Verified {
  readonly found: VerifiedSummary;
  readonly payload: Uint8Array;
  readonly signature?: VerifiedBundle;
}

type Kept = { readonly bundle: Bundle } | { readonly envelope: Uint8Array };

/** `keelson verify --with vsa`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const prints = values['print-attestation'] === true;
    formatOf(values, prints ? 'print-attestation' : undefined);
    const { attestation, key } = values;
    const read = [...positionals, attestation, key, values['trusted-root'], values['tuf-root']];
    demandApart([values.output], read);
    return tellVerdict(values, await verifyAll(positionals, attestation, values));
  },
);

async function verifyAll(
  operands: readonly string[],
  file: string | undefined,
  values: Values,
): Promise<Told> {
  const expected = expectationsOf(values);
  const signer = await signerOf(values);
  if (values['public-key-id'] !== undefined && signer.kind !== 'key')
    throw new CommandError('USAGE', '--public-key-id goes with --key');
  const requirements = { signer, ...(await evidenceOf(values, signer.kind === 'key')) };
  const { subjects, candidates } =
    file === undefined ? await beside(operands, values) : inFile(operands, file, values);
  const judgedSubjects = subjects.map((subject) =>
    judged(subject, candidates, (kept) =>
      verifyOne(kept, subject.artifact, requirements, values['public-key-id'], {
        ...expected,
        digests: [...(subject.digest === undefined ? [] : [subject.digest]), ...expected.digests],
      }),
    ),
  );
  return toldOfAll(judgedSubjects, {
    what: 'summary',
    linesOf: (verified) => linesOf(verified, expected),
    jsonOf,
    prints: values['print-attestation'] === true,
    statementOf: ({ payload }) => parseJsonBytes(payload),
  });
}

interface Asked {
  readonly subjects: readonly NamedArtifact[];
  readonly candidates: Candidates<Kept>;
}

async function beside(operands: readonly string[], values: Values): Promise<Asked> {
  const [name, ...others] = operands;
  if (name === undefined || others.length > 0)
    throw new CommandError('USAGE', 'name one image, or --attestation FILE and what it is about');
  const { digest, ...candidates } = await attestationsBeside(
    name,
    values,
    new Set([summaryPredicateType]),
    'attestation',
  );
  const subject = { ...artifactNamed(digest), name, digest };
  const found = candidates.found.map(({ place, item }) => ({ place, item: { bundle: item } }));
  return { subjects: [subject], candidates: { ...candidates, found } };
}

function inFile(operands: readonly string[], file: string, values: Values): Asked {
  const digests = values['subject-digest'] ?? [];
  if (operands.length === 0 && digests.length === 0)
    throw new CommandError('USAGE', 'what is the summary to be about? Name artifacts, or --subject-digest');
  const candidates = candidatesIn(
    file,
    readInput(file),
    (document): Kept => (isEnvelope(document) ? { envelope: document } : { bundle: readBundle(document) }),
  );
  const named = operands
    .map(artifactNamed)
    .map((each) => ({ ...each, digest: each.digest ?? sha256Of(each) }));
  const only = { name: digests.join(', '), artifact: artifactOfDigests(digests), isImage: false };
  return { subjects: named.length === 0 ? [only] : named, candidates };
}

/** Summaries name artifacts by SHA-256 (slsa.dev/spec/v1.2/verification_summary, `subject`). */
function sha256Of({ artifact }: NamedArtifact): string {
  return `sha256:${Buffer.from(artifact.digest('sha256') ?? []).toString('hex')}`;
}

/** Something by its digests, of which those that signatures know of are given to them. */
function artifactOfDigests(digests: readonly string[]): Artifact {
  const known = new Map(
    digests.map((digest) => [digest.split(':', 1)[0], digest.slice(digest.indexOf(':') + 1)]),
  );
  return {
    digest: (algorithm) => {
      const hex = known.get(algorithm);
      return hex === undefined ? undefined : Buffer.from(hex, 'hex');
    },
  };
}

function verifyOne(
  kept: Kept,
  artifact: Artifact,
  requirements: BundleRequirements,
  keyId: string | undefined,
  expected: SummaryExpectations,
): Verified {
  const { signer, logEntries, timestamps } = requirements;
  // An envelope by itself has nothing but signatures, which may be several.
  if ('envelope' in kept && signer.kind === 'key' && logEntries + timestamps === 0) {
    const key = { key: signer.key, ...(keyId === undefined ? {} : { id: keyId }) };
    const found = verifySummary(kept.envelope, key, expected);
    return { found, payload: readEnvelope(kept.envelope).payload };
  }
  const bundle = 'envelope' in kept ? bundleOfEnvelope(kept.envelope) : kept.bundle;
  if (keyId !== undefined) demandKeyId(bundle, keyId);
  const signature = verifyBundle(bundle, artifact, requirements);
  if (signature.payload === undefined || signature.statement === undefined)
    throw new SigningError('ATTESTATION_MISMATCH', 'the bundle is a signature, and no attestation');
  return { found: demandSummary(signature.payload, expected), payload: signature.payload, signature };
}

function demandKeyId({ content, material }: Bundle, keyId: string): void {
  const named = [
    ...(content.kind === 'dsse' ? content.envelope.signatures.map(({ keyid }) => keyid) : []),
    ...(material.kind === 'publicKey' ? [material.hint] : []),
  ];
  if (!named.includes(keyId))
    throw new SigningError('SIGNATURE_WRONG', `the signature does not name the key ${keyId}`);
}

function linesOf({ found: { summary }, signature }: Verified, { levels }: Expected): readonly string[] {
  const { verifier, timeVerified, policy, resourceUri, verifiedLevels } = summary;
  return [
    `PASSED, says ${terminalSafe(verifier.id)}${timeVerified === undefined ? '' : ` at ${terminalSafe(timeVerified)}`}`,
    `about ${terminalSafe(resourceUri)}`,
    `levels: ${verifiedLevels.length === 0 ? 'none' : terminalSafe(verifiedLevels.join(', '))}`,
    ...(policy.uri === undefined ? [] : [`policy ${terminalSafe(policy.uri)}`]),
    ...(signature === undefined ? keyLines : signatureLines(signature).map((line) => line.trimStart())),
    ...(levels.length === 0 ? ['not checked: the levels, since none is asked for'] : []),
  ];
}

function jsonOf({ found: { summary }, signature }: Verified) {
  const { verifier, timeVerified, policy, resourceUri, verifiedLevels, slsaVersion } = summary;
  return {
    verifier: verifier.id,
    timeVerified,
    resourceUri,
    policy: policy.uri,
    levels: verifiedLevels,
    slsaVersion,
    ...(signature === undefined ? keyJson : bundleJson(signature)),
  };
}

/** @throws CommandError USAGE; SigningError for what is no digest of SHA-2 */
function demandDigest(digest: string): void {
  if (/^sha(?:256|384|512):/.test(digest)) artifactOfDigest(digest);
  else if (!/^[A-Za-z0-9_-]+:./.test(digest))
    throw new CommandError(
      'USAGE',
      `--subject-digest ${digest}: it has the form sha256:HEX or gitCommit:HEX`,
    );
}

type Expected = Required<Pick<SummaryExpectations, 'verifierId' | 'resourceUri' | 'levels' | 'digests'>>;

function expectationsOf(values: Values): Expected {
  const { 'verifier-id': verifierId, 'resource-uri': resourceUri } = values;
  if (verifierId === undefined || resourceUri === undefined)
    throw new CommandError(
      'USAGE',
      'whose verdict, and about what? Give --verifier-id ID and --resource-uri URI',
    );
  const digests = values['subject-digest'] ?? [];
  digests.forEach(demandDigest);
  return { verifierId, resourceUri, levels: values['verified-level'] ?? [], digests };
}
