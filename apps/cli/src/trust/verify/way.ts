import { isObject, type JsonValue, objectOf, stringifyJson } from '@keelson/core';
import { CommandError } from '../../errors.ts';
import { exitCodes } from '../../exit.ts';
import { choiceOf, commonFlags } from '../../flag-values.ts';
import { writeResult } from '../../result.ts';
import { tell } from '../../stderr.ts';
import { demandUnread } from '../outputs.ts';
import { type TrustValues, untoldTrust } from '../trust-flags.ts';

/** The ways of verifying, the first of which is taken where none is named. */
export const wayNames = ['cosign', 'notation', 'policy', 'slsa', 'npm', 'vsa', 'in-toto', 'tekton'] as const;
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
  /** What may be JSON; members that are undefined are left out. */
  readonly json: object;
  /** What is printed in the place of both, where that was asked for: what was verified. The text goes to stderr then. */
  readonly printed?: readonly JsonValue[];
}

interface WayValues extends TrustValues {
  readonly format?: string | undefined;
  readonly output?: string | undefined;
}

/**
 * Tells what was found.
 *
 * @param code the exit code, where it is not that of the verdict
 * @throws CommandError OUTPUT_FAILED; USAGE where the file was read
 */
export function tellVerdict(values: WayValues, verdict: Told, code: number = codeOf(verdict)): number {
  demandUnread([values.output]);
  const told = withUntold(verdict, untoldTrust(values));
  if (told.printed !== undefined) {
    if (values.quiet !== true) tell(told.txt.trimEnd());
    const lines = told.printed.map((value) => `${stringifyJson(value)}\n`);
    writeResult(values.output, told.isVerified ? lines.join('') : '');
    return code;
  }
  const isJson = formatOf(values) === 'json';
  writeResult(values.output, isJson ? `${stringifyJson(jsonOf(told.json), { indent: 2 })}\n` : told.txt);
  return code;
}

/**
 * In which form is told what was found; read before anything is done.
 *
 * @param prints the flag that prints what was verified in the place of a verdict, where it was given
 * @throws CommandError USAGE
 */
export function formatOf(values: WayValues, prints?: string): (typeof formats)[number] {
  const format = choiceOf('format', values.format, formats);
  if (format !== undefined && prints !== undefined)
    throw new CommandError('USAGE', `--format and --${prints} do not go together: it prints JSON, by itself`);
  return format ?? 'txt';
}

/** With what nobody could tell about what is trusted. */
function withUntold(told: Told, untold: string | undefined): Told {
  if (untold === undefined) return told;
  return {
    ...told,
    txt: `${told.txt}not checked: ${untold}\n`,
    json: { ...told.json, notChecked: [untold] },
  };
}

const codeOf = ({ isVerified }: Told) => (isVerified ? exitCodes.done : exitCodes.findings);

function jsonOf(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (isObject(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return objectOf(members.map(([name, member]) => [name, jsonOf(member)]));
  }
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      return null;
  }
}
