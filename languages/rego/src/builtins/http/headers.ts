import type { HttpResponse } from '../host.ts';

export type Headers = readonly (readonly [name: string, value: string])[];

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether the text may be the name of a method or of a header (RFC 9110 section 5.6.2). */
export function isToken(text: string): boolean {
  return token.test(text);
}

/** Tabs are the one control character that a header may have. */
export function isHeaderValue(text: string): boolean {
  return !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text);
}

/** `Content-Type` of `content-TYPE`; what is no header's name stays. */
export function canonicalName(name: string): string {
  if (!isToken(name)) return name;
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** The first value of a header, or nothing. */
export function headerOf({ headers }: Pick<HttpResponse, 'headers'>, name: string): string {
  return headers.find(([given]) => given.toLowerCase() === name)?.[1] ?? '';
}

/** The directives of `Cache-Control`, read as OPA does. */
export function cacheDirectives(response: Pick<HttpResponse, 'headers'>): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const part of headerOf(response, 'cache-control').split(',')) {
    const [name = '', value = '', ...more] = part.replace(/^ +| +$/g, '').split('=');
    if (name !== '' && more.length === 0) directives.set(name.replace(/^ +| +$/g, ''), value);
  }
  return directives;
}
