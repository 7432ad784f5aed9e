import type { Term } from '../../syntax/ast.ts';
import { printRef, printTerm } from '../../syntax/print.ts';
import { unifies } from './algebra.ts';
import { diffTypes, elided } from './diff.ts';
import { printType } from './print.ts';
import type { FunctionType, MaybeType } from './type.ts';

const widestLine = 80;
const matchErrorPage = 'https://www.openpolicyagent.org/docs/errors/rego-type-error/match-error';

function isWide(...lines: readonly string[]): boolean {
  return lines.some((line) => [...line].length > widestLine);
}

/** An argument or result with its name. */
interface Named {
  readonly name: string | undefined;
  readonly type: MaybeType;
}

function named({ name }: Named, text: string): string {
  return name === undefined ? text : `${name}: ${text}`;
}

/** What a call was given and what its function wants; `withResult` where the result counts as an argument. */
export function argumentLines(
  have: readonly MaybeType[],
  wanted: FunctionType,
  withResult: boolean,
): string[] {
  const names = wanted.names?.();
  const want: Named[] = wanted.args.map((type, index) => ({ name: names?.args[index], type }));
  if (withResult && wanted.result !== undefined) want.push({ name: names?.result, type: wanted.result });
  const full = (part: Named): string => named(part, printType(part.type));
  const rest = wanted.variadic === undefined ? [] : [`${printType(wanted.variadic)}...`];
  const haveLine = `have: (${have.map(printType).join(', ')})`;
  const wantLine = `want: (${[...want.map(full), ...rest].join(', ')})`;
  if (!isWide(haveLine, wantLine)) return [haveLine, wantLine];
  const haveParts = have.map((type) => elided(type));
  const wantParts = want.map(elidedNamed);
  for (const [index, part] of want.entries()) {
    if (index >= have.length) break;
    const [left, right] = argumentDiff(have[index], part);
    haveParts[index] = left;
    wantParts[index] = right;
  }
  if (wanted.variadic !== undefined) wantParts.push(`${elided(wanted.variadic)}...`);
  return [`have: (${haveParts.join(', ')})`, `want: (${wantParts.join(', ')})`];
}

/** The name counts towards the width of what is spelled out. */
function elidedNamed(part: Named): string {
  const full = named(part, printType(part.type));
  return [...full].length <= 32 ? full : named(part, elided(part.type, 0));
}

/** Only arguments in conflict are set against one another. */
function argumentDiff(have: MaybeType, want: Named): [string, string] {
  if (have !== undefined && unifies(have, want.type)) return [elided(have), elidedNamed(want)];
  const [left, right] = diffTypes(have, want.type, 0);
  return [left, named(want, right)];
}

/** Both sides of an equality that can never hold. */
export function matchLines(left: MaybeType, right: MaybeType): string[] {
  let lines = [`left  : ${printType(left)}`, `right : ${printType(right)}`];
  if (isWide(...lines)) {
    const [a, b] = diffTypes(left, right, 0);
    lines = [`left  : ${a}`, `right : ${b}`];
  }
  const kind = left?.kind === right?.kind ? left?.kind : undefined;
  if (kind !== 'object' && kind !== 'array' && kind !== 'set') return lines;
  const hint = `both sides are ${kind}s but their types differ, so they can never be equal (see ${matchErrorPage})`;
  return [...lines, `hint  : ${hint}`];
}

/** The reference with a line under the part that has no such operands. */
export function unsupportedLines(reference: readonly Term[], position: number, have: MaybeType): string[] {
  const prefix = printRef(reference.slice(0, position + 1));
  return [printRef(reference), '^'.repeat(byteLength(prefix)), `have: ${printType(have)}`];
}

export interface InvalidOperand {
  readonly have: MaybeType;
  readonly want: MaybeType;
  readonly oneOf: readonly Term[];
}

/** The reference with a mark under the operand that it cannot have. */
export function invalidLines(
  reference: readonly Term[],
  position: number,
  operand: InvalidOperand,
): string[] {
  const pad = ' '.repeat(byteLength(printRef(reference.slice(0, position))) + 1);
  const term = reference[position];
  const { have, want, oneOf } = operand;
  const given =
    have === undefined
      ? `have: ${term === undefined ? '' : printTerm(term)}`
      : `have (type): ${printType(have)}`;
  const wanted =
    oneOf.length > 0
      ? `want (one of): [${oneOf.map(printTerm).join(' ')}]`
      : want === undefined
        ? 'want (one of): []'
        : `want (type): ${printType(want)}`;
  return [printRef(reference), `${pad}^`, `${pad}${given}`, `${pad}${wanted}`];
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
