import { concatBytes } from '../bytes.ts';
import { type Certificate, certificateOf, readSerialNumber } from '../certificates/certificate.ts';
import { Name } from '../certificates/name.ts';
import { children, type DerElement, derFault, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { octetString, oid, smallInteger } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { type HashAlgorithm, hashOf } from '../keys/schemes.ts';
import { pkiLimits } from '../limits.ts';

const signedDataOid = '1.2.840.113549.1.7.2';

/** How a SignerInfo names the certificate of its signer. */
export type SignerIdentifier =
  | { readonly issuer: Name; readonly serialNumber: Uint8Array }
  | { readonly subjectKeyIdentifier: Uint8Array };

export interface SignerInfo {
  readonly identifier: SignerIdentifier;
  readonly digest: HashAlgorithm;
  readonly digestAlgorithm: DerElement;
  readonly signatureAlgorithm: DerElement;
  readonly signature: Uint8Array;
  /** By object identifier the one value of each signed attribute. */
  readonly attributes: ReadonlyMap<string, DerElement>;
  /** What the signature is over: the attributes as a SET (RFC 5652 section 5.4). */
  readonly signedBytes: Uint8Array;
}

/** A SignedData (RFC 5652 section 5) with content, one signer and signed attributes. */
export interface SignedData {
  readonly contentType: string;
  readonly content: Uint8Array;
  /** Those of X.509; other sorts and revocation lists are not looked at. */
  readonly certificates: readonly Certificate[];
  readonly signer: SignerInfo;
}

/** @throws PkiError DER_INVALID, ALGORITHM_UNSUPPORTED, TIMESTAMP_INVALID, CERTIFICATE_* */
export function signedDataOf(contentInfo: DerElement): SignedData {
  const outer = new DerFields(contentInfo, 'ContentInfo');
  const type = oid(outer.take(tags.oid, 'contentType'));
  if (type !== signedDataOid)
    throw new PkiError('TIMESTAMP_INVALID', `a token is of the type ${type}, not signed data`);
  const inner = outer.explicit(0xa0, 'content');
  outer.finish();
  if (inner === undefined) throw derFault('ContentInfo.content is missing', contentInfo.start);
  const fields = new DerFields(inner, 'SignedData');
  const version = smallInteger(fields.take(tags.integer, 'version'));
  const digests = hashesOf(fields.take(tags.set, 'digestAlgorithms'));
  const encapsulated = new DerFields(
    fields.take(tags.sequence, 'encapContentInfo'),
    'EncapsulatedContentInfo',
  );
  const contentType = oid(encapsulated.take(tags.oid, 'eContentType'));
  const content = encapsulated.explicit(0xa0, 'eContent');
  encapsulated.finish();
  if (content === undefined) throw new PkiError('TIMESTAMP_INVALID', 'signed data has no content');
  const certificateSet = fields.optional(0xa0, 'certificates');
  const crls = fields.optional(0xa1, 'crls');
  const expected = versionOf(certificateSet, crls);
  if (version !== expected)
    throw new PkiError(
      'TIMESTAMP_INVALID',
      `signed data is of version ${version}, where it must be ${expected}`,
    );
  const certificates = readCertificateSet(certificateSet);
  const signers = new DerFields(fields.take(tags.set, 'signerInfos'), 'SignerInfos', tags.set);
  fields.finish();
  const signer = readSignerInfo(signers.take(tags.sequence, 'signerInfo'));
  if (!signers.isAtEnd) throw new PkiError('TIMESTAMP_INVALID', 'a token has more than one signer');
  if (!digests.includes(signer.digest))
    throw new PkiError(
      'TIMESTAMP_INVALID',
      `signed data does not name ${signer.digest}, which its signer uses`,
    );
  return { contentType, content: octetString(content), certificates, signer };
}

function hashesOf(set: DerElement): readonly HashAlgorithm[] {
  return children(set).map(hashOf);
}

/** RFC 5652 section 5.1, for content that is not plain data: 3, more with certificates and lists of other sorts. */
function versionOf(certificates: DerElement | undefined, crls: DerElement | undefined): number {
  const sorts = certificates === undefined ? [] : children(certificates).map(({ tag }) => tag);
  const lists = crls === undefined ? [] : children(crls).map(({ tag }) => tag);
  if (sorts.includes(0xa3) || lists.includes(0xa1)) return 5;
  return sorts.includes(0xa2) ? 4 : 3;
}

/** CertificateChoices that are no X.509 certificates (RFC 5652 section 10.2.2). */
const otherCertificates = new Set([0xa0, 0xa1, 0xa2, 0xa3]);

function readCertificateSet(element: DerElement | undefined): Certificate[] {
  if (element === undefined) return [];
  const set = new DerFields(element, 'CertificateSet', 0xa0);
  const found: Certificate[] = [];
  while (!set.isAtEnd) {
    const each = set.any('certificate');
    if (otherCertificates.has(each.tag)) continue;
    if (each.tag !== tags.sequence)
      throw new PkiError('TIMESTAMP_INVALID', 'signed data has a certificate of an unknown sort');
    if (found.length === pkiLimits.maxTokenCertificates)
      throw new PkiError(
        'CERTIFICATE_LIMIT',
        `a token has more than ${pkiLimits.maxTokenCertificates} certificates (maxTokenCertificates)`,
      );
    found.push(certificateOf(each));
  }
  return found;
}

function readSignerInfo(element: DerElement): SignerInfo {
  const fields = new DerFields(element, 'SignerInfo');
  const version = smallInteger(fields.take(tags.integer, 'version'));
  const identifier = readIdentifier(fields, version);
  const digestAlgorithm = fields.take(tags.sequence, 'digestAlgorithm');
  const attributes = fields.take(0xa0, 'signedAttrs');
  const signatureAlgorithm = fields.take(tags.sequence, 'signatureAlgorithm');
  const signature = octetString(fields.take(tags.octetString, 'signature'));
  fields.optional(0xa1, 'unsignedAttrs');
  fields.finish();
  return {
    identifier,
    digest: hashOf(digestAlgorithm),
    digestAlgorithm,
    signatureAlgorithm,
    signature,
    attributes: readAttributes(attributes),
    signedBytes: concatBytes([Uint8Array.of(tags.set), attributes.bytes.subarray(1)]),
  };
}

/** Version 1 goes with issuer and serial number, 3 with a key identifier (RFC 5652 section 5.3). */
function readIdentifier(fields: DerFields, version: number): SignerIdentifier {
  if (version === 3) return { subjectKeyIdentifier: fields.take(0x80, 'sid').content };
  if (version !== 1) throw new PkiError('TIMESTAMP_INVALID', `a signer is of the unknown version ${version}`);
  const pair = new DerFields(fields.take(tags.sequence, 'sid'), 'IssuerAndSerialNumber');
  const issuer = new Name(pair.take(tags.sequence, 'issuer'));
  const serialNumber = readSerialNumber(pair.take(tags.integer, 'serialNumber'));
  pair.finish();
  return { issuer, serialNumber };
}

function readAttributes(element: DerElement): ReadonlyMap<string, DerElement> {
  const found = new Map<string, DerElement>();
  const list = new DerFields(element, 'SignedAttributes', 0xa0);
  do {
    const fields = new DerFields(list.take(tags.sequence, 'attribute'), 'Attribute');
    const type = oid(fields.take(tags.oid, 'attrType'));
    const values = new DerFields(fields.take(tags.set, 'attrValues'), 'attrValues', tags.set);
    fields.finish();
    const value = values.any('value');
    if (found.has(type) || !values.isAtEnd)
      throw new PkiError(
        'TIMESTAMP_INVALID',
        `the signed attribute ${type} occurs twice or has several values`,
      );
    if (found.size === pkiLimits.maxExtensions)
      throw new PkiError(
        'CERTIFICATE_LIMIT',
        `a signer has more than ${pkiLimits.maxExtensions} attributes (maxExtensions)`,
      );
    found.set(type, value);
  } while (!list.isAtEnd);
  return found;
}
