export { type CborLimits, type CborReadOptions, defaultCborLimits, readCbor } from './cbor/read.ts';
export { CborFloat, type CborKey, type CborMap, CborTag, type CborValue, isCborMap } from './cbor/value.ts';
export { writeCbor } from './cbor/write.ts';
export { coseAlgorithms } from './cose/algorithms.ts';
export {
  type CertificateHash,
  type CoseHeaders,
  coseHeader,
  coseLabels,
  isCertificateOf,
  x5chainOf,
  x5tOf,
} from './cose/headers.ts';
export {
  type CoseContext,
  type CoseReadOptions,
  type CoseSign,
  type CoseSign1,
  type CoseSignature,
  readCoseSign,
  readCoseSign1,
  sign1Input,
  signInput,
  writeCose,
} from './cose/message.ts';
export {
  algorithmNumber,
  type CoseSignerOptions,
  type CoseSignOptions,
  type CoseVerifyOptions,
  signCoseSign,
  signCoseSign1,
  verifyCoseSign1,
  verifyCoseSignature,
} from './cose/signing.ts';
export {
  type DsseEnvelope,
  type DsseSignature,
  envelopeObject,
  pae,
  readEnvelope,
  writeEnvelope,
} from './dsse/envelope.ts';
export { EnvelopeError, type EnvelopeErrorCode, envelopeErrorCodes } from './errors.ts';
export type { JwsAlgorithm } from './jose/algorithms.ts';
export { x5cOf } from './jose/header.ts';
export { type Jwk, jwkThumbprint, readJwk, readJwkSet } from './jose/jwk.ts';
export {
  algorithmOf,
  type Jws,
  type JwsReadOptions,
  type JwsSignature,
  type JwsSignOptions,
  type JwsVerifyOptions,
  readCompactJws,
  readJws,
  signCompactJws,
  signJws,
  verifyJws,
} from './jose/jws.ts';
export { defaultEnvelopeLimits, type EnvelopeLimits } from './limits.ts';
export { canonicalJson } from './metadata/canonical-json.ts';
export { MetadataKey, readMetadataKey, unknownKey } from './metadata/metadata-key.ts';
export type { VerificationKey } from './signatures.ts';
