import { type Extension, extensionOids, type KeyUsage, keyUsages } from '../certificates/extensions.ts';
import { type NameParts, writeName } from '../certificates/write-name.ts';
import { der } from '../der/writer.ts';
import { PkiError } from '../errors.ts';

/** A name for subjectAltName; `otherName` is a UTF8String of the type `oid`. */
export type AlternativeName =
  | { readonly type: 'email' | 'dns' | 'uri' | 'ip'; readonly value: string }
  | { readonly type: 'directory'; readonly value: NameParts }
  | { readonly type: 'otherName'; readonly oid: string; readonly value: string };

export function writeExtension({ oid, critical, value }: Extension): Uint8Array {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.oid(oid), ...flag, der.octetString(value));
}

/** One SEQUENCE of extensions. */
export function writeExtensions(extensions: readonly Extension[]): Uint8Array {
  return der.sequence(...extensions.map(writeExtension));
}

export function basicConstraints(ca: boolean, pathLength?: number): Extension {
  const length = pathLength === undefined ? [] : [der.integer(pathLength)];
  const value = ca ? der.sequence(der.boolean(true), ...length) : der.sequence();
  return { oid: extensionOids.basicConstraints, critical: true, value };
}

/** A named bit list ends with its last 1 (X.690 section 11.2.2). */
export function keyUsage(usages: readonly KeyUsage[]): Extension {
  const bits = usages.map((usage) => keyUsages.indexOf(usage));
  const last = Math.max(...bits);
  const bytes = new Uint8Array((last >> 3) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return { oid: extensionOids.keyUsage, critical: true, value: der.bitString(bytes, 7 - (last & 7)) };
}

export function extendedKeyUsage(purposes: readonly string[], critical = false): Extension {
  return { oid: extensionOids.extendedKeyUsage, critical, value: der.sequence(...purposes.map(der.oid)) };
}

export function subjectAlternativeName(names: readonly AlternativeName[], critical = false): Extension {
  return {
    oid: extensionOids.subjectAlternativeName,
    critical,
    value: der.sequence(...names.map(writeGeneralName)),
  };
}

export function subjectKeyIdentifier(identifier: Uint8Array): Extension {
  return { oid: extensionOids.subjectKeyIdentifier, critical: false, value: der.octetString(identifier) };
}

export function authorityKeyIdentifier(identifier: Uint8Array): Extension {
  const value = der.sequence(der.implicit(0, der.octetString(identifier)));
  return { oid: extensionOids.authorityKeyIdentifier, critical: false, value };
}

export function writeGeneralName(name: AlternativeName): Uint8Array {
  switch (name.type) {
    case 'email':
      return der.implicit(1, der.ia5String(name.value));
    case 'dns':
      return der.implicit(2, der.ia5String(name.value));
    case 'uri':
      return der.implicit(6, der.ia5String(name.value));
    case 'directory':
      return der.explicit(4, writeName(name.value));
    case 'ip':
      return der.implicit(7, der.octetString(addressBytes(name.value)));
    default: {
      const value = der.explicit(0, der.utf8String(name.value));
      return der.implicit(0, der.sequence(der.oid(name.oid), value));
    }
  }
}

function addressBytes(text: string): Uint8Array {
  const octets = /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(text) ? text.split('.').map(Number) : [];
  if (octets.length === 4 && octets.every((octet) => octet < 256)) return Uint8Array.from(octets);
  throw new PkiError(
    'CERTIFICATE_INVALID',
    `${JSON.stringify(text.slice(0, 60))} is no IPv4 address to issue for`,
  );
}
