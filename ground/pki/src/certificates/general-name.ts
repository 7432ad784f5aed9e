import { bufferOf, hexOf } from '../bytes.ts';
import { type DerElement, derFault, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { oid, string } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';
import { Name, nameToString } from './name.ts';

/** What a GeneralName (RFC 5280 section 4.2.1.6) may be, by the number of its tag. */
const types = ['otherName', 'email', 'dns', 'x400', 'directory', 'edi', 'uri', 'ip', 'registeredId'] as const;
export type GeneralNameType = (typeof types)[number];

export interface GeneralName {
  readonly type: GeneralNameType;
  /** Text as it stands in the certificate; RFC 4514 of a directory name; hexadecimal DER of what is no text. */
  readonly value: string;
  /** Of an otherName: what sort of name it is. */
  readonly oid?: string;
  /** The content octets; of a directory name the whole Name. */
  readonly bytes: Uint8Array;
}

/** The names of a GeneralNames sequence, of which there must be one. */
export function readGeneralNames(
  element: DerElement,
  what: string,
  tag: number = tags.sequence,
): GeneralName[] {
  const names = new DerFields(element, what, tag);
  const found: GeneralName[] = [];
  do {
    if (found.length === pkiLimits.maxNames)
      throw new PkiError('CERTIFICATE_LIMIT', `${what} has more than ${pkiLimits.maxNames} names (maxNames)`);
    found.push(readGeneralName(names.any('name')));
  } while (!names.isAtEnd);
  return found;
}

export function readGeneralName(element: DerElement): GeneralName {
  const type = types[element.tag & 0x1f];
  const constructed = type === 'otherName' || type === 'x400' || type === 'directory' || type === 'edi';
  if (type === undefined || (element.tag & 0xe0) !== (constructed ? 0xa0 : 0x80))
    throw derFault('a general name is of no known type', element.start);
  const bytes = element.content;
  switch (type) {
    case 'otherName':
      return readOtherName(element);
    case 'email':
    case 'dns':
    case 'uri':
      return { type, value: string(element, tags.ia5String), bytes };
    case 'ip':
      return { type, value: addressText(bytes), bytes };
    case 'directory': {
      const inner = new DerFields(element, 'directoryName', element.tag);
      const name = new Name(inner.take(tags.sequence, 'name'));
      inner.finish();
      return { type, value: nameToString(name), bytes: name.bytes };
    }
    case 'registeredId':
      return { type, value: oid(element, element.tag), bytes };
    default:
      return { type, value: hexOf(element.bytes), bytes };
  }
}

function readOtherName(element: DerElement): GeneralName {
  const fields = new DerFields(element, 'otherName', element.tag);
  const kind = oid(fields.take(tags.oid, 'type-id'));
  const value = fields.explicit(0xa0, 'value');
  fields.finish();
  if (value === undefined) throw derFault('an otherName has no value', element.start);
  const isText =
    value.tag === tags.utf8String || value.tag === tags.ia5String || value.tag === tags.printableString;
  return {
    type: 'otherName',
    value: isText ? string(value) : hexOf(value.bytes),
    oid: kind,
    bytes: element.content,
  };
}

/** Four octets of IPv4, sixteen of IPv6; the double and a slash of a network, as name constraints have them. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length === 16) return ipv6Text(bytes);
  if (bytes.length === 8 || bytes.length === 32) {
    const half = bytes.length / 2;
    return `${addressText(bytes.subarray(0, half))}/${addressText(bytes.subarray(half))}`;
  }
  return `#${hexOf(bytes)}`;
}

/** RFC 5952: the longest run of zero groups is left out. */
function ipv6Text(bytes: Uint8Array): string {
  const buffer = bufferOf(bytes);
  const groups = Array.from({ length: 8 }, (_, at) => buffer.readUInt16BE(at * 2));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.length < 2) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
