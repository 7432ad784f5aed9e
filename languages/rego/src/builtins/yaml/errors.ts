import type { KeelsonError } from '@keelson/core';

/** How go-yaml, which OPA reads YAML with, words the faults that our reader finds. */
interface Wording {
  readonly text: string;
  /** A fault of the grammar, whose line go-yaml counts from 0; a fault of characters it counts from 1. */
  readonly isGrammar: boolean;
}

const grammar = (text: string): Wording => ({ text, isGrammar: true });
const characters = (text: string): Wording => ({ text, isGrammar: false });

const wordings: readonly (readonly [beginning: string, wording: Wording])[] = [
  ['items of […]', grammar("did not find expected ',' or ']'")],
  ['entries of {…}', grammar("did not find expected ',' or '}'")],
  ['a list item begins', grammar("did not find expected '-' indicator")],
  ['a mapping goes on', grammar('did not find expected key')],
  ['a value is missing', grammar('did not find expected node content')],
  ['a key is missing', grammar('did not find expected node content')],
  ['a document after the first', grammar('did not find expected <document start>')],
  ['kubectl reads YAML 1.1', grammar('found incompatible YAML document')],
  ["a key has no ':'", characters("could not find expected ':'")],
  ["a mapping value (after ':')", characters('mapping values are not allowed in this context')],
  ['found a character that cannot', characters('found character that cannot start any token')],
  ['a quoted scalar is not closed', characters('found unexpected end of stream')],
  ['unknown escape', characters('found unknown escape character')],
  ['an escape lacks', characters('did not find expected hexdecimal number')],
  ['text follows the header', characters('did not find expected comment or line break')],
  ['a control character', characters('control characters are not allowed')],
];

/** The message of a reader's error as OPA tells it; `text` is what was read. */
export function goMessage(error: KeelsonError, text: string): string {
  const alias = /^(?:no anchor &(\S+) stands before|the alias \*(\S+) contains itself)$/.exec(error.message);
  if (alias?.[1] !== undefined) return `yaml: unknown anchor '${alias[1]}' referenced`;
  if (alias?.[2] !== undefined) return `yaml: anchor '${alias[2]}' value contains itself`;
  const unsupported = /has no ([-+]?)\.(inf|nan)$/i.exec(error.message);
  if (unsupported !== null) return `json: unsupported value: ${unsupportedValue(unsupported)}`;
  const wording = wordings.find(([beginning]) => error.message.startsWith(beginning))?.[1];
  if (wording === undefined) return `yaml: ${error.message}`;
  return `yaml: ${lineOf(error, text, wording)}${wording.text}`;
}

function unsupportedValue([, sign = '', word = '']: RegExpExecArray): string {
  return word.toLowerCase() === 'nan' ? 'NaN' : `${sign || '+'}Inf`;
}

/** go-yaml leaves the first line out, and takes the end of the text for a line of its own. */
function lineOf(error: KeelsonError, text: string, { isGrammar }: Wording): string {
  const { line = 1, column = 1 } = error.location ?? {};
  const lines = text.split('\n');
  const isAtEnd = line === lines.length && column > (lines.at(-1)?.length ?? 0) && column > 1;
  const before = line - 1 + (isGrammar && isAtEnd ? 1 : 0);
  if (before === 0) return '';
  return `line ${isGrammar ? before : before + 1}: `;
}
