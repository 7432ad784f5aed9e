import type { KeyObject } from 'node:crypto';
import type { Certificate } from '../certificates/certificate.ts';
import { der } from '../der/writer.ts';
import { defaultScheme, type SignatureScheme } from '../keys/schemes.ts';
import { algorithmIdentifier, hashIdentifier, publicKeyOfKeyObject, sign } from '../keys/sign.ts';

const contentTypeOid = '1.2.840.113549.1.9.3';
const messageDigestOid = '1.2.840.113549.1.9.4';
const signingCertificateV2Oid = '1.2.840.113549.1.9.16.2.47';
const signedDataOid = '1.2.840.113549.1.7.2';

export function attribute(type: string, ...values: readonly Uint8Array[]): Uint8Array {
  return der.sequence(der.oid(type), der.set(...values));
}

/** The two attributes that every signature over content has (RFC 5652 section 11). */
export function contentAttributes(type: string, digest: Uint8Array): readonly Uint8Array[] {
  return [attribute(contentTypeOid, der.oid(type)), attribute(messageDigestOid, der.octetString(digest))];
}

/** Names the certificate of the signer by its digest (RFC 5816). */
export function signingCertificateAttribute(certificate: Certificate): Uint8Array {
  const issuerSerial = der.sequence(
    der.sequence(der.explicit(4, certificate.issuer.bytes)),
    der.integer(certificate.serialNumber),
  );
  const identifier = der.sequence(der.octetString(sha256(certificate.bytes)), issuerSerial);
  return attribute(signingCertificateV2Oid, der.sequence(der.sequence(identifier)));
}

/** A SignerInfo with SHA-256, which signs the attributes. */
export function writeSignerInfo(
  signer: { readonly certificate: Certificate; readonly key: KeyObject },
  attributes: readonly Uint8Array[],
  scheme: SignatureScheme = defaultScheme(publicKeyOfKeyObject(signer.key)),
): Uint8Array {
  const set = der.set(...attributes);
  return der.sequence(
    der.integer(1),
    der.sequence(signer.certificate.issuer.bytes, der.integer(signer.certificate.serialNumber)),
    hashIdentifier('sha256'),
    der.implicit(0, set),
    algorithmIdentifier(scheme),
    der.octetString(sign(signer.key, scheme, set)),
  );
}

/** A ContentInfo with a SignedData of version 3 (RFC 5652 section 5.1). */
export function writeSignedData(input: {
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly signerInfos: readonly Uint8Array[];
}): Uint8Array {
  const certificates = input.certificates.map(({ bytes }) => bytes);
  const signed = der.sequence(
    der.integer(3),
    der.set(hashIdentifier('sha256')),
    der.sequence(der.oid(input.contentType), der.explicit(0, der.octetString(input.content))),
    ...(certificates.length === 0 ? [] : [der.implicit(0, der.set(...certificates))]),
    der.set(...input.signerInfos),
  );
  return der.sequence(der.oid(signedDataOid), der.explicit(0, signed));
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return process.getBuiltinModule('node:crypto').hash('sha256', bytes, 'buffer');
}
