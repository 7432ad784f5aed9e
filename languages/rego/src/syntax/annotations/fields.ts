import type { PlainObject, RegoValue } from '../../values/index.ts';
import { isObjectValue, isPlainObject } from '../../values/index.ts';
import type { Term } from '../ast.ts';
import { RegoSyntaxError } from '../diagnostic.ts';
import { parseTerm } from '../parse.ts';
import { printTerm } from '../print.ts';
import type { Author, CompileAnnotation, RelatedResource, SchemaAnnotation } from './annotation.ts';

/** A fault of a block whose words are OPA's. */
export class AnnotationFault extends Error {}

const yamlTags = new Map([
  ['string', '!!str'],
  ['number', '!!int'],
  ['boolean', '!!bool'],
]);

function tagOf(value: RegoValue): string {
  if (Array.isArray(value)) return '!!seq';
  return yamlTags.get(typeof value) ?? (typeof value === 'object' && value !== null ? '!!map' : '!!null');
}

/** `cannot unmarshal …` as go-yaml words it; long text is cut. */
export function mismatch(value: RegoValue, goType: string): string {
  const isScalar = typeof value !== 'object';
  const text = isScalar ? String(value) : '';
  const shown = text.length > 10 ? `${text.slice(0, 7)}...` : text;
  return `cannot unmarshal ${tagOf(value)}${isScalar ? ` \`${shown}\`` : ''} into ${goType}`;
}

export function textField(value: RegoValue | undefined): string | { readonly fault: string } {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? { fault: mismatch(value, 'string') } : String(value);
}

export function flagField(value: RegoValue | undefined): boolean | { readonly fault: string } {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  // go-yaml still takes YAML 1.1's words where a bool is wanted.
  if (value === 'y' || value === 'Y' || value === 'yes' || value === 'on') return true;
  if (value === 'n' || value === 'N' || value === 'no' || value === 'off') return false;
  return { fault: mismatch(value, 'bool') };
}

export function listField(
  value: RegoValue | undefined,
  goType: string,
): readonly RegoValue[] | { readonly fault: string } {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : { fault: mismatch(value, goType) };
}

export function mapField(value: RegoValue | undefined): PlainObject | undefined | { readonly fault: string } {
  if (value === undefined || value === null) return undefined;
  if (isObjectValue(value) && isPlainObject(value)) return { ...value };
  return { fault: mismatch(value, 'map[string]interface {}') };
}

function memberText(value: RegoValue, key: string): string {
  if (!isObjectValue(value) || !isPlainObject(value) || !Object.hasOwn(value, key)) return '';
  const member = value[key];
  return typeof member === 'string' ? member.trim() : '';
}

export function relatedResource(value: RegoValue): RelatedResource {
  if (typeof value === 'string') {
    if (value !== '') return { ref: escapedUrl(value), description: '' };
    throw invalid('related-resource', value, 'ref URL may not be empty string');
  }
  if (!isObjectValue(value))
    throw invalid('related-resource', value, 'invalid value type, must be string or map');
  const ref = memberText(value, 'ref');
  if (ref === '') throw invalid('related-resource', value, "'ref' value required in object");
  return { ref: escapedUrl(ref), description: memberText(value, 'description') };
}

/** An address as Go writes it again: blanks and what stands outside of ASCII are escaped. */
function escapedUrl(text: string): string {
  return text.replaceAll(/[^!-~]+|["<>\\^`{|}]/gu, (part) => encodeURIComponent(part.toWellFormed()));
}

export function author(value: RegoValue): Author {
  if (typeof value === 'string') return authorOf(value);
  if (!isObjectValue(value)) throw invalid('author', value, 'invalid value type, must be string or map');
  const name = memberText(value, 'name');
  const email = memberText(value, 'email');
  if (name === '' && email === '')
    throw invalid('author', value, "'name' and/or 'email' values required in object");
  return { name, email };
}

/** `Name <address>`: the address is the last word, if it stands between angle brackets. */
function authorOf(text: string): Author {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const last = words.at(-1);
  if (last === undefined) throw invalid('author', text, 'author is an empty string');
  if (!(last.length >= 2 && last.startsWith('<') && last.endsWith('>')))
    return { name: words.join(' '), email: '' };
  return { name: words.slice(0, -1).join(' '), email: last.slice(1, -1) };
}

function invalid(what: string, value: RegoValue, why: string): AnnotationFault {
  return new AnnotationFault(`invalid ${what} definition ${goText(value)}: ${why}`);
}

/** How Go prints a value of unknown type. */
function goText(value: RegoValue): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isObjectValue(value) && isPlainObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${key}:${goText(value[key] ?? null)}`);
    return `map[${members.join(' ')}]`;
  }
  if (value === null) return '%!s(<nil>)';
  const type = typeof value === 'boolean' ? 'bool' : Number.isInteger(value) ? 'int' : 'float64';
  return `%!s(${type}=${String(value)})`;
}

/** The reference that a text is, or why it is none. */
function referenceOf(text: string): readonly Term[] | string {
  try {
    const term = parseTerm(text);
    return term.type === 'ref' ? term.terms : `expected ref but got ${printTerm(term)}`;
  } catch (error) {
    if (error instanceof RegoSyntaxError)
      return `failed to parse ref: failed to parse term: ${error.message}`;
    throw error;
  }
}

export function schemaAnnotation(value: RegoValue): SchemaAnnotation {
  const members = isObjectValue(value) && isPlainObject(value) ? Object.entries(value) : [];
  const [path, schema] = members[0] ?? ['', null];
  const reference = referenceOf(path);
  if (typeof reference === 'string') throw new AnnotationFault('invalid document reference');
  if (typeof schema === 'string') {
    return { path: reference, schema: schemaReference(schema), definition: undefined };
  }
  if (isObjectValue(schema)) return { path: reference, schema: undefined, definition: schema };
  throw new AnnotationFault(`invalid schema declaration for path "${path}"`);
}

function schemaReference(text: string): readonly Term[] {
  if (text.trim() === 'schema') return [{ type: 'var', name: 'schema', location: undefined }];
  const reference = referenceOf(text);
  const head = typeof reference === 'string' ? undefined : reference[0];
  if (typeof reference === 'string' || head === undefined || head.type !== 'var' || head.name !== 'schema') {
    throw new AnnotationFault('invalid schema reference');
  }
  return reference;
}

export function compileAnnotation(value: PlainObject): CompileAnnotation {
  const unknowns: (readonly Term[])[] = [];
  const listed = Object.hasOwn(value, 'unknowns') ? value['unknowns'] : undefined;
  for (const text of Array.isArray(listed) ? listed : []) {
    if (typeof text !== 'string') continue;
    const reference = referenceOf(text);
    if (typeof reference === 'string') {
      throw new AnnotationFault(`invalid unknowns element ${JSON.stringify(text)}: ${reference}`);
    }
    unknowns.push(reference);
  }
  const mask = Object.hasOwn(value, 'mask_rule') ? value['mask_rule'] : undefined;
  return { unknowns, maskRule: typeof mask === 'string' ? maskRule(mask) : undefined };
}

function maskRule(text: string): readonly Term[] {
  let term: Term | undefined;
  try {
    term = parseTerm(text);
  } catch (error) {
    if (!(error instanceof RegoSyntaxError)) throw error;
  }
  if (term?.type === 'ref') return term.terms;
  if (term?.type === 'var' || term?.type === 'string') return [term];
  throw new AnnotationFault(`invalid mask_rule annotation ${JSON.stringify(text)}`);
}
