import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type InteropSuite, judge, type Outcome } from './cell.ts';

/** Every interop suite by name; a module is loaded only when it runs. */
const suites: Readonly<Record<string, () => Promise<{ open(): Promise<InteropSuite> }>>> = {
  signing: () => import('./signing.ts'),
  tuf: () => import('./tuf.ts'),
};

const page = fileURLToPath(new URL('../../../docs/interop.md', import.meta.url));
const [name = '', ...flags] = process.argv.slice(2);
const load = suites[name];
// The page is that of signatures.
const isKnown = (flag: string) => (flag === '--write' && name === 'signing') || flag.startsWith('--only=');
if (load === undefined || flags.length > 1 || !flags.every(isKnown)) {
  console.error(
    `usage: npm run interop -- NAME [--write|--only=TEXT]; known: ${Object.keys(suites).join(', ')}; --write renews docs/interop.md from signing; --only=TEXT runs the cells whose name has it, and those that others need`,
  );
  process.exitCode = 2;
} else {
  const only = flags[0]?.startsWith('--only=') === true ? flags[0].slice('--only='.length) : '';
  const suite = await (await load()).open();
  try {
    const cells = suite.cells.filter(({ id, isNeeded = false }) => isNeeded || id.includes(only));
    const outcomes = await judge(only === '' ? suite : { ...suite, cells });
    const count = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
    for (const { id, kind, reason } of outcomes)
      console.log(`${kind}: ${id}${reason === undefined ? '' : `: ${reason}`}`);
    if (flags.includes('--write')) writeFileSync(page, pageOf(suite, outcomes));
    console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('not run')} not run`);
    const isAnyChosen = suite.cells.some(({ id }) => id.includes(only));
    if (!isAnyChosen) console.error(`no cell has ${only} in its name`);
    process.exitCode = count('failed') === 0 && isAnyChosen ? 0 : 1;
  } finally {
    await suite.close();
  }
}

/** The matrix as docs/interop.md has it: what was exchanged is told one by one, tampered ones are counted. */
function pageOf({ peers }: InteropSuite, outcomes: readonly Outcome[]): string {
  const exchanged = outcomes.filter(({ id }) => !id.startsWith('tampered'));
  const tampered = outcomes.filter(({ id }) => id.startsWith('tampered'));
  const accepted = tampered.filter(({ kind }) => kind !== 'passed').length;
  return [
    '# Interop',
    '',
    'What `npm run interop -- signing` printed, with programs of other projects that their own package clients installed.',
    '',
    `Date: ${new Date().toISOString().slice(0, 10)}. Peers: ${peers.join(', ')}.`,
    '',
    '| exchange | outcome |',
    '|---|---|',
    ...exchanged.map(
      ({ id, kind, reason }) => `| ${id} | ${kind}${reason === undefined ? '' : `: ${reason}`} |`,
    ),
    '',
    `${tampered.length} tampered signatures, ${accepted} accepted.`,
    '',
  ].join('\n');
}
