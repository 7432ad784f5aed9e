import { regexOf } from '../runtime/regex.ts';
import type { CelValue } from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

/** `matches` of the standard definitions and Kubernetes' regex library: RE2 meaning. */
export const regexDeclarations: readonly string[] = [
  'string.matches(string) -> bool',
  'matches(string, string) -> bool',
  'string.find(string) -> string',
  'string.findAll(string) -> list(string)',
  'string.findAll(string, int) -> list(string)',
];

function matches(text: CelValue, pattern: CelValue): CelValue | undefined {
  return typeof text === 'string' && typeof pattern === 'string' ? regexOf(pattern).test(text) : undefined;
}

function find(text: CelValue, pattern: CelValue): CelValue | undefined {
  if (typeof text !== 'string' || typeof pattern !== 'string') return undefined;
  const whole = regexOf(pattern).find(text)?.groups[0];
  return whole === undefined ? '' : text.slice(whole.start, whole.end);
}

/** Matches that do not overlap; an empty one right after another match does not count, as in Go. */
function findAll(text: CelValue, pattern: CelValue, limit: CelValue = -1): CelValue | undefined {
  if (typeof text !== 'string' || typeof pattern !== 'string' || typeof limit !== 'number') return undefined;
  const regex = regexOf(pattern);
  const found: string[] = [];
  let previousEnd = -1;
  for (let at = 0; at <= text.length && (limit < 0 || found.length < limit); ) {
    const whole = regex.find(text, at)?.groups[0];
    if (whole === undefined) break;
    const empty = whole.start === whole.end;
    if (!empty || whole.end !== previousEnd) found.push(text.slice(whole.start, whole.end));
    previousEnd = whole.end;
    at = empty ? whole.end + ((text.codePointAt(whole.end) ?? 0) > 0xffff ? 2 : 1) : whole.end;
  }
  return found;
}

export const regexFunctions: FunctionTable = {
  matches,
  '.matches': matches,
  '.find': find,
  '.findAll': findAll,
};
