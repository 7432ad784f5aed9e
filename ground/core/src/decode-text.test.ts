import { describe, expect, it } from 'vitest';
import { decodeText, TextEncodingError } from './index.ts';

describe('decodeText', () => {
  it.each<[readonly number[], Parameters<typeof decodeText>[1], string]>([
    [[0x61, 0xc3, 0xa9], {}, 'aé'],
    [[0xef, 0xbb, 0xbf, 0x61], {}, 'a'],
    [[0xef, 0xbb, 0xbf, 0x61], { keepMark: true }, '\ufeffa'],
    [[0xff, 0xfe, 0x61, 0], {}, 'a'],
    [[0xfe, 0xff, 0, 0x61], { keepMark: true }, 'a'],
    [[0xe9], { declared: 'iso-8859-1' }, 'é'],
    [[0xfe, 0xff, 0, 0x61], { declared: 'iso-8859-1' }, 'a'],
  ])('%j %j', (bytes, options, text) => {
    expect(decodeText(Uint8Array.from(bytes), options)).toBe(text);
  });

  it.each<[readonly number[], Parameters<typeof decodeText>[1], string]>([
    [[0xc3], {}, 'utf-8'],
    [[0xff, 0xfe, 0x61], {}, 'utf-16le'],
    [[0x61], { declared: 'no-such-encoding' }, 'no-such-encoding'],
  ])('%j %j is refused', (bytes, options, encoding) => {
    expect(() => decodeText(Uint8Array.from(bytes), options)).toThrow(new TextEncodingError(encoding));
  });
});
