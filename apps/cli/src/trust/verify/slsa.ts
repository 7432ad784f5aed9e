import {
  buildKindOf,
  type SignatureRequirements,
  type SourceExpectations,
  type VerifiedBuild,
  verifyBuild,
} from '@keelson/attestation';
import { artifactOfDigest } from '@keelson/signing';
import { CommandError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { annotationsOf } from '../annotations.ts';
import { artifactNamed, type NamedArtifact } from '../artifact-operand.ts';
import { demandOnly } from '../flags-together.ts';
import { imageFlags, imageHelp } from '../image-flags.ts';
import { readInput } from '../input.ts';
import { demandApart } from '../outputs.ts';
import { statementOf } from '../verdict-text.ts';
import { attestationsBeside, attestationsIn, type Candidates } from './attestations.ts';
import { buildJson, buildLines } from './build-text.ts';
import { evidenceFlags, evidenceHelp, evidenceOf } from './evidence.ts';
import { type Judged, judged, toldOfAll } from './judged.ts';
import { isCloudBuild, toldOfCloudBuild } from './slsa-cloud-build.ts';
import { formatOf, type Told, tellVerdict, wayFlags, wayHelp } from './way.ts';

const flags = {
  ...wayFlags,
  ...evidenceFlags,
  ...imageFlags,
  provenance: { type: 'string', value: 'file' },
  'source-uri': { type: 'string', value: 'text' },
  'source-branch': { type: 'string', value: 'text' },
  'source-tag': { type: 'string', value: 'text' },
  'source-versioned-tag': { type: 'string', value: 'text' },
  'builder-id': { type: 'string', value: 'text' },
  'build-workflow-input': { type: 'string', multiple: true, value: 'text' },
  'cloud-build-key': { type: 'string', multiple: true, value: 'text' },
  'print-provenance': { type: 'boolean' },
} as const;

const help = `keelson verify --with slsa: tell whether artifacts were built from the source and by the builder that are asked for

Usage: keelson verify --with slsa --source-uri URI [options] --provenance FILE ARTIFACT...
       keelson verify --with slsa --source-uri URI [options] IMAGE

Builds on GitHub: the generators and builders of slsa-github-generator, builders that delegate to it, and GitHub's artifact attestations.
Builds of Google Cloud Build. ARTIFACT is a file, - for stdin, sha256:HEX, or an image by its digest (NAME@sha256:HEX). Without a file of
provenance it is looked for beside IMAGE, which is named as for other ways.

  --provenance FILE    the provenance: a Sigstore bundle or an envelope, or one on each line; or what gcloud artifacts docker images
                       describe --show-provenance --format json prints
  --source-uri URI     the repository that it must be built from: github.com/ORG/REPO
  --source-branch NAME
                       the branch
  --source-tag NAME    the tag
  --source-versioned-tag VERSION
                       the tag as a version: v1 and v1.2 are any version of theirs
  --builder-id ID      the builder, perhaps @ a version; without it one that is known to keep its builds apart, of the generators'. GitHub's
                       attestations need it: the workflow, https://github.com/ORG/REPO/.github/workflows/FILE, @ its tag or ref
  --build-workflow-input NAME=VALUE
                       what somebody gave who started the build by hand; may be given more than once
  --cloud-build-key NAME=FILE
                       a public key of Google Cloud Build, by the name that its signatures have; may be given more than once
  --print-provenance   print the statements that were verified, one on a line, and the verdict on stderr
${evidenceHelp}
${imageHelp}
${wayHelp}

Exit: 0 verified, 1 not verified, 2 wrong call, 4 the registry or the repository of --tuf-mirror failed.

Examples:
  keelson verify --with slsa --source-uri github.com/acme/shop --source-tag v1.4.0 --trusted-root trusted_root.json \\
    --provenance shop.intoto.jsonl shop-linux-amd64
  keelson verify --with slsa --source-uri github.com/acme/shop --trusted-root trusted_root.json \\
    --builder-id https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main registry.example/shop/web:1.4
`;

type Values = Parameters<Parameters<typeof defineVerb<typeof flags>>[1]>[0]['values'];

/** `keelson verify --with slsa`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    formatOf(values, values['print-provenance'] === true ? 'print-provenance' : undefined);
    const { provenance } = values;
    demandApart([values.output], [...positionals, provenance, values['trusted-root'], values['tuf-root']]);
    return tellVerdict(
      values,
      await (provenance === undefined
        ? verifyStored(positionals, values)
        : verifyFiles(positionals, provenance, values)),
    );
  },
);

async function verifyFiles(operands: readonly string[], file: string, values: Values): Promise<Told> {
  if (operands.length === 0) throw new CommandError('USAGE', 'name the artifacts that were built');
  const expected = expectationsOf(values);
  const document = readInput(file);
  const isOfCloudBuild = isCloudBuild(document);
  if (isOfCloudBuild) demandOnly(values, ofCloudBuild, 'a provenance of Cloud Build', 'only its keys count');
  else demandOnly(values, ofGitHub, 'a provenance of GitHub', 'its certificate counts');
  const artifacts = operands.map(artifactNamed);
  if (isOfCloudBuild)
    return toldOfCloudBuild(artifacts, { file, document, keys: values['cloud-build-key'] }, expected, values);
  const requirements = await evidenceOf(values, false);
  const candidates = attestationsIn(file, document);
  return toldOf(
    artifacts.map((artifact) => verifyOne(artifact, candidates, requirements, expected)),
    values,
  );
}

async function verifyStored(operands: readonly string[], values: Values): Promise<Told> {
  const [name, ...others] = operands;
  if (name === undefined || others.length > 0)
    throw new CommandError('USAGE', 'name one image, or --provenance FILE and the artifacts that were built');
  demandOnly(values, ofGitHub, 'an image', 'a provenance of Cloud Build is given with --provenance FILE');
  const expected = expectationsOf(values);
  const requirements = await evidenceOf(values, false);
  const { digest, ...candidates } = await attestationsBeside(name, values, provenanceTypes, 'provenance');
  const image = { name, artifact: artifactOfDigest(digest), digest, isImage: true };
  return toldOf([verifyOne(image, candidates, requirements, expected)], values);
}

function verifyOne(
  of: NamedArtifact,
  candidates: Candidates,
  requirements: SignatureRequirements,
  expected: Expected,
): Judged<VerifiedBuild> {
  return judged(of, candidates, (bundle) =>
    verifyBuild(bundle, of.artifact, requirements, {
      ...expected,
      kind: buildKindOf(bundle, of.isImage),
    }),
  );
}

function toldOf(builds: readonly Judged<VerifiedBuild>[], values: Values): Told {
  return toldOfAll(builds, {
    what: 'provenance',
    linesOf: (build) => [...buildLines(build), ...unaskedLines(values)],
    jsonOf: buildJson,
    prints: values['print-provenance'] === true,
    statementOf: ({ signature }) => statementOf(signature),
  });
}

/** What of the source nobody asked for. */
function unaskedLines(values: Values): readonly string[] {
  const asked = ['source-branch', 'source-tag', 'source-versioned-tag'] as const;
  return asked.every((name) => values[name] === undefined)
    ? ['not checked: of which branch or tag, since none is asked for']
    : [];
}

const provenanceTypes: ReadonlySet<string> = new Set([
  'https://slsa.dev/provenance/v0.2',
  'https://slsa.dev/provenance/v1',
]);

const ofGitHub: ReadonlySet<string> = new Set(
  Object.keys(flags).filter((name) => name !== 'cloud-build-key'),
);
const ofCloudBuild: ReadonlySet<string> = new Set(
  Object.keys(flags).filter((name) => !Object.hasOwn(evidenceFlags, name) && name !== 'build-workflow-input'),
);

type Expected = SourceExpectations & { readonly builderId?: string };

function expectationsOf(values: Values): Expected {
  const { 'source-uri': source, 'source-branch': branch, 'source-tag': tag } = values;
  const { 'source-versioned-tag': versionedTag, 'builder-id': builderId } = values;
  if (source === undefined)
    throw new CommandError('USAGE', 'from which source was it to be built? Give --source-uri URI');
  if (!/^(?:[a-z+]+:\/\/)?[^/\s]+\/[^/\s]/.test(source))
    throw new CommandError(
      'USAGE',
      `--source-uri ${source}: it is a repository with its host, as github.com/ORG/REPO`,
    );
  return {
    source,
    ...(branch === undefined ? {} : { branch }),
    ...(tag === undefined ? {} : { tag }),
    ...(versionedTag === undefined ? {} : { versionedTag }),
    ...(builderId === undefined ? {} : { builderId }),
    inputs: annotationsOf(values['build-workflow-input'], 'build-workflow-input'),
  };
}
