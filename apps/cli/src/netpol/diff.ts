import {
  Connections,
  Connectivity,
  type DiffReport,
  diffCsv,
  diffDot,
  diffHtml,
  diffJson,
  diffMd,
  diffOf,
  diffTxt,
} from '@keelson/netpol';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { inputFlags, inputHelp, type NetpolInput, readInput } from './input.ts';

const formats = ['txt', 'md', 'csv', 'json', 'dot', 'html'] as const;

const flags = {
  ...commonFlags,
  ...inputFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  against: { type: 'string', value: 'revision' },
  'fail-on': { type: 'string', value: { choices: ['opened', 'any', 'none'] } },
} as const;

const help = `keelson netpol diff: tell what a change opens and closes

Usage: keelson netpol diff [options] BEFORE AFTER
       keelson netpol diff [options] --against REV PATH...

BEFORE and AFTER are files or folders with the manifests of two states; with --against the state before is the one that the paths had in
a revision of git. Pairs whose connections changed are listed, then those that came, then those that went.

  --against REV|DIR    compare with a git revision or a folder
  --fail-on WHAT       exit 1 where something was opened (opened), anything differs (any), or never (none, unless said)
${inputHelp}
  -f, --format FORMAT  ${formats.join(', ')}; txt unless said
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          no warnings and no progress

Exit: 0 done, 1 as --fail-on says, 2 wrong call, 3 a file or a policy could not be read.

Examples:
  keelson netpol diff main/deploy deploy
  keelson netpol diff --against origin/main deploy --fail-on opened -f md
  keelson netpol diff main/deploy deploy -f html -o change.html
`;

const writers: Readonly<Record<(typeof formats)[number], (report: DiffReport) => string>> = {
  txt: diffTxt,
  md: diffMd,
  csv: diffCsv,
  dot: diffDot,
  html: diffHtml,
  json: diffJson,
};

/** `keelson netpol diff`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, formats) ?? 'txt';
    const failOn = choiceOf('fail-on', values['fail-on'], ['opened', 'any', 'none']) ?? 'none';
    const connections = new Connections();
    const read = async (paths: readonly string[]): Promise<NetpolInput> => {
      // A revision may have nothing at the paths yet.
      if (paths.length === 0)
        return { resources: [], connectivity: new Connectivity([], { connections }), isPartial: false };
      return readInput(paths, values, { connections });
    };
    const [first, second] =
      values.against === undefined
        ? await twoStates(positionals, read)
        : await withEarlier(values.against, positionals, read);
    const diffs = diffOf(first.connectivity, second.connectivity);
    const text = writers[format]({ diffs, connections, names: ['before', 'after'] });
    writeResult(values.output, text === '' || text.endsWith('\n') ? text : `${text}\n`);
    if (first.isPartial || second.isPartial) return exitCodes.unreadable;
    const isOpened = diffs.some((each) => !connections.contains(each.before, each.after));
    const isDifferent = diffs.some(({ type }) => type !== 'unchanged');
    const isFault = failOn === 'opened' ? isOpened : failOn === 'any' && isDifferent;
    return isFault ? exitCodes.findings : exitCodes.done;
  },
);

type Read = (paths: readonly string[]) => Promise<NetpolInput>;
type States = readonly [before: NetpolInput, after: NetpolInput];

/** @throws CommandError USAGE unless there are two paths */
async function twoStates(paths: readonly string[], read: Read): Promise<States> {
  const [before, after, ...others] = paths;
  if (before === undefined || after === undefined || others.length > 0)
    throw new CommandError('USAGE', 'name two files or folders: the state before and the state after');
  return [await read([before]), await read([after])];
}

async function withEarlier(against: string, paths: readonly string[], read: Read): Promise<States> {
  if (paths.length === 0) throw new CommandError('USAGE', 'name the files or folders that are compared');
  const now = await read(paths);
  const { judgeEarlier } = await import('../scan/against.ts');
  const { result } = await judgeEarlier(against, paths, read);
  return [result, now];
}
