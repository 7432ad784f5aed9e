import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';
import { children, readDer } from './element.ts';
import { DerFields } from './fields.ts';
import { time } from './time.ts';
import { bitString, boolean, integer, octetString, oid, smallInteger, string } from './values.ts';
import { der } from './writer.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const at = (text: string) => readDer(hex(text));

describe('elements are strict DER (X.690 section 10)', () => {
  test.each([
    ['empty', '', 'ends early'],
    ['no length', '30', 'ends early'],
    ['content too short', '04 02 00', 'longer than what holds it'],
    ['something after', '05 00 00', 'follow'],
    ['indefinite length', '30 80 00 00', 'indefinite'],
    ['length in long form for nothing', '04 81 01 00', 'not minimal'],
    ['length with a zero before', '04 82 00 80', 'not minimal'],
    ['length of five octets', '04 85 01 00 00 00 00', 'more than four octets'],
    ['tag number above 30', '1f 1f 00', 'more than one octet'],
    ['end of contents', '00 00', 'end-of-contents'],
  ])('%s', (_, bytes, message) => {
    expect(() => at(bytes)).toThrow(PkiError);
    expect(() => at(bytes)).toThrow(message);
  });

  test('a child longer than its parent is refused', () => {
    expect(() => children(at('30 03 04 02 00'))).toThrow('longer than what holds it');
  });

  test('lengths of one to four octets', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000])
      expect(readDer(der.octetString(new Uint8Array(length))).length).toBe(length);
  });

  test('depth and number have a bound', () => {
    let deep = der.null();
    for (let each = 0; each < 40; each++) deep = der.sequence(deep);
    const dive = () => {
      for (let element = readDer(deep); element.length > 0; ) [element = element] = children(element);
    };
    expect(dive).toThrow('maxDerDepth');
    const many = der.sequence(Buffer.from('0500'.repeat(pkiLimits.maxDerChildren + 1), 'hex'));
    expect(() => children(readDer(many))).toThrow('maxDerChildren');
  });
});

describe('values', () => {
  test.each([
    ['06 03 2a 03 04', '1.2.3.4'],
    ['06 03 55 04 03', '2.5.4.3'],
    ['06 01 27', '0.39'],
    ['06 02 88 37', '2.999'],
    [`06 14 69 83 ${'ff'.repeat(17)} 7f`, `2.25.${2n ** 128n - 1n}`],
  ])('object identifier %s', (bytes, text) => {
    expect(oid(at(bytes))).toBe(text);
    expect(der.oid(text)).toEqual(Uint8Array.from(hex(bytes)));
  });

  test.each(['06 00', '06 02 80 01', '06 01 80', '06 02 2a 83', '04 01 2a', `06 41 ${'2a'.repeat(65)}`])(
    'no object identifier: %s',
    (bytes) => expect(() => oid(at(bytes))).toThrow(PkiError),
  );

  test.each([
    ['02 01 00', 0n],
    ['02 01 7f', 127n],
    ['02 02 00 80', 128n],
    ['02 01 80', -128n],
    ['02 01 ff', -1n],
    ['02 02 ff 7f', -129n],
  ])('integer %s', (bytes, value) => {
    expect(integer(at(bytes))).toBe(value);
    expect(der.integer(value)).toEqual(Uint8Array.from(hex(bytes)));
  });

  test.each(['02 00', '02 02 00 7f', '02 02 ff 80', '0a 01 00'])('no integer: %s', (bytes) =>
    expect(() => integer(at(bytes))).toThrow(PkiError),
  );

  test.each(['02 01 ff', '02 07 7f ff ff ff ff ff ff'])('no small integer: %s', (bytes) =>
    expect(() => smallInteger(at(bytes))).toThrow(PkiError),
  );

  test('booleans are 00 or ff', () => {
    expect(boolean(at('01 01 ff'))).toBe(true);
    expect(boolean(at('01 01 00'))).toBe(false);
    for (const wrong of ['01 01 01', '01 00', '01 02 ff ff'])
      expect(() => boolean(at(wrong))).toThrow(PkiError);
  });

  test('unused bits are 0 and fewer than 8', () => {
    expect(bitString(at('03 02 04 f0'))).toEqual({ bytes: hex('f0'), unusedBits: 4 });
    for (const wrong of ['03 00', '03 02 04 f8', '03 02 08 00', '03 01 01'])
      expect(() => bitString(at(wrong))).toThrow(PkiError);
  });

  test.each([
    ['0c 02 c3 a9', 'é'],
    ['13 02 41 42', 'AB'],
    ['14 01 e9', 'é'],
    ['1e 04 00 41 20 ac', 'A€'],
  ])('text %s', (bytes, text) => expect(string(at(bytes))).toBe(text));

  test.each(['0c 01 ff', '13 01 80', '16 01 80', '1e 01 41', '1e 02 d8 00', '04 01 41'])(
    'no text: %s',
    (bytes) => expect(() => string(at(bytes))).toThrow(PkiError),
  );
});

