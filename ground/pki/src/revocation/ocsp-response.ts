import { type Certificate, certificateOf, readSerialNumber } from '../certificates/certificate.ts';
import { type Extension, readExtensions } from '../certificates/extensions.ts';
import { Name } from '../certificates/name.ts';
import { type DerElement, readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { time } from '../der/time.ts';
import { bitStringBytes, octetString, oid, smallInteger } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { hashOf, type SignatureScheme, schemeOf } from '../keys/schemes.ts';
import { pkiLimits } from '../limits.ts';
import { type RevocationReason, reasonOf } from './crl.ts';
import { type CertIdHash, nonceOid, sha1Oid } from './ocsp-request.ts';

const basicOid = '1.3.6.1.5.5.7.48.1.1';

/** RFC 6960 section 4.2.1; code 4 is not used. */
const refusals: Readonly<Record<number, string>> = Object.freeze({
  1: 'the question is malformed',
  2: 'an internal error',
  3: 'try later',
  5: 'the question must be signed',
  6: 'the asker is not authorised',
});

export type OcspStatus =
  | { readonly status: 'good' }
  | { readonly status: 'unknown' }
  | { readonly status: 'revoked'; readonly revokedAt: number; readonly reason?: RevocationReason };

/** What an answer says of one certificate. */
export interface SingleResponse {
  readonly hash: CertIdHash;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serialNumber: Uint8Array;
  readonly status: OcspStatus;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
}

/** A basic answer (RFC 6960 section 4.2) as it was read: nothing of it is verified yet. */
export interface OcspResponse {
  readonly tbsBytes: Uint8Array;
  readonly signatureScheme: SignatureScheme;
  readonly signature: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly responder: { readonly name: Name } | { readonly keyHash: Uint8Array };
  readonly producedAt: number;
  readonly responses: readonly SingleResponse[];
  readonly nonce: Uint8Array | undefined;
}

/**
 * Reads an OCSPResponse in DER.
 * @throws PkiError OCSP_REFUSED where the responder gave no answer, OCSP_INVALID, REVOCATION_UNSUPPORTED, DER_*,
 *   ALGORITHM_UNSUPPORTED
 */
export function readOcspResponse(bytes: Uint8Array): OcspResponse {
  const fields = new DerFields(readDer(bytes), 'OCSPResponse');
  const code = smallInteger(fields.take(tags.enumerated, 'responseStatus'), tags.enumerated);
  if (code !== 0)
    throw new PkiError('OCSP_REFUSED', `the responder gave no answer: ${refusals[code] ?? `status ${code}`}`);
  const inner = fields.explicit(0xa0, 'responseBytes');
  fields.finish();
  if (inner === undefined) throw new PkiError('OCSP_INVALID', 'an answer of OCSP has nothing inside');
  const pair = new DerFields(inner, 'ResponseBytes');
  const type = oid(pair.take(tags.oid, 'responseType'));
  const response = octetString(pair.take(tags.octetString, 'response'));
  pair.finish();
  if (type !== basicOid)
    throw new PkiError('OCSP_INVALID', `an answer of OCSP is of the unknown type ${type}`);
  return readBasic(readDer(response));
}

function readBasic(element: DerElement): OcspResponse {
  const outer = new DerFields(element, 'BasicOCSPResponse');
  const tbs = outer.take(tags.sequence, 'tbsResponseData');
  const signatureScheme = schemeOf(outer.take(tags.sequence, 'signatureAlgorithm'));
  const signature = bitStringBytes(outer.take(tags.bitString, 'signature'));
  const list = outer.explicit(0xa0, 'certs');
  outer.finish();
  const fields = new DerFields(tbs, 'ResponseData');
  const version = fields.explicit(0xa0, 'version');
  if (version !== undefined && smallInteger(version) !== 0)
    throw new PkiError('OCSP_INVALID', 'an answer of OCSP is of an unknown version');
  const name = fields.explicit(0xa1, 'byName');
  const responder =
    name === undefined
      ? { keyHash: octetString(fields.explicit(0xa2, 'responderID') ?? missingResponder()) }
      : { name: new Name(name) };
  const producedAt = time(fields.take(tags.generalizedTime, 'producedAt'));
  const responses = readResponses(fields.take(tags.sequence, 'responses'));
  const extensions = fields.explicit(0xa1, 'responseExtensions');
  fields.finish();
  const known = extensions === undefined ? undefined : readExtensions(extensions, 'an answer of OCSP');
  checkCritical(known, nonceOid);
  const nonce = known?.get(nonceOid);
  return {
    tbsBytes: tbs.bytes,
    signatureScheme,
    signature,
    certificates: list === undefined ? [] : readCertificateList(list),
    responder,
    producedAt,
    responses,
    nonce: nonce === undefined ? undefined : octetString(readDer(nonce.value)),
  };
}

function missingResponder(): never {
  throw new PkiError('OCSP_INVALID', 'an answer of OCSP does not say whose it is');
}

function readCertificateList(element: DerElement): Certificate[] {
  const list = new DerFields(element, 'certs');
  const found: Certificate[] = [];
  while (!list.isAtEnd) {
    found.push(certificateOf(list.any('certificate')));
    if (found.length > pkiLimits.maxTokenCertificates)
      throw new PkiError(
        'CERTIFICATE_LIMIT',
        `an answer of OCSP has more than ${pkiLimits.maxTokenCertificates} certificates (maxTokenCertificates)`,
      );
  }
  return found;
}

function readResponses(element: DerElement): SingleResponse[] {
  const list = new DerFields(element, 'responses');
  const found: SingleResponse[] = [];
  do {
    found.push(readSingle(list.take(tags.sequence, 'response')));
    if (found.length > pkiLimits.maxOcspResponses)
      throw new PkiError(
        'OCSP_INVALID',
        `an answer of OCSP is about more than ${pkiLimits.maxOcspResponses} certificates (maxOcspResponses)`,
      );
  } while (!list.isAtEnd);
  return found;
}

function readSingle(element: DerElement): SingleResponse {
  const fields = new DerFields(element, 'SingleResponse');
  const id = new DerFields(fields.take(tags.sequence, 'certID'), 'CertID');
  const hash = certIdHash(id.take(tags.sequence, 'hashAlgorithm'));
  const issuerNameHash = octetString(id.take(tags.octetString, 'issuerNameHash'));
  const issuerKeyHash = octetString(id.take(tags.octetString, 'issuerKeyHash'));
  const serialNumber = readSerialNumber(id.take(tags.integer, 'serialNumber'));
  id.finish();
  const status = readStatus(fields.any('certStatus'));
  const thisUpdate = time(fields.take(tags.generalizedTime, 'thisUpdate'));
  const next = fields.explicit(0xa0, 'nextUpdate');
  const extensions = fields.explicit(0xa1, 'singleExtensions');
  fields.finish();
  checkCritical(extensions === undefined ? undefined : readExtensions(extensions, 'an answer of OCSP'));
  return {
    hash,
    issuerNameHash,
    issuerKeyHash,
    serialNumber,
    status,
    thisUpdate,
    nextUpdate: next === undefined ? undefined : time(next),
  };
}

function certIdHash(algorithm: DerElement): CertIdHash {
  const fields = new DerFields(algorithm, 'AlgorithmIdentifier');
  return oid(fields.take(tags.oid, 'algorithm')) === sha1Oid ? 'sha1' : hashOf(algorithm);
}

function readStatus(element: DerElement): OcspStatus {
  if (element.tag === 0x80 && element.length === 0) return { status: 'good' };
  if (element.tag === 0x82 && element.length === 0) return { status: 'unknown' };
  const fields = new DerFields(element, 'RevokedInfo', 0xa1);
  const revokedAt = time(fields.take(tags.generalizedTime, 'revocationTime'));
  const reason = fields.explicit(0xa0, 'revocationReason');
  fields.finish();
  if (reason === undefined) return { status: 'revoked', revokedAt };
  return { status: 'revoked', revokedAt, reason: reasonOf(smallInteger(reason, tags.enumerated)) };
}

function checkCritical(extensions: ReadonlyMap<string, Extension> | undefined, known?: string): void {
  for (const { oid: name, critical } of extensions?.values() ?? [])
    if (critical && name !== known)
      throw new PkiError(
        'REVOCATION_UNSUPPORTED',
        `an answer of OCSP has the unknown critical extension ${name}`,
      );
}
