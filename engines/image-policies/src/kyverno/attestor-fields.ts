import type { JsonFields } from '@keelson/core';
import type { AttestorText, KeyHash } from '@keelson/oci';
import { invalid, looseness, unsupported } from '../faults.ts';

const hashes: ReadonlySet<KeyHash> = new Set(['sha224', 'sha256', 'sha384', 'sha512']);

/**
 * The hash that a key is to sign by; SHA-256 where none is named.
 *
 * @param what the word for it in a message
 */
export function hashFrom(fields: JsonFields, name: string, text: string, what: string): KeyHash {
  for (const hash of hashes) if (hash === (text === '' ? 'sha256' : text)) return hash;
  throw invalid(`${fields.place(name)}: ${text} is no ${what}`);
}

/** An issuer or a subject: a text, or a pattern that may match anywhere, which is told. */
export function identityText(
  fields: JsonFields,
  name: string,
  kind: Exclude<AttestorText['kind'], 'regexp'>,
  warnings: string[],
): AttestorText | undefined {
  const [text, pattern] = [fields.optionalText(name) ?? '', fields.optionalText(`${name}RegExp`) ?? ''];
  if (text !== '' && pattern !== '') throw unsupported(fields.place(name), `${name} beside ${name}RegExp`);
  if (text !== '') return { kind, text };
  if (pattern === '') return undefined;
  const loose = looseness(fields.place(`${name}RegExp`), pattern);
  if (loose !== undefined) warnings.push(loose);
  return { kind: 'regexp', text: pattern };
}
