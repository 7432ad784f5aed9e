import type { SourceText } from '@keelson/core';
import { hclError } from './error.ts';

const simple: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const special = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]?))|([$%])\4\{/gu;

/**
 * Literal text of a template as it is meant: escapes undone, `$${` as `${`, in Unicode's form NFC. Backslashes are
 * escapes in quotes alone, not in heredocs.
 *
 * @param start where `written` begins in the source.
 */
export function unescapeText(source: SourceText, written: string, start: number, quoted: boolean): string {
  const text = quoted
    ? written.replace(
        special,
        (all: string, short?: string, long?: string, one?: string, sign?: string, at?: number) => {
          if (sign !== undefined) return `${sign}{`;
          const found = short ?? long;
          const meant = found === undefined ? simple[one ?? ''] : characterOf(Number.parseInt(found, 16));
          if (meant !== undefined) return meant;
          throw hclError(source, 'HCL_SYNTAX', `there is no escape ${all}`, start + (at ?? 0));
        },
      )
    : written.replace(/([$%])\1\{/g, '$1{');
  return text.normalize('NFC');
}

/** Halves of pairs and what lies beyond Unicode are no characters. */
function characterOf(code: number): string | undefined {
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}
