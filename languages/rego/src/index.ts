export { RegoError, type RegoErrorCode, regoErrorCodes } from './errors.ts';
