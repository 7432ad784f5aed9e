export {
  type DsseEnvelope,
  type DsseSignature,
  envelopeObject,
  pae,
  readEnvelope,
  writeEnvelope,
} from './dsse/envelope.ts';
export { EnvelopeError, type EnvelopeErrorCode, envelopeErrorCodes } from './errors.ts';
export { defaultEnvelopeLimits, type EnvelopeLimits } from './limits.ts';
