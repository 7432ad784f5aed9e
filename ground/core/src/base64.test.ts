import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Base64Form, decodeBase64 } from './base64.ts';

const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');

test.each<[text: string, standard: string | undefined, url: string | undefined, any: string | undefined]>([
  ['', '', '', ''],
  ['Zg==', '66', undefined, '66'],
  ['Zg', undefined, '66', '66'],
  ['Zg=', undefined, undefined, undefined],
  ['Zm9v', '666f6f', '666f6f', '666f6f'],
  ['-_8', undefined, 'fbff', 'fbff'],
  ['-_8=', undefined, undefined, 'fbff'],
  ['+/8=', 'fbff', undefined, 'fbff'],
  ['+/8', undefined, undefined, 'fbff'],
  ['+_8=', undefined, undefined, undefined],
  ['Zh==', undefined, undefined, undefined],
  ['Zh', undefined, undefined, undefined],
  ['Zm9v=', undefined, undefined, undefined],
  ['Zm9v====', undefined, undefined, undefined],
  ['Zg==Zg==', undefined, undefined, undefined],
  [' Zg==', undefined, undefined, undefined],
  ['Zg==\n', undefined, undefined, undefined],
  ['Z', undefined, undefined, undefined],
  ['=', undefined, undefined, undefined],
  ['Zm9é', undefined, undefined, undefined],
])('%j', (text, standard, url, any) => {
  expect(hex(decodeBase64(text, 'standard'))).toBe(standard);
  expect(hex(decodeBase64(text, 'url'))).toBe(url);
  expect(hex(decodeBase64(text, 'any'))).toBe(any);
});

test('what is written is read, and no other text gives the same bytes', () => {
  const forms: [Base64Form, BufferEncoding][] = [
    ['standard', 'base64'],
    ['url', 'base64url'],
  ];
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.nat(),
      fc.string({ maxLength: 1 }),
      (bytes, at, other) => {
        for (const [form, encoding] of forms) {
          const text = Buffer.from(bytes).toString(encoding);
          expect(hex(decodeBase64(text, form))).toBe(Buffer.from(bytes).toString('hex'));
          expect(hex(decodeBase64(text, 'any'))).toBe(Buffer.from(bytes).toString('hex'));
          const cut = text.length === 0 ? 0 : at % text.length;
          const changed = text.slice(0, cut) + other + text.slice(cut + 1);
          if (changed !== text)
            expect(hex(decodeBase64(changed, form))).not.toBe(Buffer.from(bytes).toString('hex'));
        }
      },
    ),
    { seed: 6, numRuns: 500 },
  );
});
