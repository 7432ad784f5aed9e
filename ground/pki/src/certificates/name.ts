import { hexOf, sameBytes } from '../bytes.ts';
import { type DerElement, readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { oid, string } from '../der/values.ts';
import { der } from '../der/writer.ts';
import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';

export interface NameAttribute {
  readonly oid: string;
  /** `CN`, `O` and the others of RFC 4514 section 3. */
  readonly shortName?: string;
  /** Text; of a value that is none, `#` and its DER in hexadecimal. */
  readonly value: string;
  /** Which relative distinguished name it is part of, from 0. */
  readonly rdn: number;
}

/** RFC 4514 section 3 and what else certificates have. */
const shortNames: Readonly<Record<string, string>> = Object.freeze({
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
});

/** Object identifiers of attributes by their short names. */
export const attributeOids: Readonly<Record<string, string>> = Object.freeze(
  Object.fromEntries(Object.entries(shortNames).map(([name, short]) => [short, name])),
);

/** A distinguished name; its attributes are read when they are asked for. */
export class Name {
  readonly bytes: Uint8Array;
  readonly #element: DerElement;
  #attributes: readonly NameAttribute[] | undefined;
  #comparable: readonly string[] | undefined;

  constructor(element: DerElement) {
    this.#element = element;
    this.bytes = element.bytes;
  }

  /** In the order of the bytes. @throws PkiError DER_INVALID, CERTIFICATE_LIMIT */
  get attributes(): readonly NameAttribute[] {
    this.#attributes ??= readAttributes(this.#element);
    return this.#attributes;
  }

  get isEmpty(): boolean {
    return this.#element.length === 0;
  }

  /**
   * A text for each relative distinguished name; equal texts are equal names in the sense of RFC 5280 section 7.1: case and
   * runs of spaces make no difference.
   */
  get comparable(): readonly string[] {
    this.#comparable ??= comparableOf(this.attributes);
    return this.#comparable;
  }
}

/** @throws PkiError DER_INVALID */
export function readName(bytes: Uint8Array): Name {
  const name = new Name(readDer(bytes));
  void name.attributes;
  return name;
}

export function sameName(a: Name, b: Name): boolean {
  if (sameBytes(a.bytes, b.bytes)) return true;
  return a.comparable.length === b.comparable.length && beginsWith(a, b);
}

/** Whether the first relative distinguished names of `name` are those of `base`. */
export function beginsWith(name: Name, base: Name): boolean {
  return base.comparable.every((rdn, at) => rdn === name.comparable[at]);
}

function readAttributes(element: DerElement): readonly NameAttribute[] {
  const found: NameAttribute[] = [];
  const names = new DerFields(element, 'Name');
  for (let rdn = 0; !names.isAtEnd; rdn++) {
    const set = new DerFields(names.take(tags.set, 'rdn'), 'RelativeDistinguishedName', tags.set);
    do {
      if (found.length === pkiLimits.maxNames)
        throw new PkiError(
          'CERTIFICATE_LIMIT',
          `a name has more than ${pkiLimits.maxNames} attributes (maxNames)`,
        );
      const pair = new DerFields(set.take(tags.sequence, 'attribute'), 'AttributeTypeAndValue');
      const type = oid(pair.take(tags.oid, 'type'));
      const value = textOf(pair.any('value'));
      pair.finish();
      const shortName = shortNames[type];
      found.push({ oid: type, ...(shortName === undefined ? {} : { shortName }), value, rdn });
    } while (!set.isAtEnd);
  }
  return found;
}

const textTags: ReadonlySet<number> = new Set([
  tags.utf8String,
  tags.printableString,
  tags.ia5String,
  tags.numericString,
  tags.teletexString,
  tags.visibleString,
  tags.bmpString,
]);

function textOf(element: DerElement): string {
  return textTags.has(element.tag) ? string(element) : `#${hexOf(element.bytes)}`;
}

function comparableOf(attributes: readonly NameAttribute[]): readonly string[] {
  const rdns: string[][] = [];
  for (const { rdn, oid, value } of attributes) {
    const list = rdns[rdn] ?? [];
    rdns[rdn] = list;
    list.push(JSON.stringify([oid, folded(value)]));
  }
  return rdns.map((list) => list.sort().join());
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim().replaceAll(/ +/g, ' ');
}

/** RFC 4514: the last first, with commas between; what has no short name in dotted form and hexadecimal. */
export function nameToString(name: Name): string {
  const rdns: string[][] = [];
  for (const each of name.attributes) {
    const list = rdns[each.rdn] ?? [];
    rdns[each.rdn] = list;
    list.push(
      each.shortName === undefined
        ? `${each.oid}=${hexValue(each.value)}`
        : `${each.shortName}=${escaped(each.value)}`,
    );
  }
  return rdns
    .reverse()
    .map((parts) => parts.join('+'))
    .join(',');
}

/** Section 2.4 has hexadecimal of the value's DER; a text is written as a UTF8String. */
function hexValue(value: string): string {
  return value.startsWith('#') ? value : `#${hexOf(der.utf8String(value))}`;
}

function escaped(value: string): string {
  return value
    .replaceAll(/[",+;<>\\]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');
}
