import type { KeyObject } from 'node:crypto';
import { type Certificate, readCertificate } from '../certificates/certificate.ts';
import type { Extension } from '../certificates/extensions.ts';
import { type NameParts, writeName } from '../certificates/write-name.ts';
import { der } from '../der/writer.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { defaultScheme, type SignatureScheme } from '../keys/schemes.ts';
import { algorithmIdentifier, publicKeyOfKeyObject, sign } from '../keys/sign.ts';
import { authorityKeyIdentifier, subjectKeyIdentifier, writeExtensions } from './extensions.ts';

export interface CertificateInput {
  readonly subject: NameParts;
  /** The subject's key: public, or private, whose public half is taken. */
  readonly key: KeyObject;
  /** Milliseconds since the epoch, cut to seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Beside the key identifiers, which are written by themselves. */
  readonly extensions?: readonly Extension[];
  /** Absent: the certificate is signed by its own key, which must be private. */
  readonly issuer?: { readonly certificate: Certificate; readonly key: KeyObject };
  /** What the issuer signs by; by default what fits its key. */
  readonly scheme?: SignatureScheme;
  /** Random by default. */
  readonly serialNumber?: Uint8Array;
}

/** Issues a certificate of version 3. */
export function issueCertificate(input: CertificateInput): Certificate {
  const publicKey = publicKeyOfKeyObject(input.key);
  const signer = input.issuer?.key ?? input.key;
  const scheme = input.scheme ?? defaultScheme(publicKeyOfKeyObject(signer));
  const subject = writeName(input.subject);
  const own = keyIdentifier(publicKey);
  const above = input.issuer === undefined ? own : input.issuer.certificate.subjectKeyIdentifier;
  const extensions = [
    ...(input.extensions ?? []),
    subjectKeyIdentifier(own),
    ...(above === undefined ? [] : [authorityKeyIdentifier(above)]),
  ];
  const tbs = der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(input.serialNumber ?? randomSerialNumber()),
    algorithmIdentifier(scheme),
    input.issuer?.certificate.subject.bytes ?? subject,
    der.sequence(der.time(input.notBefore), der.time(input.notAfter)),
    subject,
    publicKey.spki,
    der.explicit(3, writeExtensions(extensions)),
  );
  return readCertificate(signed(tbs, scheme, signer));
}

/** SIGNED{} of X.509: what is signed, by what, and the signature. */
export function signed(tbs: Uint8Array, scheme: SignatureScheme, key: KeyObject): Uint8Array {
  return der.sequence(tbs, algorithmIdentifier(scheme), der.bitString(sign(key, scheme, tbs)));
}

/** RFC 7093 section 2, method 1: the first 160 bits of SHA-256 of the key. */
function keyIdentifier(key: PublicKey): Uint8Array {
  const { hash } = process.getBuiltinModule('node:crypto');
  return hash('sha256', key.keyBytes, 'buffer').subarray(0, 20);
}

/** 127 random bits. */
function randomSerialNumber(): Uint8Array {
  const bytes = process.getBuiltinModule('node:crypto').randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}
