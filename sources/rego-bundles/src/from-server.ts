import { basicAuthorization, type HttpAnswer, type HttpClient, shownUrl } from '@keelson/http';
import type { ArchiveFile } from '@keelson/rego';
import { BundleError } from './errors.ts';
import type { BundleLimits } from './limits.ts';
import { unpack } from './unpack.ts';

/** What proves to a server of bundles who asks. */
export type BundleCredentials =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string };

/** A bundle as it was fetched, still packed. */
export interface Fetched {
  /** Its files; undefined where it has not changed since the tag that was sent. */
  readonly read: (() => readonly ArchiveFile[]) | undefined;
  /** The name of this state of the bundle. */
  readonly tag: string | undefined;
}

export interface FetchOptions {
  readonly http: HttpClient;
  readonly limits: BundleLimits;
  readonly credentials: BundleCredentials | undefined;
  /** Take a delta bundle too, where the server has one (OPA, bundle protocol, `Prefer: modes`). */
  readonly deltas: boolean;
}

/** A URL as it may be shown and sent: without credentials, which go into a header. */
export function splitUrl(text: string): { url: URL; credentials: BundleCredentials | undefined } {
  const url = URL.parse(text);
  if (url === null) throw new BundleError('BUNDLE_NOT_GIVEN', 'it is no URL');
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  if (username === '' && password === '') return { url, credentials: undefined };
  const credentials = { kind: 'basic', username: decoded(username), password: decoded(password) } as const;
  return { url, credentials };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Asks a server for a bundle, as OPA does.
 *
 * @param tag of the state that is known; nothing is sent where it is still that.
 * @throws BundleError BUNDLE_NOT_GIVEN; HttpError
 */
export async function fetchBundle(
  url: URL,
  tag: string | undefined,
  options: FetchOptions,
): Promise<Fetched> {
  const { http, limits, credentials, deltas } = options;
  const answer = await http.send({
    url,
    headers: {
      accept:
        'application/gzip, application/vnd.openpolicyagent.bundles, application/octet-stream, */*;q=0.1',
      prefer: deltas ? 'modes=snapshot,delta' : 'modes=snapshot',
      ...(tag === undefined ? {} : { 'if-none-match': tag }),
    },
    authorization: credentials === undefined ? undefined : headerOf(credentials),
  });
  if (answer.status === 304 && tag !== undefined) {
    await answer.discard();
    return { read: undefined, tag };
  }
  if (answer.status === 200) {
    const bytes = await answer.bytes(limits.maxBundleBytes);
    return { read: () => unpack(bytes, limits), tag: answer.headers.get('etag') ?? undefined };
  }
  await answer.discard();
  throw notGiven(answer);
}

const reasons: Readonly<Record<number, string>> = {
  401: 'it wants other credentials',
  403: 'it does not allow it',
  404: 'it has none there',
  429: 'it is too busy',
};

function notGiven({ status, url }: HttpAnswer): BundleError {
  const reason = reasons[status] ?? `it answers with status ${status}`;
  return new BundleError('BUNDLE_NOT_GIVEN', `${shownUrl(url)} gives no bundle: ${reason}`);
}

function headerOf(credentials: BundleCredentials): string {
  return credentials.kind === 'bearer' ? `Bearer ${credentials.token}` : basicAuthorization(credentials);
}
