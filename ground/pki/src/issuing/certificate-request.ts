import type { KeyObject } from 'node:crypto';
import { type Extension, readExtensions } from '../certificates/extensions.ts';
import { Name } from '../certificates/name.ts';
import { type NameParts, writeName } from '../certificates/write-name.ts';
import { readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { bitStringBytes, oid, smallInteger } from '../der/values.ts';
import { der } from '../der/writer.ts';
import { PkiError } from '../errors.ts';
import { type PublicKey, publicKeyOf } from '../keys/public-key.ts';
import { defaultScheme, type SignatureScheme, schemeOf } from '../keys/schemes.ts';
import { publicKeyOfKeyObject } from '../keys/sign.ts';
import { verifySignature } from '../keys/verify-signature.ts';
import { writeExtensions } from './extensions.ts';
import { signed } from './issue-certificate.ts';

const extensionRequestOid = '1.2.840.113549.1.9.14';

/** What somebody asks a CA to certify (PKCS #10, RFC 2986). */
export interface CertificateRequest {
  readonly subject: Name;
  readonly publicKey: PublicKey;
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** Writes a request, signed by the key that it is about. */
export function certificateRequest(input: {
  readonly subject: NameParts;
  readonly key: KeyObject;
  readonly extensions?: readonly Extension[];
  readonly scheme?: SignatureScheme;
}): Uint8Array {
  const publicKey = publicKeyOfKeyObject(input.key);
  const { extensions = [], scheme = defaultScheme(publicKey) } = input;
  const attributes =
    extensions.length === 0
      ? []
      : [der.sequence(der.oid(extensionRequestOid), der.set(writeExtensions(extensions)))];
  const info = der.sequence(
    der.integer(0),
    writeName(input.subject),
    publicKey.spki,
    der.explicit(0, ...attributes),
  );
  return signed(info, scheme, input.key);
}

/**
 * Reads a request and checks that its key signed it.
 * @throws PkiError DER_INVALID, CERTIFICATE_INVALID, KEY_*, ALGORITHM_UNSUPPORTED
 */
export function readCertificateRequest(bytes: Uint8Array): CertificateRequest {
  const outer = new DerFields(readDer(bytes), 'CertificationRequest');
  const info = outer.take(tags.sequence, 'certificationRequestInfo');
  const scheme = schemeOf(outer.take(tags.sequence, 'signatureAlgorithm'));
  const signature = bitStringBytes(outer.take(tags.bitString, 'signature'));
  outer.finish();
  const fields = new DerFields(info, 'CertificationRequestInfo');
  if (smallInteger(fields.take(tags.integer, 'version')) !== 0)
    throw new PkiError('CERTIFICATE_INVALID', 'a certificate request is of an unknown version');
  const subject = new Name(fields.take(tags.sequence, 'subject'));
  const publicKey = publicKeyOf(fields.take(tags.sequence, 'subjectPKInfo'));
  const attributes = new DerFields(fields.take(0xa0, 'attributes'), 'attributes', 0xa0);
  fields.finish();
  let extensions: ReadonlyMap<string, Extension> | undefined;
  while (!attributes.isAtEnd) {
    const attribute = new DerFields(attributes.take(tags.sequence, 'attribute'), 'Attribute');
    const type = oid(attribute.take(tags.oid, 'type'));
    const values = new DerFields(attribute.take(tags.set, 'values'), 'values', tags.set);
    attribute.finish();
    if (type !== extensionRequestOid) continue;
    if (extensions !== undefined)
      throw new PkiError('CERTIFICATE_INVALID', 'a certificate request has extensions twice');
    extensions = readExtensions(values.any('extensions'), 'a certificate request');
    values.finish();
  }
  if (!verifySignature(publicKey, scheme, info.bytes, signature))
    throw new PkiError(
      'CERTIFICATE_INVALID',
      'a certificate request was not signed by the key that it is about',
    );
  return { subject, publicKey, extensions: extensions ?? new Map<string, Extension>() };
}
