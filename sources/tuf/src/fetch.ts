import type { HttpClient } from '@keelson/http';
import { TufError } from './errors.ts';

/**
 * Gives what stands at an address, of at most `maxBytes`; undefined where the server says that nothing does. More is an error, and so is
 * everything else.
 */
export type TufFetch = (url: string, maxBytes: number) => Promise<Uint8Array | undefined>;

/** Object stores without the right to list answer 403 for what is not there. */
const absent = new Set([403, 404, 410]);

/** Fetches over HTTP. @throws HttpError; TufError TUF_SERVER */
export function httpFetch(client: HttpClient): TufFetch {
  return async (url, maxBytes) => {
    const answer = await client.send({ url });
    if (answer.status === 200) return await answer.bytes(maxBytes);
    await answer.discard();
    if (absent.has(answer.status)) return undefined;
    throw new TufError('TUF_SERVER', `${url} is answered with status ${answer.status}`);
  };
}
