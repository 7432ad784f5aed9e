import type { HttpClient } from '@keelson/http';
import { PkiError, readTimeStampResponse, type TimeStampRequest, timeStampRequest } from '@keelson/pki';
import { SigstoreError } from './errors.ts';
import { below, post } from './exchange.ts';

/**
 * Asks a timestamp authority (RFC 3161, section 3.4), and holds the answer against what was asked: the digest and the nonce. Whether it
 * holds is not verified.
 *
 * @param url the whole address: authorities have no paths in common
 * @returns DER of a TimeStampResp
 * @throws SigstoreError, HttpError
 */
export async function stamp(http: HttpClient, url: string, request: TimeStampRequest): Promise<Uint8Array> {
  const answer = await post(http, {
    url: below(url, ''),
    body: timeStampRequest(request),
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
  });
  const { messageImprint, nonce } = tokenOf(answer);
  if (
    messageImprint.algorithm !== request.algorithm ||
    Buffer.compare(messageImprint.digest, request.digest) !== 0
  )
    throw invalid('is a timestamp of something else');
  // A token without the number that was sent may be an old one (section 2.4.2).
  if (nonce !== request.nonce) throw invalid('is not to this request: its nonce is another');
  return answer;
}

function tokenOf(answer: Uint8Array) {
  try {
    return readTimeStampResponse(answer).token;
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw invalid(`is none: ${error.message}`, error);
  }
}

function invalid(reason: string, cause?: PkiError): SigstoreError {
  const message = `the answer of the timestamp authority ${reason}`;
  return new SigstoreError('SIGSTORE_ANSWER_INVALID', message, cause === undefined ? {} : { cause });
}
