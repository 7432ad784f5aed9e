import {
  readNpmAttestations,
  readNpmPublication,
  readRegistryKeys,
  type VerifiedNpmPackage,
  verifyNpmPackage,
} from '@keelson/attestation';
import { terminalSafe } from '@keelson/report';
import { CommandError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { artifactNamed } from '../artifact-operand.ts';
import { readFrom, readInput } from '../input.ts';
import { demandApart } from '../outputs.ts';
import { statementOf } from '../verdict-text.ts';
import { buildJson, buildLines } from './build-text.ts';
import { evidenceFlags, evidenceHelp, evidenceOf } from './evidence.ts';
import { judgedAlone, toldOfAll } from './judged.ts';
import { formatOf, type Told, tellVerdict, wayFlags, wayHelp } from './way.ts';

const flags = {
  ...wayFlags,
  ...evidenceFlags,
  offline: { type: 'boolean' },
  attestations: { type: 'string', value: 'file' },
  'registry-keys': { type: 'string', value: 'file' },
  'package-name': { type: 'string', value: 'text' },
  'package-version': { type: 'string', value: 'text' },
  'source-uri': { type: 'string', value: 'text' },
  'builder-id': { type: 'string', value: 'text' },
  'print-provenance': { type: 'boolean' },
} as const;

const help = `keelson verify --with npm: tell whether an npm package was built from the source that is asked for, and published by its registry

Usage: keelson verify --with npm --attestations FILE --source-uri URI --builder-id ID [options] PACKAGE

PACKAGE is the package's file (.tgz), or sha512:HEX. Nothing is fetched but what --tuf-mirror names.

  --attestations FILE  what the registry answers at /-/npm/v1/attestations/NAME@VERSION
  --registry-keys FILE
                       the registry's keys, as Sigstore's TUF repository has them (keys.json below the registry's name); else the
                       repository of --tuf-mirror is asked for them
  --package-name NAME  the package
  --package-version VERSION
                       its version
  --source-uri URI     the repository that it must be built from: github.com/ORG/REPO
  --builder-id ID      on whose host: https://github.com/actions/runner/github-hosted, or a builder that signs for packages
  --print-provenance   print the statements that were verified, one on a line, and the verdict on stderr
${evidenceHelp}
  --offline            ask the network for nothing
${wayHelp}

Exit: 0 verified, 1 not verified, 2 wrong call, 4 the repository of --tuf-mirror failed.

Example:
  keelson verify --with npm --attestations web.attestations.json --registry-keys keys.json --trusted-root trusted_root.json \\
    --source-uri github.com/acme/web --builder-id https://github.com/actions/runner/github-hosted \\
    --package-name @acme/web --package-version 1.4.0 acme-web-1.4.0.tgz
`;

type Values = Parameters<Parameters<typeof defineVerb<typeof flags>>[1]>[0]['values'];

/** `keelson verify --with npm`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    formatOf(values, values['print-provenance'] === true ? 'print-provenance' : undefined);
    const { attestations, 'registry-keys': keys } = values;
    demandApart(
      [values.output],
      [...positionals, attestations, keys, values['trusted-root'], values['tuf-root']],
    );
    return tellVerdict(values, await verifyPackage(positionals, values));
  },
);

async function verifyPackage(operands: readonly string[], values: Values): Promise<Told> {
  const [operand, ...others] = operands;
  if (operand === undefined || others.length > 0) throw new CommandError('USAGE', 'name one package');
  const file = demanded(values, 'attestations');
  const keys = await registryKeysOf(values);
  const { 'package-name': packageName, 'package-version': packageVersion } = values;
  const expected = {
    source: demanded(values, 'source-uri'),
    builderId: demanded(values, 'builder-id'),
    ...(packageName === undefined ? {} : { packageName }),
    ...(packageVersion === undefined ? {} : { packageVersion }),
  };
  const requirements = await evidenceOf(values, false);
  const document = readInput(file);
  const of = artifactNamed(operand);
  const verdict = judgedAlone(of, file, () =>
    verifyNpmPackage(readNpmAttestations(document), of.artifact, requirements, keys, expected),
  );
  return toldOfAll([verdict], {
    what: 'attestations',
    linesOf: (verified) => [...linesOf(verified), ...unaskedLines(values)],
    jsonOf: (verified) => ({ package: publishedOf(verified), ...buildJson(verified) }),
    prints: values['print-provenance'] === true,
    statementOf: ({ signature }) => statementOf(signature),
  });
}

async function registryKeysOf(values: Values): Promise<ReturnType<typeof readRegistryKeys>> {
  const { 'registry-keys': file, 'tuf-mirror': mirror } = values;
  if (file !== undefined) return readFrom(file, readRegistryKeys);
  if (mirror === undefined)
    throw new CommandError(
      'USAGE',
      'which keys has the registry? Give --registry-keys FILE, or --tuf-mirror URL',
    );
  const { sigstoreRepository } = await import('../tuf.ts');
  // What --offline leaves unchecked is told where the trusted root is read.
  const repository = sigstoreRepository(mirror, { ...values, quiet: true }, 'unexpired');
  return readRegistryKeys(await repository.npmKeys());
}

function demanded(values: Values, name: 'attestations' | 'source-uri' | 'builder-id'): string {
  const value = values[name];
  if (value === undefined) throw new CommandError('USAGE', `--${name} is needed`);
  return value;
}

function publishedOf({ publication }: VerifiedNpmPackage) {
  const { name, version } = readNpmPublication(publication.payload ?? new Uint8Array());
  return { name, version };
}

function linesOf(verified: VerifiedNpmPackage): readonly string[] {
  const { name, version } = publishedOf(verified);
  return [`published as ${terminalSafe(`${name}@${version}`)} by its registry`, ...buildLines(verified)];
}

function unaskedLines(values: Values): readonly string[] {
  const lines = ['not checked: of which branch or tag'];
  if (values['package-name'] === undefined) lines.push('not checked: which package, since none is asked for');
  if (values['package-version'] === undefined)
    lines.push('not checked: which version, since none is asked for');
  return lines;
}
