import { SourceText } from '@keelson/core';
import { configurationError } from '../error.ts';
import type { FormatReader } from '../format.ts';
import { readYaml } from './yaml.ts';

/** One value of JSON. That it is JSON is seen first; YAML, of which JSON is a part, has the places and exact numbers. */
export const readJson: FormatReader = (source, limits) => {
  try {
    JSON.parse(source.text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    const offset = Number(/at position (\d+)/.exec(reason)?.[1] ?? source.text.length);
    const found = source.text.slice(offset, offset + 1);
    const message = found === '' ? 'the JSON ends too early' : `${JSON.stringify(found)} is no JSON here`;
    throw configurationError(source, 'CONFIGURATION_SYNTAX', message, offset);
  }
  return readYaml(source, limits);
};

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
