import { isKeelsonError } from '@keelson/core';
import { terminalSafe } from '@keelson/report';
import { type BundleRequirements, readBundle, SigningError, verifyBundle } from '@keelson/signing';
import { CommandError } from '../../errors.ts';
import { tell } from '../../stderr.ts';
import { defineVerb } from '../../verb.ts';
import { artifactNamed } from '../artifact-operand.ts';
import { demandOnly } from '../flags-together.ts';
import { imageFlags, imageHelp } from '../image-flags.ts';
import { readFrom } from '../input.ts';
import { demandApart } from '../outputs.ts';
import { predicateTypes, wantedPredicateType } from '../predicate-types.ts';
import { signerFlags, signerHelp, signerOf } from '../signer-flags.ts';
import { attestationKind, type BlobVerdict, blobText, predicatesOf, verdictJson } from '../verdict-text.ts';
import { evidenceFlags, evidenceHelp, evidenceOf } from './evidence.ts';
import { formatOf, type Told, tellVerdict, wayFlags, wayHelp } from './way.ts';

const flags = {
  ...wayFlags,
  ...signerFlags,
  ...imageFlags,
  bundle: { type: 'string', value: 'file' },
  ...evidenceFlags,
  type: { type: 'string', value: { choices: Object.keys(predicateTypes) } },
  annotations: { type: 'string', short: 'a', multiple: true, value: 'text' },
  threshold: { type: 'string', value: 'text' },
  'print-predicate': { type: 'boolean' },
} as const;

const help = `keelson verify: tell whether an image, or a file beside its bundle, was signed by whom it should

Usage: keelson verify [options] IMAGE
       keelson verify [options] --bundle FILE ARTIFACT
       keelson verify --policy FILE [options] IMAGE
       keelson verify --with WAY [options] ...

IMAGE is registry/repository:tag or @digest, oci:FOLDER, oci-archive:FILE, docker-archive:FILE or dir:FOLDER. Signatures and
attestations are found where cosign puts them: manifests that refer to the image, and the tags .sig and .att. ARTIFACT is a file, - for
stdin, or sha256:HEX.

Other ways of verifying have options of their own, which keelson verify --with WAY --help tells:
  --with cosign        signatures and attestations of Sigstore and cosign: the default, whose options follow
  --with notation      signatures of the Notary Project, by its trust policies
  --with policy        image policies, as admission controllers have them; --policy FILE says the same
  --with slsa          where and by what artifacts were built: SLSA provenance of GitHub and Google Cloud Build
  --with npm           where an npm package was built, and that its registry published it
  --with vsa           what a verifier says that is trusted: SLSA verification summaries
  --with in-toto       whether a product was made as its in-toto layout has it
  --with tekton        what Tekton Chains wrote on TaskRuns and PipelineRuns

${signerHelp}
  --bundle FILE        the Sigstore bundle of ARTIFACT; one that is an attestation counts too, and is told
  --type TYPE          an attestation of this type must hold, instead of a signature: a URI, or one of
                       ${Object.keys(predicateTypes).join(', ')}
  -a, --annotations NAME=VALUE
                       the signature must carry it; may be given more than once
  --threshold N        so many different signers must have signed (default 1)
  --print-predicate    with --type: print the predicates of the attestations that hold, one on a line, and the verdict on stderr
${evidenceHelp}
${imageHelp}
${wayHelp}

Exit: 0 verified, 1 not verified, 2 wrong call, 4 the registry or the repository of --tuf-mirror failed.

Examples:
  keelson verify --key cosign.pub --insecure-ignore-tlog registry.example/shop/web@sha256:...
  keelson verify --trusted-root trusted_root.json --certificate-identity dev@example.com --certificate-oidc-issuer \\
    https://accounts.example.com registry.example/shop/web:1.4
  keelson verify --key cosign.pub --insecure-ignore-tlog --bundle web.tar.gz.bundle web.tar.gz
`;

/** `keelson verify` of what Sigstore and cosign sign. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const [operand, ...others] = positionals;
    if (operand === undefined || others.length > 0)
      throw new CommandError('USAGE', 'name one image, or --bundle FILE and one artifact');
    const prints = values['print-predicate'] === true;
    formatOf(values, prints ? 'print-predicate' : undefined);
    if (prints && values.type === undefined)
      throw new CommandError('USAGE', '--print-predicate goes with --type TYPE: signatures have none');
    demandApart(
      [values.output],
      [operand, values.bundle, values.key, values['trusted-root'], values['tuf-root']],
    );
    if (values.bundle !== undefined)
      return tellVerdict(values, await verifyFile(operand, values.bundle, values));
    // A file needs nothing of what opens images.
    const { verifyStored } = await import('./cosign-image.ts');
    return tellVerdict(values, await verifyStored(operand, values, await requirementsOf(values)));
  },
);

async function verifyFile(operand: string, bundle: string, values: Values): Promise<Told> {
  demandOnly(values, ofBundles, '--bundle', 'it is for images');
  const type = values.type === undefined ? undefined : wantedPredicateType(values.type);
  const verdict = blobVerdict(operand, bundle, await requirementsOf(values), type);
  const verified = verdict.fault === undefined ? [verdict.verified] : [];
  const kind = verified.map((each) => attestationKind(each, values.type !== undefined))[0];
  if (kind !== undefined && values.type === undefined && values.quiet !== true)
    tell(`note: ${bundle} is ${terminalSafe(kind)}; --type TYPE asks for one`);
  return {
    isVerified: verified.length > 0,
    txt: blobText(verdict),
    json: verdictJson.ofBlob(verdict),
    ...(values['print-predicate'] === true ? { printed: predicatesOf(verified) } : {}),
  };
}

type Values = Parameters<Parameters<typeof defineVerb<typeof flags>>[1]>[0]['values'];

/** What is looked at beside a bundle. */
const ofBundles = new Set(
  Object.keys(flags).filter((name) => name !== 'annotations' && name !== 'threshold'),
);

async function requirementsOf(values: Values): Promise<BundleRequirements> {
  const signer = await signerOf(values);
  return { signer, ...(await evidenceOf(values, signer.kind === 'key')) };
}

function blobVerdict(
  operand: string,
  file: string,
  requirements: BundleRequirements,
  type: string | undefined,
): BlobVerdict {
  const { artifact } = artifactNamed(operand);
  try {
    const verified = verifyBundle(readFrom(file, readBundle), artifact, requirements);
    const found = verified.statement?.predicateType;
    if (type !== undefined && found !== type)
      throw new SigningError(
        'ATTESTATION_MISMATCH',
        `the bundle is ${found === undefined ? 'no attestation' : `an attestation of type ${found}`}`,
      );
    return { name: operand, verified, isTyped: type !== undefined };
  } catch (error) {
    if (!isKeelsonError(error) || error instanceof CommandError) throw error;
    return { name: operand, fault: error };
  }
}
