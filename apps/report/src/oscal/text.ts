import { hash } from 'node:crypto';
import { terminalSafe } from '../sanitize.ts';

/** Namespace of our own props, facets and parts (OSCAL asks for a URI). */
export const namespaceUri = 'urn:keelson:oscal:v1';

/** UUIDs of this tool hang on one namespace: the version 5 UUID of `namespaceUri` in RFC 9562's URL namespace. */
const namespaceBytes = bytesOf(uuidIn(bytesOf('6ba7b811-9dad-11d1-80b4-00c04fd430c8'), namespaceUri));

/** The version 5 UUID of a key (RFC 9562, 5.5): the same key gives the same UUID in every run. */
export function uuidOf(...key: readonly string[]): string {
  return uuidIn(namespaceBytes, JSON.stringify(key));
}

function uuidIn(namespace: Buffer, name: string): string {
  const hex = hash('sha1', Buffer.concat([namespace, Buffer.from(name)]));
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** StringDatatype: one line that neither begins nor ends with space. Empty text becomes `-`. */
export function string(text: string): string {
  if (printable.test(text)) return text;
  const plain = terminalSafe(text.toWellFormed()).trim();
  return plain === '' ? '-' : plain;
}

/** Letters of ASCII with no space around them: most texts are of these, and nothing is to be done to them. */
const printable = /^[!-~](?:[ -~]*[!-~])?$/;

/** TokenDatatype: letters, digits, `.`, `-` and `_`, beginning with a letter or `_`. */
export function token(text: string): string {
  const plain = text.toWellFormed().replace(/[^\p{L}\p{N}._-]/gu, '_');
  return /^[\p{L}_]/u.test(plain) ? plain : `_${plain}`;
}

/**
 * Text from input as markup: OSCAL's markup types are a Markdown, so that all that Markdown or HTML would read as more
 * than a letter is escaped, and line ends are shown, not made.
 */
export function markup(text: string): string {
  const plain = string(text);
  return /[\\`*<>[\]{}&~^#|!$_]/.test(plain) ? plain.replace(special, '\\$&') : plain;
}

/** An underscore inside a word (`NET_ADMIN`) is only a letter to Markdown. */
const special = /[\\`*<>[\]{}&~^#|!$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/**
 * Our own words, and those of checks: code spans and paragraphs stay, all else is escaped as in `markup`. Lines of a
 * paragraph are joined: files of checks are wrapped.
 */
export function prose(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) =>
      paragraph
        .trim()
        .split(/\s*\n\s*/)
        .join(' '),
    )
    .filter((paragraph) => paragraph !== '')
    .map(proseLine)
    .join('\n\n');
}

function proseLine(line: string): string {
  const parts = line.split('`');
  // An odd number of ticks opens a span that nothing closes: then they are letters.
  if (parts.length % 2 === 0) return markup(line);
  return string(
    parts
      .map((part, i) => (i % 2 === 1 ? `\`${terminalSafe(part.toWellFormed())}\`` : escaped(part)))
      .join(''),
  );
}

function escaped(text: string): string {
  return terminalSafe(text.toWellFormed()).replace(special, '\\$&');
}

/** A reference to a file: relative as it was given, absolute as a `file:` URI. */
export function fileReference(file: string): string {
  const path = file.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? `file://${path}` : path;
}

/** The address of a page; undefined for what is none: a framework's file may say anything. */
export function pageReference(text: string): string | undefined {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}
