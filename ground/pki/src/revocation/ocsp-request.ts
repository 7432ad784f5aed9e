import { bufferOf } from '../bytes.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { bitStringBytes } from '../der/values.ts';
import { der } from '../der/writer.ts';
import { type HashAlgorithm, hashOids } from '../keys/schemes.ts';

/** Names issuers in questions and answers; SHA-1 only picks among what is verified otherwise, and many know nothing else. */
export type CertIdHash = 'sha1' | HashAlgorithm;

export const sha1Oid = '1.3.14.3.2.26';
export const nonceOid = '1.3.6.1.5.5.7.48.1.2';

export interface OcspRequest {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly hash?: CertIdHash;
  /** 1 to 32 octets (RFC 8954), which the answer returns. */
  readonly nonce?: Uint8Array;
}

/** An OCSPRequest (RFC 6960 section 4.1) about one certificate, not signed. */
export function ocspRequest({ certificate, issuer, hash = 'sha256', nonce }: OcspRequest): Uint8Array {
  const request = der.sequence(certId(certificate, issuer, hash));
  const extensions =
    nonce === undefined
      ? []
      : [
          der.explicit(
            2,
            der.sequence(der.sequence(der.oid(nonceOid), der.octetString(der.octetString(nonce)))),
          ),
        ];
  return der.sequence(der.sequence(der.sequence(request), ...extensions));
}

/** A CertID (section 4.1.1). */
export function certId(certificate: Certificate, issuer: Certificate, hash: CertIdHash): Uint8Array {
  const { name, key } = issuerHashes(issuer, hash);
  return der.sequence(
    der.sequence(der.oid(hash === 'sha1' ? sha1Oid : hashOids[hash]), der.null()),
    der.octetString(name),
    der.octetString(key),
    der.integer(certificate.serialNumber),
  );
}

export function issuerHashes(issuer: Certificate, hash: CertIdHash): { name: Uint8Array; key: Uint8Array } {
  const digest = (bytes: Uint8Array) =>
    process.getBuiltinModule('node:crypto').hash(hash, bufferOf(bytes), 'buffer');
  return { name: digest(issuer.subject.bytes), key: digest(keyBits(issuer)) };
}

/** The bits of a certificate's key, without its algorithm. */
export function keyBits(certificate: Certificate): Uint8Array {
  const fields = new DerFields(readDer(certificate.publicKeyBytes), 'SubjectPublicKeyInfo');
  fields.take(tags.sequence, 'algorithm');
  return bitStringBytes(fields.take(tags.bitString, 'subjectPublicKey'));
}
