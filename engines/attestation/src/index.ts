export { AttestationError, type AttestationErrorCode, attestationErrorCodes } from './errors.ts';
