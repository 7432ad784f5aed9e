/** Where a program says that it connects to: the name of a host, with a port or the name of a port where one is written. */
export interface NetworkAddress {
  host: string;
  port?: string;
}

/**
 * The address that a value of an environment variable or an argument is: a host, `host:port`, a URL, or one of these behind
 * `:`, `=` or a blank, as in `--server=api:8080`. Undefined where it is none, as for a number.
 */
export function networkAddress(value: string): NetworkAddress | undefined {
  if (value.length > maxLength) return undefined;
  for (const candidate of [value, ...endingsOf(value)]) {
    const address = wholeAddress(candidate);
    if (address !== undefined) return address;
  }
  return undefined;
}

/** Every address among the words of a longer text, as a file of settings is. */
export function addressesInText(text: string): NetworkAddress[] {
  return text
    .split(/[\s,;='"|()<>[\]{}]+/)
    .flatMap((word) => networkAddress(word) ?? hostAndPath(word) ?? []);
}

/** Longer values are no addresses, and each of their endings is looked at. */
const maxLength = 1024;

/** What stands behind a `:`, `=` or blank and begins with a letter. */
function endingsOf(value: string): string[] {
  return [...value.matchAll(/[:= ](?=\p{L})/gu)].flatMap(({ index }) =>
    index > 0 ? value.slice(index + 1) : [],
  );
}

/** `db:27017/shop`, which as a URL would have the scheme `db`. */
function hostAndPath(word: string): NetworkAddress | undefined {
  const slash = word.indexOf('/');
  return slash > 0 ? hostAndPort(word.slice(0, slash)) : undefined;
}

function wholeAddress(text: string): NetworkAddress | undefined {
  const authority = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/([^/?#]*)/.exec(text)?.[1];
  if (authority !== undefined) return hostAndPort(authority.slice(authority.lastIndexOf('@') + 1));
  return hostAndPort(text.replace(/[?#].*$/s, ''));
}

function hostAndPort(text: string): NetworkAddress | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return isHostName(text) ? { host: text } : undefined;
  const host = text.slice(0, colon);
  const port = text.slice(colon + 1);
  return isHostName(host) && (isPortName(port) || isPortNumber(port)) ? { host, port } : undefined;
}

/** A DNS subdomain (RFC 1123) in small letters, as names of Services are; a number alone is no host. */
function isHostName(text: string): boolean {
  return (
    text.length <= 253 &&
    !/^\d+$/.test(text) &&
    text.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label))
  );
}

/** RFC 6335, 5.1: at most 15 letters, digits and single dashes, with a letter. */
function isPortName(text: string): boolean {
  return text.length <= 15 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && /[a-z]/.test(text);
}

function isPortNumber(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
}
