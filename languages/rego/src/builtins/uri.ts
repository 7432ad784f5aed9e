import { objectOf, type RegoObject } from '../values/index.ts';
import { type BuiltinArguments, type BuiltinFamily, builtinError } from './builtin.ts';
import { operand, stringOperand } from './operands.ts';
import { type ParsedUrl, parseUrl, UrlSyntaxError } from './url.ts';

/** The URL, or the text of what is wrong with it. */
function tryParse(text: string): ParsedUrl | string {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof UrlSyntaxError) return error.message;
    throw error;
  }
}

/** The parts that a URI has; `raw_path` stands wherever `path` does. */
function parse(args: BuiltinArguments): RegoObject {
  const url = tryParse(stringOperand(args, 1));
  if (typeof url === 'string') throw builtinError(url);
  const parts: [string, string][] = [
    ['scheme', url.scheme],
    ['hostname', url.hostname],
    ['port', url.port],
    ['path', url.path],
    ['raw_path', url.path === '' ? '' : url.rawPath],
    ['raw_query', url.rawQuery],
    ['fragment', url.fragment],
  ];
  return objectOf(parts.filter(([, text]) => text !== ''));
}

/** The empty string is a reference too, but none that a policy should take. */
function isValid(args: BuiltinArguments): boolean {
  const text = operand(args, 1);
  return typeof text === 'string' && text !== '' && typeof tryParse(text) !== 'string';
}

export const uri: BuiltinFamily = { 'uri.is_valid': isValid, 'uri.parse': parse };
