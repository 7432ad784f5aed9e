import { decodeUtf8, type RegoValue } from '../../values/index.ts';
import { builtinError } from '../builtin.ts';
import { DerReader, tags } from './der.ts';

const fieldsByOid = new Map([
  ['2.5.4.6', 'Country'],
  ['2.5.4.10', 'Organization'],
  ['2.5.4.11', 'OrganizationalUnit'],
  ['2.5.4.7', 'Locality'],
  ['2.5.4.8', 'Province'],
  ['2.5.4.9', 'StreetAddress'],
  ['2.5.4.17', 'PostalCode'],
  ['2.5.4.5', 'SerialNumber'],
  ['2.5.4.3', 'CommonName'],
]);

/** A distinguished name as Go's pkix.Name prints: known attributes by name, all of them in `Names`. */
export function parseName(der: Uint8Array): RegoValue {
  const lists: Record<string, string[] | null> = {};
  for (const field of fieldsByOid.values()) lists[field] = null;
  const single: Record<string, string> = { SerialNumber: '', CommonName: '' };
  const names: RegoValue[] = [];
  const sequence = new DerReader(der).nested();
  while (!sequence.isEmpty) {
    const set = sequence.nested(tags.set);
    while (!set.isEmpty) {
      const attribute = set.nested();
      const oid = attribute.oid();
      const { tag, content } = attribute.element();
      const value = decodeString(tag, content);
      names.push({ Type: oid, Value: value });
      const field = fieldsByOid.get(oid.join('.')) ?? '';
      if (field in single) single[field] = value;
      else if (field !== '') lists[field] = [...(lists[field] ?? []), value];
    }
  }
  return { ...lists, ...single, Names: names.length === 0 ? null : names, ExtraNames: null };
}

/** The text of one of ASN.1's string types. */
function decodeString(tag: number, content: Uint8Array): string {
  switch (tag) {
    case tags.t61String:
      return decodeUtf8(content);
    case tags.printableString:
    case tags.numericString:
    case tags.ia5String:
    case tags.utf8String:
      return decodeUtf8(content);
    case tags.bmpString: {
      let text = '';
      for (let i = 0; i + 1 < content.length; i += 2)
        text += String.fromCharCode((content[i] ?? 0) * 256 + (content[i + 1] ?? 0));
      return text.replace(/\0+$/, '');
    }
    default:
      throw builtinError('x509: invalid RDNSequence: invalid attribute value: unsupported string type');
  }
}