describe('times (X.690 section 11.7, RFC 5280 section 4.1.2.5)', () => {
  const utc = (text: string) => readDer(der.element(0x17, Buffer.from(text)));
  const general = (text: string) => readDer(der.element(0x18, Buffer.from(text)));

  test.each([
    [utc('491231235959Z'), '2049-12-31T23:59:59.000Z'],
    [utc('500101000000Z'), '1950-01-01T00:00:00.000Z'],
    [general('20500101000000Z'), '2050-01-01T00:00:00.000Z'],
    [general('00010101000000Z'), '0001-01-01T00:00:00.000Z'],
    [general('20240229120000Z'), '2024-02-29T12:00:00.000Z'],
  ])('%#', (element, text) => expect(new Date(time(element)).toISOString()).toBe(text));

  test.each([
    utc('2601010000Z'),
    utc('260101000000'),
    utc('260101000000+0100'),
    utc('261301000000Z'),
    utc('260001000000Z'),
    utc('260230000000Z'),
    utc('260101240000Z'),
    utc('260101006000Z'),
    utc('260101000060Z'),
    utc('26010100000aZ'),
    general('20260101000000.5Z'),
    general('20260101000000z'),
    general('20260101000000ZZ'),
  ])('refused %#', (element) => expect(() => time(element)).toThrow(PkiError));

  test('fractions where they are asked for', () => {
    const fraction = (text: string) => time(general(`20260101000000${text}`), { fraction: true }) % 1000;
    expect(fraction('.5Z')).toBe(500);
    expect(fraction('.123456Z')).toBe(123);
    expect(fraction('Z')).toBe(0);
    for (const wrong of ['.Z', '.50Z', '.5', ',5Z', '.aZ']) expect(() => fraction(wrong)).toThrow(PkiError);
  });

  test('what is written is read', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
        expect(time(readDer(der.time(seconds * 1000)))).toBe(seconds * 1000);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

test('fields say what is missing, what is there instead and what is too many', () => {
  const fields = new DerFields(at('30 05 05 00 02 01 07'), 'Example');
  expect(() => fields.take(0x02, 'first')).toThrow('Example.first has the tag 0x05 instead of 0x02');
  expect(fields.optional(0x02, 'first')).toBeUndefined();
  fields.take(0x05, 'first');
  expect(() => fields.finish()).toThrow('Example has an element too many');
  fields.take(0x02, 'second');
  expect(() => fields.take(0x02, 'third')).toThrow('Example.third is missing');
  fields.finish();
});

test('any bytes are read or refused with the error of this package', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        const element = readDer(bytes);
        expect(Buffer.compare(element.bytes, bytes)).toBe(0);
        for (const read of [oid, integer, boolean, bitString, octetString, string, time, children]) {
          try {
            read(element);
          } catch (error) {
            expect(error).toBeInstanceOf(PkiError);
          }
        }
      } catch (error) {
        expect(error).toBeInstanceOf(PkiError);
      }
    }),
    { seed: 1, numRuns: 3000 },
  );
});
