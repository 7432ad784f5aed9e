import { Connections, type DiffReport, diffCsv, diffDot, diffMd, diffOf, diffTxt } from '@keelson/netpol';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { inputFlags, inputHelp, readInput } from './input.ts';

const formats = ['txt', 'md', 'csv', 'dot'] as const;

const flags = {
  ...commonFlags,
  ...inputFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  'fail-on': { type: 'string', value: { choices: ['opened', 'any', 'none'] } },
} as const;

const help = `keelson netpol diff: tell what a change opens and closes

Usage: keelson netpol diff [options] BEFORE AFTER

BEFORE and AFTER are files or folders with the manifests of two states. Pairs whose connections changed are listed, then those that
came, then those that went.

  --fail-on WHAT       exit 1 where something was opened (opened), anything differs (any), or never (none, unless said)
${inputHelp}
  -f, --format FORMAT  ${formats.join(', ')}; txt unless said
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          no warnings and no progress

Exit: 0 done, 1 as --fail-on says, 2 wrong call, 3 a file or a policy could not be read.

Examples:
  keelson netpol diff main/deploy deploy
  keelson netpol diff main/deploy deploy --fail-on opened -f md
`;

const writers: Readonly<Record<(typeof formats)[number], (report: DiffReport) => string>> = {
  txt: diffTxt,
  md: diffMd,
  csv: diffCsv,
  dot: diffDot,
};

/** `keelson netpol diff`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, formats) ?? 'txt';
    const failOn = choiceOf('fail-on', values['fail-on'], ['opened', 'any', 'none']) ?? 'none';
    const [before, after, ...others] = positionals;
    if (before === undefined || after === undefined || others.length > 0)
      throw new CommandError('USAGE', 'name two files or folders: the state before and the state after');
    const connections = new Connections();
    const first = await readInput([before], values, { connections });
    const second = await readInput([after], values, { connections });
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
