export { SigstoreError, type SigstoreErrorCode, sigstoreErrorCodes } from './errors.ts';
export { type CertificateRequest, certify } from './fulcio.ts';
export { ambientToken } from './identity-token.ts';
export { addToRekorV1, addToRekorV2, type LogRequest } from './rekor.ts';
export { stamp } from './timestamp-authority.ts';
