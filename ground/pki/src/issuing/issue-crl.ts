import type { KeyObject } from 'node:crypto';
import { concatBytes } from '../bytes.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { type Extension, extensionOids } from '../certificates/extensions.ts';
import { der } from '../der/writer.ts';
import { defaultScheme, type SignatureScheme } from '../keys/schemes.ts';
import { algorithmIdentifier, publicKeyOfKeyObject } from '../keys/sign.ts';
import { type CrlEntry, codeOfReason, type RevocationList, readCrl } from '../revocation/crl.ts';
import { authorityKeyIdentifier, writeExtensions } from './extensions.ts';
import { signed } from './issue-certificate.ts';

export interface CrlInput {
  readonly issuer: { readonly certificate: Certificate; readonly key: KeyObject };
  /** Milliseconds since the epoch, cut to seconds. */
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly number: number;
  /** Makes a delta list on the complete list of this number. */
  readonly deltaBase?: number;
  readonly revoked?: readonly (CrlEntry & { readonly serialNumber: Uint8Array })[];
  readonly extensions?: readonly Extension[];
  readonly scheme?: SignatureScheme;
}

/** Issues a revocation list of version 2. */
export function issueCrl(input: CrlInput): RevocationList {
  const { certificate, key } = input.issuer;
  const scheme = input.scheme ?? defaultScheme(publicKeyOfKeyObject(key));
  const own = certificate.subjectKeyIdentifier;
  const number = (oid: string, critical: boolean, value: number): Extension => ({
    oid,
    critical,
    value: der.integer(value),
  });
  const extensions = [
    ...(own === undefined ? [] : [authorityKeyIdentifier(own)]),
    number(extensionOids.crlNumber, false, input.number),
    ...(input.deltaBase === undefined
      ? []
      : [number(extensionOids.deltaCrlIndicator, true, input.deltaBase)]),
    ...(input.extensions ?? []),
  ];
  const entries = (input.revoked ?? []).map(writeEntry);
  const tbs = der.sequence(
    der.integer(1),
    algorithmIdentifier(scheme),
    certificate.subject.bytes,
    der.time(input.thisUpdate),
    ...(input.nextUpdate === undefined ? [] : [der.time(input.nextUpdate)]),
    ...(entries.length === 0 ? [] : [der.sequence(concatBytes(entries))]),
    der.explicit(0, writeExtensions(extensions)),
  );
  return readCrl(signed(tbs, scheme, key));
}

function writeEntry(entry: CrlEntry & { readonly serialNumber: Uint8Array }): Uint8Array {
  const extensions: Extension[] = [];
  if (entry.reason !== undefined)
    extensions.push({
      oid: extensionOids.crlReason,
      critical: false,
      value: der.enumerated(codeOfReason(entry.reason)),
    });
  if (entry.invalidityDate !== undefined)
    extensions.push({
      oid: extensionOids.invalidityDate,
      critical: false,
      value: der.generalizedTime(entry.invalidityDate),
    });
  return der.sequence(
    der.integer(entry.serialNumber),
    der.time(entry.revokedAt),
    ...(extensions.length === 0 ? [] : [writeExtensions(extensions)]),
  );
}
