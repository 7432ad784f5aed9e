import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const httpErrorCodes = Object.freeze({
  HTTP_URL_REFUSED:
    'A URL is not https, is http to a host other than this machine without being allowed, or has credentials in it.',
  HTTP_REDIRECT_REFUSED: 'A server sends on too often, in a circle, or to where no request may go.',
  HTTP_UNREACHABLE: 'A server cannot be reached, or its certificate is not trusted.',
  HTTP_INTERRUPTED: 'A server broke off before its answer was whole.',
  HTTP_TIMEOUT: 'A server took longer than a bound, which the message names.',
  HTTP_TOO_LARGE: 'An answer is larger than a bound, which the message names.',
});
export type HttpErrorCode = keyof typeof httpErrorCodes;

/** A request that got no whole answer. An answer of any status is no error of this kind. */
export class HttpError extends KeelsonError<HttpErrorCode> {}
