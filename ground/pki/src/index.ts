export { type Certificate, readCertificate } from './certificates/certificate.ts';
export {
  type BasicConstraints,
  type Extension,
  extensionOids,
  type KeyUsage,
  keyPurposes,
} from './certificates/extensions.ts';
export type { GeneralName, GeneralNameType } from './certificates/general-name.ts';
export {
  attributeOids,
  type Name,
  type NameAttribute,
  nameToString,
  readName,
  sameName,
} from './certificates/name.ts';
export { publicKeyFromPem, readCertificates } from './certificates/read-certificates.ts';
export { type NameParts, writeName } from './certificates/write-name.ts';
export { isSelfSigned, verifyOrderedChain } from './chains/ordered-chain.ts';
export { type ChainOptions, checkSignature, verifyChain } from './chains/verify-chain.ts';
export { children, type DerElement, readDer, readFirstDer, tags } from './der/element.ts';
export { DerFields } from './der/fields.ts';
export { time } from './der/time.ts';
export {
  type BitString,
  bitString,
  bitStringBytes,
  boolean,
  integer,
  integerBytes,
  octetString,
  oid,
  smallInteger,
  string,
} from './der/values.ts';
export { der } from './der/writer.ts';
export { PkiError, type PkiErrorCode, pkiErrorCodes } from './errors.ts';
export {
  type CertificateRequest,
  certificateRequest,
  readCertificateRequest,
} from './issuing/certificate-request.ts';
export {
  type AlternativeName,
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  subjectAlternativeName,
  subjectKeyIdentifier,
} from './issuing/extensions.ts';
export { type CertificateInput, issueCertificate } from './issuing/issue-certificate.ts';
export { type CrlInput, issueCrl } from './issuing/issue-crl.ts';
export { issueOcspResponse, type OcspResponseInput } from './issuing/issue-ocsp-response.ts';
export { issueTimeStamp, type TimeStampInput } from './issuing/issue-time-stamp.ts';
export {
  type Curve,
  type KeyType,
  type PublicKey,
  readPublicKey,
  readRsaPublicKey,
} from './keys/public-key.ts';
export {
  cmsSchemeOf,
  defaultScheme,
  type HashAlgorithm,
  hashOf,
  hashOfScheme,
  type SignatureScheme,
  schemeOf,
} from './keys/schemes.ts';
export { algorithmIdentifier, publicKeyOfKeyObject, sign, signPieces } from './keys/sign.ts';
export type { Signer } from './keys/signer.ts';
export { type SignatureOptions, verifyDigestSignature } from './keys/verify-digest.ts';
export { verifySignature } from './keys/verify-signature.ts';
export { pkiLimits } from './limits.ts';
export { type PemBlock, readPem, writePem } from './pem.ts';
export {
  type CrlEntry,
  type CrlScope,
  type RevocationList,
  type RevocationReason,
  readCrl,
} from './revocation/crl.ts';
export { crlUris, freshestCrlUris, ocspUris } from './revocation/distribution-points.ts';
export { type CertIdHash, type OcspRequest, ocspRequest } from './revocation/ocsp-request.ts';
export {
  type OcspResponse,
  type OcspStatus,
  readOcspResponse,
  type SingleResponse,
} from './revocation/ocsp-response.ts';
export {
  type CrlOptions,
  type CrlStatusOptions,
  crlStatus,
  type RevocationStatus,
  verifyCrl,
} from './revocation/verify-crl.ts';
export { type OcspOptions, type VerifiedOcsp, verifyOcspResponse } from './revocation/verify-ocsp.ts';
export { readSct, readSctList, type Sct, signedSctBytes } from './sct/sct.ts';
export { type CertificateLog, precertificateTbs, type SctInput, verifySct } from './sct/verify-sct.ts';
export { type TimeStampRequest, timeStampRequest } from './timestamps/request.ts';
export {
  readTimeStampResponse,
  readTimeStampToken,
  type TimeStampResponse,
  type TimeStampToken,
} from './timestamps/token.ts';
export {
  type TimeStampOptions,
  type VerifiedTimeStamp,
  verifyTimeStamp,
} from './timestamps/verify-timestamp.ts';
