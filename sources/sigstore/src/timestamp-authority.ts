import type { HttpClient } from '@keelson/http';
import { below, post } from './exchange.ts';

/**
 * Asks a timestamp authority (RFC 3161, section 3.4).
 *
 * @param url the whole address: authorities have no paths in common
 * @param request DER of a TimeStampReq
 * @returns DER of a TimeStampResp, not verified
 * @throws SigstoreError SIGSTORE_REFUSED, HttpError
 */
export async function stamp(http: HttpClient, url: string, request: Uint8Array): Promise<Uint8Array> {
  return await post(http, {
    url: below(url, ''),
    body: request,
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
  });
}
