import { sameBytes } from '../bytes.ts';
import { type Certificate, readSerialNumber } from '../certificates/certificate.ts';
import { describe } from '../certificates/describe.ts';
import { readGeneralNames } from '../certificates/general-name.ts';
import { readName, sameName } from '../certificates/name.ts';
import { type DerElement, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { octetString } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { hashOf } from '../keys/schemes.ts';

const signingCertificateOid = '1.2.840.113549.1.9.16.2.12';
const signingCertificateV2Oid = '1.2.840.113549.1.9.16.2.47';

/**
 * RFC 3161 section 2.4.1 and RFC 5816: the signed attributes name the certificate of the signer by its digest, so that no other
 * certificate of the same key can take its place. Version 1 has SHA-1 there, which only picks among what is verified otherwise.
 */
export function checkSigningCertificate(
  attributes: ReadonlyMap<string, DerElement>,
  signer: Certificate,
): void {
  const first = attributes.get(signingCertificateOid);
  const second = attributes.get(signingCertificateV2Oid);
  if (first === undefined && second === undefined)
    throw new PkiError(
      'TIMESTAMP_SIGNER',
      'the signed attributes of a token do not name the certificate of its signer',
    );
  if (first !== undefined) checkIdentifier(firstIdentifier(first), signer, false);
  if (second !== undefined) checkIdentifier(firstIdentifier(second), signer, true);
}

/** The signer's own comes first; others, of its issuers, and policies may follow. */
function firstIdentifier(attribute: DerElement): DerElement {
  const fields = new DerFields(attribute, 'SigningCertificate');
  const list = new DerFields(fields.take(tags.sequence, 'certs'), 'SigningCertificate.certs');
  fields.optional(tags.sequence, 'policies');
  fields.finish();
  return list.take(tags.sequence, 'certificate');
}

/** RFC 5035 sections 3 and 4: digest, issuer and serial number; SHA-256 is the default of version 2. */
function checkIdentifier(element: DerElement, signer: Certificate, isSecond: boolean): void {
  const fields = new DerFields(element, 'ESSCertID');
  const algorithm = isSecond ? fields.optional(tags.sequence, 'hashAlgorithm') : undefined;
  const digest = octetString(fields.take(tags.octetString, 'certHash'));
  const named = fields.optional(tags.sequence, 'issuerSerial');
  fields.finish();
  const name = algorithm === undefined ? (isSecond ? 'sha256' : 'sha1') : hashOf(algorithm);
  const own = process.getBuiltinModule('node:crypto').hash(name, signer.bytes, 'buffer');
  if (!sameBytes(own, digest) || (named !== undefined && !isIssuerSerial(named, signer)))
    throw new PkiError(
      'TIMESTAMP_SIGNER',
      `the signed attributes of a token name another certificate than ${describe(signer)}`,
    );
}

function isIssuerSerial(element: DerElement, signer: Certificate): boolean {
  const fields = new DerFields(element, 'IssuerSerial');
  const names = readGeneralNames(fields.take(tags.sequence, 'issuer'), 'IssuerSerial.issuer');
  const serialNumber = readSerialNumber(fields.take(tags.integer, 'serialNumber'));
  fields.finish();
  const [issuer] = names;
  return (
    names.length === 1 &&
    issuer?.type === 'directory' &&
    sameName(readName(issuer.bytes), signer.issuer) &&
    sameBytes(serialNumber, signer.serialNumber)
  );
}
