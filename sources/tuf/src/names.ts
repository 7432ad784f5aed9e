import { createHash } from 'node:crypto';
import { TufError } from './errors.ts';

/** A text as one segment of a URL: everything but RFC 3986's unreserved characters is encoded, slashes too. */
export function urlSegment(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, percentEncoded);
}

/**
 * A name as one name of a file. Capitals are encoded too: a disk that takes them for small ones must not take the role `Root`
 * for `root`. A point at the beginning is encoded, so that no name is `.` or `..`, or hidden.
 */
export function fileName(name: string): string {
  const encoded = urlSegment(name)
    .replaceAll(/%[0-9A-F]{2}|[A-Z]/g, (part) => (part.length === 1 ? percentEncoded(part) : part))
    .replace(/^\./, '%2E');
  if (encoded.length <= longestName) return encoded;
  return `${encoded.slice(0, 100)}-${createHash('sha256').update(name).digest('hex')}`;
}

/** Most disks take 255 bytes; a suffix and the name of a temporary file need some of them. */
const longestName = 200;

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/**
 * Where a target stands below the URL of all targets.
 *
 * @param hash stands before its last segment, where the repository has consistent snapshots
 * @throws TufError TUF_NAME_REFUSED
 */
export function targetUrlPath(path: string, hash: string | undefined): string {
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    throw new TufError(
      'TUF_NAME_REFUSED',
      `the target ${JSON.stringify(path.slice(0, 200))} is no path within a repository`,
    );
  const last = segments.pop() ?? '';
  return [...segments, hash === undefined ? last : `${hash}.${last}`].map(urlSegment).join('/');
}

/** An address of what stands below a URL. */
export function below(url: string, path: string): string {
  return `${url.endsWith('/') ? url : `${url}/`}${path}`;
}
