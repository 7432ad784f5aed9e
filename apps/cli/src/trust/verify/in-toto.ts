import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AttestationError, readLayoutKey, type VerifiedLayout, verifyLayout } from '@keelson/attestation';
import { terminalSafe } from '@keelson/report';
import { type Artifact, subjectsOf } from '@keelson/signing';
import { CommandError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { annotationsOf } from '../annotations.ts';
import { artifactNamed } from '../artifact-operand.ts';
import { readFrom, readInput } from '../input.ts';
import { demandApart } from '../outputs.ts';
import { isoTime } from '../times.ts';
import { judgedAlone, toldOfAll } from './judged.ts';
import { formatOf, type Told, tellVerdict, wayFlags, wayHelp } from './way.ts';

const flags = {
  ...wayFlags,
  layout: { type: 'string', value: 'file' },
  'layout-key': { type: 'string', multiple: true, value: 'file' },
  'link-dir': { type: 'string', value: 'folder' },
  offline: { type: 'boolean' },
  substitute: { type: 'string', multiple: true, value: 'text' },
} as const;

const help = `keelson verify --with in-toto: tell whether a product was made as its layout has it, by whom it should (in-toto)

Usage: keelson verify --with in-toto --layout FILE --layout-key FILE [options] [ARTIFACT...]

The layout must be signed by every owner and must not have expired; each step needs links of so many functionaries, and their materials
and products must keep the rules. ARTIFACT, a file, - for stdin or sha256:HEX, must be among the products of the last step. Inspections are
commands, and keelson runs none: a layout that has some is not verified.

  --layout FILE        the layout, in JSON: signed as in-toto signs, or in a DSSE envelope
  --layout-key FILE    the public key of an owner, in PEM or in in-toto's JSON; may be given more than once, and all must have signed
  --link-dir DIR       where the links are, STEP.KEYID.link (default: this folder)
  --substitute NAME=VALUE
                       the value of a parameter of the layout; may be given more than once
  --offline            as for other ways; this one asks the network for nothing in any case
${wayHelp}

Exit: 0 verified, 1 not verified, 2 wrong call.

Example:
  keelson verify --with in-toto --layout root.layout --layout-key alice.pub --link-dir links/ web.tar.gz
`;

type Values = Parameters<Parameters<typeof defineVerb<typeof flags>>[1]>[0]['values'];

/** A layout that holds, or the products of its last step that an artifact is. */
type Verified = { readonly layout: VerifiedLayout } | { readonly products: readonly string[] };

/** `keelson verify --with in-toto`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    formatOf(values);
    const { layout, 'layout-key': keys = [] } = values;
    if (layout === undefined || keys.length === 0)
      throw new CommandError('USAGE', 'by which layout, and whose? Give --layout FILE and --layout-key FILE');
    demandApart([values.output], [...positionals, layout, ...keys]);
    return tellVerdict(values, verifyProduct(positionals, layout, keys, values));
  },
);

function verifyProduct(
  operands: readonly string[],
  file: string,
  keys: readonly string[],
  values: Values,
): Told {
  const owners = keys.map((key) => readFrom(key, readLayoutKey));
  const parameters =
    values.substitute === undefined ? {} : { parameters: annotationsOf(values.substitute, 'substitute') };
  const folder = values['link-dir'] ?? '.';
  if (!existsSync(folder)) throw new CommandError('USAGE', `${folder}: no such file or folder`);
  const bytes = readInput(file);
  const artifacts = operands.map(artifactNamed);
  const verdict = judgedAlone<Verified>({ name: file }, file, () => ({
    layout: verifyLayout(bytes, {
      owners,
      now: Date.now(),
      read: (path) => linkAt(join(folder, path)),
      ...parameters,
    }),
  }));
  const [held] = verdict.accepted;
  const judged = artifacts.map(({ name, artifact }) =>
    judgedAlone<Verified>({ name }, file, () => ({
      products: productsOf(held?.verified, artifact),
    })),
  );
  return toldOfAll([verdict, ...judged], {
    what: 'layout',
    linesOf: (verified) => linesOf(verified, artifacts.length > 0),
    jsonOf,
    prints: false,
    statementOf: () => undefined,
  });
}

function linkAt(path: string): Uint8Array | undefined {
  return existsSync(path) ? readInput(path) : undefined;
}

/** @throws AttestationError SUBJECT_MISMATCH */
function productsOf(verified: Verified | undefined, artifact: Artifact): readonly string[] {
  if (verified === undefined || !('layout' in verified))
    throw new AttestationError('SUBJECT_MISMATCH', 'its layout does not hold, so nothing is known of it');
  const { products } = verified.layout.summary;
  const subjects = [...products].map(([name, digest]) => ({ name, digest, annotations: new Map() }));
  const found = subjectsOf({ subjects }, artifact);
  if (found.length === 0) throw new AttestationError('SUBJECT_MISMATCH', 'it is no product of the last step');
  return found.map(({ name }) => name ?? '');
}

function linesOf(verified: Verified, isAsked: boolean): readonly string[] {
  if ('products' in verified) return verified.products.map((path) => `product ${terminalSafe(path)}`);
  const { layout, steps, summary, notes } = verified.layout;
  return [
    `counts until ${isoTime(layout.expires)}`,
    ...[...steps].map(
      ([name, { keyIds }]) => `step ${terminalSafe(name)}, by ${terminalSafe(keyIds.join(', '))}`,
    ),
    ...notes.map((note) => `note: ${terminalSafe(note)}`),
    ...(isAsked
      ? []
      : [
          `not checked: any artifact, since none is named; the last step made ${productsText([...summary.products.keys()])}`,
        ]),
  ];
}

/** The first of what may be many. */
function productsText(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).map(terminalSafe).join(', ');
  if (paths.length === 0) return 'nothing';
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown;
}

function jsonOf(verified: Verified) {
  if ('products' in verified) return { products: verified.products };
  const { layout, steps, summary, notes } = verified.layout;
  return {
    expires: isoTime(layout.expires),
    steps: [...steps].map(([name, { keyIds, link }]) => ({ name, keyIds, command: link.command })),
    products: Object.fromEntries(
      [...summary.products].map(([path, digest]) => [path, Object.fromEntries(digest)]),
    ),
    notes,
  };
}
