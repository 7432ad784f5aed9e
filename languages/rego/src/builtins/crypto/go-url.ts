import type { RegoValue } from '../../values/index.ts';
import { builtinError } from '../builtin.ts';
import { parseUrl, UrlSyntaxError } from '../url.ts';

/** A URL with the fields that Go's url.URL prints as JSON. */
export interface GoUrl {
  readonly json: RegoValue;
  readonly hostname: string;
  readonly text: string;
}

export function parseGoUrl(text: string): GoUrl {
  try {
    const url = parseUrl(text);
    const parts = /^(?:[A-Za-z][\w+.-]*:)?(\/\/)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text);
    const [, slashes, authority = '', path = '', query, fragment = ''] = parts ?? [];
    const isOpaque = url.scheme !== '' && slashes === undefined && !`${authority}${path}`.startsWith('/');
    const at = authority.lastIndexOf('@');
    const host = slashes === undefined ? '' : decodeURIComponent(authority.slice(at + 1));
    const json: RegoValue = {
      Scheme: url.scheme,
      Opaque: isOpaque ? authority + path : '',
      User: slashes !== undefined && at >= 0 ? {} : null,
      Host: host,
      Path: isOpaque ? '' : url.path,
      RawPath: isOpaque || url.rawPath === url.path || encodesAs(url.path, url.rawPath) ? '' : url.rawPath,
      OmitHost: false,
      ForceQuery: query === '?',
      RawQuery: url.rawQuery,
      Fragment: url.fragment,
      RawFragment: encodesAs(url.fragment, fragment.slice(1)) ? '' : fragment.slice(1),
    };
    return { json, hostname: url.hostname, text };
  } catch (error) {
    if (!(error instanceof UrlSyntaxError || error instanceof URIError)) throw error;
    throw builtinError(`x509: cannot parse URI ${JSON.stringify(text)}: ${error.message}`);
  }
}

/** Whether escaping a path anew gives the text that it came from. */
function encodesAs(path: string, raw: string): boolean {
  return encodeURI(path) === raw;
}
