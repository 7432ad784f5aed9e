import { isKeelsonError, type JsonValue } from '@keelson/core';
import { terminalSafe } from '@keelson/report';
import { faultJson, faultText } from '../fault-text.ts';
import { leftOutLine } from '../left-out.ts';
import type { Candidates, Refused } from './attestations.ts';
import type { Told } from './way.ts';

/** What became of an artifact. */
export interface Judged<T> {
  readonly name: string;
  readonly isVerified: boolean;
  readonly digest?: string;
  readonly accepted: readonly { readonly place: string; readonly verified: T }[];
  readonly refused: readonly Refused[];
  /** What the others say of themselves that they are. */
  readonly leftOut: readonly string[];
}

/** Judges each attestation about an artifact: it is verified where at least one holds. */
export function judged<C, T>(
  of: { readonly name: string; readonly digest?: string },
  { found, unreadable, leftOut }: Candidates<C>,
  verify: (item: C) => T,
): Judged<T> {
  const accepted: { place: string; verified: T }[] = [];
  const refused: Refused[] = [...unreadable];
  for (const { place, item } of found) {
    const outcome = outcomeOf(place, () => verify(item));
    if ('fault' in outcome) refused.push(outcome);
    else accepted.push(outcome);
  }
  const isVerified = accepted.length > 0;
  return { name: of.name, isVerified, ...digestOf(of), accepted, refused, leftOut };
}

/** The same of a single document. */
export function judgedAlone<T>(
  of: { readonly name: string; readonly digest?: string },
  place: string,
  verify: () => T,
): Judged<T> {
  const outcome = outcomeOf(place, verify);
  const isRefused = 'fault' in outcome;
  return {
    name: of.name,
    isVerified: !isRefused,
    ...digestOf(of),
    accepted: isRefused ? [] : [outcome],
    refused: isRefused ? [outcome] : [],
    leftOut: [],
  };
}

function outcomeOf<T>(
  place: string,
  verify: () => T,
): { readonly place: string; readonly verified: T } | Refused {
  try {
    return { place, verified: verify() };
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    return { place, fault: error };
  }
}

const digestOf = ({ digest }: { readonly digest?: string }) => (digest === undefined ? {} : { digest });

/** How a verified attestation is told. */
export interface Telling<T> {
  /** What it is, in a word: `provenance`. */
  readonly what: string;
  readonly linesOf: (verified: T) => readonly string[];
  readonly jsonOf: (verified: T) => object;
  /** Whether the statements are printed in the place of a verdict. */
  readonly prints: boolean;
  readonly statementOf: (verified: T) => JsonValue | undefined;
}

/** What became of all artifacts: each must be verified, and there must be one. */
export function toldOfAll<T>(artifacts: readonly Judged<T>[], telling: Telling<T>): Told {
  const isVerified = artifacts.length > 0 && artifacts.every((each) => each.isVerified);
  const statements = artifacts.flatMap(({ accepted }) =>
    accepted.flatMap(({ verified }) => telling.statementOf(verified) ?? []),
  );
  return {
    isVerified,
    txt: artifacts.map((each) => judgedText(each, telling)).join(''),
    json: {
      verified: isVerified,
      artifacts: artifacts.map((each) => judgedJson(each, telling)),
    },
    ...(telling.prints ? { printed: isVerified ? statements : [] } : {}),
  };
}

function judgedText<T>(
  { name, isVerified, digest, accepted, refused, leftOut }: Judged<T>,
  { what, linesOf }: Telling<T>,
): string {
  const lines = [`${terminalSafe(name)}: ${isVerified ? 'verified' : 'not verified'}`];
  if (digest !== undefined && digest !== name) lines.push(`  digest: ${digest}`);
  for (const { place, verified } of accepted)
    lines.push(`  ${what} ${terminalSafe(place)}`, ...linesOf(verified).map((line) => `    ${line}`));
  for (const { place, fault } of refused)
    lines.push(`  refused ${terminalSafe(place)}`, `    ${faultText(fault)}`);
  if (accepted.length + refused.length === 0) lines.push(`  there is no ${what}`);
  if (leftOut.length > 0) lines.push(`  ${leftOutLine(leftOut)}`);
  return `${lines.join('\n')}\n`;
}

function judgedJson<T>(
  { name, isVerified, digest, accepted, refused, leftOut }: Judged<T>,
  { jsonOf, statementOf }: Telling<T>,
) {
  return {
    artifact: name,
    digest,
    verified: isVerified,
    accepted: accepted.map(({ place, verified }) => ({
      place,
      ...jsonOf(verified),
      statement: statementOf(verified),
    })),
    refused: refused.map(({ place, fault }) => ({ place, ...faultJson(fault) })),
    notAskedFor: leftOut.map((type) => ({ type })),
  };
}
