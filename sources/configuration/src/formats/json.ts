import { childOf, JsonSyntaxError, type Path, parseJson, SourceText, type Span } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { configurationError } from '../error.ts';
import { type FormatReader, itemsOf } from '../format.ts';

/** YAML's reader takes objects of JSON for JSON, with places and exact numbers: a value is read as a member of one. */
const before = '{"":';

/** One value of JSON. */
export const readJson: FormatReader = (source, { maxBytes, maxDepth }) => {
  checkJson(source, maxDepth);
  const wrapped = new SourceText(source.file, `${before}${source.text}}`);
  const limits = { maxLength: maxBytes + wrapped.text.length - source.text.length, maxDepth: maxDepth + 1 };
  const { documents, errors } = parseYaml(wrapped, { limits });
  const [document] = documents;
  const value = document === undefined ? undefined : childOf(document.value, '');
  if (document === undefined || value === undefined) throw errors[0];
  const locate = (path: Path): Span => {
    const { start, end } = document.locateNearest(['', ...path]).location.value;
    return { start: start - before.length, end: end - before.length };
  };
  return itemsOf({ value, locate });
};

/** Whether a text may hold a number that is none as a double. */
const hugeNumber = /[eE]\+?\d{3}|\d{309}/;

/** @throws KeelsonError CONFIGURATION_SYNTAX where a text is no JSON */
function checkJson(source: SourceText, maxDepth: number): void {
  try {
    JSON.parse(source.text, hugeNumber.test(source.text) ? refuseInfinity : undefined);
  } catch {
    const { reason, offset } = faultOf(source.text, maxDepth);
    throw configurationError(source, 'CONFIGURATION_SYNTAX', reason, offset);
  }
}

function refuseInfinity(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError();
  return value;
}

/** Why a text is no JSON, and where: Node does not say where in a short one. */
function faultOf(text: string, maxDepth: number): { reason: string; offset: number } {
  try {
    parseJson(text, { maxDepth, maxValues: Number.MAX_SAFE_INTEGER });
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { message, offset } = error;
    return { reason: message.replace(/ at offset \d+$/, ''), offset };
  }
  return { reason: 'this is no JSON', offset: 0 };
}

/** JSON with comments: what `//` and `/*` begin is taken for blanks, so that places stay. */
export const readJsonc: FormatReader = (source, limits) =>
  readJson(new SourceText(source.file, withoutComments(source)), limits);

function withoutComments(source: SourceText): string {
  const { text } = source;
  const parts: string[] = [];
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') {
      at = quoteEnd(text, at);
      continue;
    }
    const opening = text.slice(at, at + 2);
    if (opening !== '//' && opening !== '/*') continue;
    const end = opening === '//' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2);
    if (end < 0 && opening === '/*')
      throw configurationError(source, 'CONFIGURATION_SYNTAX', 'a comment that /* begins has no */', at);
    const stop = end < 0 ? text.length : opening === '//' ? end : end + 2;
    parts.push(text.slice(kept, at), text.slice(at, stop).replace(/[^\r\n]/g, ' '));
    kept = stop;
    at = stop - 1;
  }
  return parts.join('') + text.slice(kept);
}

/** Where the quote stands that ends the text begun at `start`. */
function quoteEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
