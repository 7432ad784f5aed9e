import { terminalSafe } from '../sanitize.ts';

/** No text of a result is longer: a message is "a short user friendly" one, and an object has a bound on its size. */
export const maxTextLength = 1_000;

/**
 * Text from input as it goes into an object: no control characters (databases behind dashboards refuse U+0000, and
 * `kubectl` prints what it gets), no lone surrogates (no UTF-8 can hold them), no more than `maxTextLength`.
 */
export function plainText(text: string): string {
  if (text.length <= maxTextLength && /^[ -~]*$/.test(text)) return text;
  const cut = text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text;
  return terminalSafe(cut.toWellFormed());
}

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** True for what Kubernetes takes as the name of a namespace (RFC 1123 label). */
export function isNamespaceName(name: string): boolean {
  return dnsLabel.test(name);
}

/** A part of an object's name made of any text: letters, digits and `-` (RFC 1123 label, at most 40 characters). */
export function namePart(text: string): string {
  return trimmed(
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 40),
    '-',
  );
}

/** A label value made of any text (at most 63 of letters, digits, `-`, `_` and `.`, ends alphanumeric). */
export function labelValue(text: string): string {
  return trimmed(text.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 63), '-_.');
}

/** The text without these characters at its ends. */
function trimmed(text: string, characters: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && characters.includes(text.charAt(start))) start++;
  while (end > start && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
