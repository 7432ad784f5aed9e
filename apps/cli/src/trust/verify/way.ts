import { exitCodes } from '../../exit.ts';
import { choiceOf, commonFlags } from '../../flag-values.ts';
import { writeResult } from '../../result.ts';

/** The ways of verifying, the first of which is taken where none is named. */
export const wayNames = ['cosign', 'notation', 'policy'] as const;
export type WayName = (typeof wayNames)[number];

const formats = ['txt', 'json'] as const;

/** Flags of every way. */
export const wayFlags = {
  ...commonFlags,
  with: { type: 'string', value: { choices: wayNames } },
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

export const wayHelp = `  -f, --format FORMAT  txt (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          say nothing on stderr`;

/** What is told of a verification, in both forms. */
export interface Told {
  readonly isVerified: boolean;
  readonly txt: string;
  readonly json: unknown;
}

interface WayValues {
  readonly format?: string | undefined;
  readonly output?: string | undefined;
}

/**
 * Tells what was found.
 *
 * @param code the exit code, where it is not that of the verdict
 * @throws CommandError OUTPUT_FAILED
 */
export function tellVerdict(values: WayValues, told: Told, code: number = codeOf(told)): number {
  writeResult(
    values.output,
    formatOf(values) === 'json' ? `${JSON.stringify(told.json, undefined, 2)}\n` : told.txt,
  );
  return code;
}

/**
 * In which form is told what was found; read before anything is done.
 *
 * @throws CommandError USAGE
 */
export function formatOf(values: WayValues): (typeof formats)[number] {
  return choiceOf('format', values.format, formats) ?? 'txt';
}

const codeOf = ({ isVerified }: Told) => (isVerified ? exitCodes.done : exitCodes.findings);
