import { der } from '../der/writer.ts';
import { attributeOids } from './name.ts';

/** Attributes as short name or object identifier, and text, from the root on: `[['C', 'DE'], ['CN', 'leaf']]`. */
export type NameParts = readonly (readonly [type: string, value: string])[];

const emailAddress = '1.2.840.113549.1.9.1';

/** The DER of a Name with one attribute in each relative distinguished name. */
export function writeName(parts: NameParts): Uint8Array {
  return der.sequence(
    ...parts.map(([type, value]) => {
      const name = attributeOids[type] ?? type;
      // RFC 5280 appendix A.1: countries are PrintableString, domain components and mail IA5String.
      const text =
        type === 'C'
          ? der.printableString(value)
          : type === 'DC' || name === emailAddress
            ? der.ia5String(value)
            : der.utf8String(value);
      return der.set(der.sequence(der.oid(name), text));
    }),
  );
}
