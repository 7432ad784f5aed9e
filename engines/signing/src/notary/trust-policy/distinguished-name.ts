import { attributeOids, type Name } from '@keelson/pki';

/** Attributes of a name by object identifier; each type once. */
export type DistinguishedName = ReadonlyMap<string, string>;

/** Types by the names that policies use: those of RFC 4514, and what notation writes beside them. */
const types: ReadonlyMap<string, string> = new Map([
  ...Object.entries(attributeOids),
  ['S', '2.5.4.8'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['POSTALCODE', '2.5.4.17'],
]);
const mandatory = ['C', 'ST', 'O'];
const maxLength = 4_096;

/**
 * A distinguished name of a trusted identity, by RFC 4514 in the form that policies have (trust-store-trust-policy.md, trusted identities
 * constraints): attributes between commas or semicolons, each type once, with country, state and organization.
 *
 * @returns the name, or why it is none
 */
export function parseDistinguishedName(text: string): DistinguishedName | string {
  if (text.length > maxLength) return 'is too long';
  const name = new Map<string, string>();
  for (const part of split(text)) {
    if (typeof part === 'string') return part;
    const { type, value, isEmpty } = part;
    if (isEmpty) return 'has an attribute without a value';
    const oid = types.get(type);
    if (oid === undefined) return `has an attribute of the unknown type ${JSON.stringify(type.slice(0, 40))}`;
    if (name.has(oid)) return `has ${type} twice`;
    name.set(oid, value);
  }
  for (const type of mandatory) if (!name.has(types.get(type) ?? '')) return `has no ${type}`;
  return name;
}

interface Attribute {
  readonly type: string;
  readonly value: string;
  readonly isEmpty: boolean;
}

/** The attributes one by one; a text says what is wrong. */
function* split(text: string): Generator<Attribute | string> {
  let at = 0;
  while (at <= text.length) {
    const equals = text.indexOf('=', at);
    if (equals < 0) return yield 'has a part that is no attribute';
    const type = text.slice(at, equals).trim();
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(type)) return yield 'has a part that is no attribute';
    const read = readValue(text, equals + 1);
    if (typeof read === 'string') return yield read;
    yield { type, value: read.value, isEmpty: read.value === '' };
    at = read.end + 1;
  }
}

/** Up to the next comma or semicolon that is not escaped; spaces at the ends count only where they are escaped. */
function readValue(text: string, start: number): { value: string; end: number } | string {
  const pieces: number[] = [];
  const bytes = Buffer.from(text.slice(start));
  let kept = 0;
  let at = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x2c || byte === 0x3b) break;
    if (byte === 0x2b) return 'has several values in one part';
    if (byte === 0x22 || byte === 0x3c || byte === 0x3e || byte === 0)
      return 'has a character that must be escaped';
    if (byte === 0x23 && pieces.length === 0) return 'has a value in hexadecimal';
    // Some programs read what follows as the hexadecimal value of another attribute.
    if (byte === 0x3d && bytes[at + 1] === 0x23) return 'has "=#" in a value';
    if (byte === 0x5c) {
      const escaped = escapeAt(bytes, at);
      if (escaped === undefined) return 'has an escape that is none';
      pieces.push(escaped.byte);
      kept = pieces.length;
      at = escaped.last;
    } else if (byte !== 0x20) {
      pieces.push(byte);
      kept = pieces.length;
    } else if (pieces.length > 0) pieces.push(byte);
  }
  const value = Buffer.from(pieces.slice(0, kept)).toString('utf8');
  return { value, end: start + bytes.subarray(0, at).toString('utf8').length };
}

function escapeAt(bytes: Uint8Array, at: number): { byte: number; last: number } | undefined {
  const pair = Buffer.from(bytes.subarray(at + 1, at + 3)).toString('latin1');
  if (/^[0-9A-Fa-f]{2}$/.test(pair)) return { byte: Number.parseInt(pair, 16), last: at + 2 };
  const next = bytes[at + 1];
  return next !== undefined && ' "#+,;<=>\\'.includes(String.fromCharCode(next))
    ? { byte: next, last: at + 1 }
    : undefined;
}

/**
 * The subject of a certificate, to be held against identities.
 *
 * @returns the name, or why it cannot be told apart from others
 */
export function distinguishedNameOf(name: Name): DistinguishedName | string {
  const found = new Map<string, string>();
  const rdns = new Set<number>();
  for (const { oid, value, rdn } of name.attributes) {
    if (rdns.has(rdn)) return 'has several values in one part';
    if (found.has(oid)) return `has the attribute ${oid} twice`;
    if (value.includes('=#')) return 'has "=#" in a value';
    rdns.add(rdn);
    found.set(oid, value);
  }
  return found;
}

/** Whether each attribute of the identity is one of the name, in any order. */
export function isSubset(identity: DistinguishedName, name: DistinguishedName): boolean {
  for (const [type, value] of identity) if (name.get(type) !== value) return false;
  return true;
}
