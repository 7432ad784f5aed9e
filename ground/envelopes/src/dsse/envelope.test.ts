import { objectOf } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EnvelopeError } from '../errors.ts';
import { pae, readEnvelope, writeEnvelope } from './envelope.ts';

const good = '{"payloadType":"t","payload":"e30=","signatures":[{"sig":"Zg=="}]}';

test('an envelope, with what DSSE does not know kept apart', () => {
  const text =
    '{"payload":"aGk","payloadType":"text/plain","signatures":[{"keyid":"k","sig":"-_8","cert":"c"},{"keyid":"","sig":"+/8="}],"x":1}';
  const { payload, payloadType, signatures, extra } = readEnvelope(text);
  expect([Buffer.from(payload).toString(), payloadType]).toEqual(['hi', 'text/plain']);
  expect(signatures.map(({ keyid, sig }) => [keyid, [...sig]])).toEqual([
    ['k', [0xfb, 0xff]],
    [undefined, [0xfb, 0xff]],
  ]);
  expect(signatures[0]?.extra?.['cert']).toBe('c');
  expect(extra?.['x']).toBe(1);
  expect(readEnvelope(Buffer.from(text))).toEqual(readEnvelope(text));
  expect(readEnvelope(JSON.parse(text))).toEqual(readEnvelope(text));
});

test('what was read is written', () => {
  const text =
    '{"a":{"b":2},"payload":"e30=","payloadType":"t","signatures":[{"c":1,"keyid":"k","sig":"Zg=="}]}';
  expect(writeEnvelope(readEnvelope(text))).toBe(text);
});

test.each<[why: string, text: string]>([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['a member stands twice', good.replace('{', '{"payload":"",')],
  ['a member stands twice in a signature', good.replace('{"sig"', '{"sig":"Zw==","sig"')],
  ['no type', good.replace('payloadType', 'other')],
  ['an empty type', good.replace('"t"', '""')],
  ['a type that is no text', good.replace('"t"', '1')],
  ['no payload', good.replace('"payload"', '"other"')],
  ['a payload that is no text', good.replace('"e30="', 'null')],
  ['short padding', good.replace('Zg==', 'Zg=')],
  ['blanks in base64', good.replace('Zg==', 'Z g==')],
  ['unused bits', good.replace('Zg==', 'Zh==')],
  ['no signatures', good.replace('signatures', 'other')],
  ['signatures that are no list', good.replace('[{"sig":"Zg=="}]', '{}')],
  ['an empty list', good.replace('{"sig":"Zg=="}', '')],
  ['a signature that is no object', good.replace('{"sig":"Zg=="}', '"Zg=="')],
  ['an empty signature', good.replace('Zg==', '')],
  ['no sig', good.replace('"sig"', '"Sig"')],
  ['a hint that is no text', good.replace('"sig"', '"keyid":1,"sig"')],
])('refused: %s', (_, text) => {
  expect(() => readEnvelope(text)).toThrow(expect.objectContaining({ code: 'DSSE_INVALID' }));
});

test('bounds are named', () => {
  const limits = { maxEnvelopeBytes: 80, maxSignatures: 1, maxHeaderBytes: 10 };
  expect(() => readEnvelope(`${good}${' '.repeat(80)}`, limits)).toThrow(/maxEnvelopeBytes/);
  expect(() =>
    readEnvelope(good.replace('[', '[{"sig":"Zg=="},'), { ...limits, maxEnvelopeBytes: 200 }),
  ).toThrow(/maxSignatures/);
  const object = objectOf([
    ['payloadType', 't'],
    ['payload', 'A'.repeat(84)],
  ]);
  expect(() => readEnvelope(object, limits)).toThrow(/maxEnvelopeBytes/);
});

test.each<[type: string, body: string, expected: string]>([
  ['http://example.com/HelloWorld', 'hello world', 'DSSEv1 29 http://example.com/HelloWorld 11 hello world'],
  ['', '', 'DSSEv1 0  0 '],
  ['é', 'ü', 'DSSEv1 2 é 2 ü'],
])('pae of %j and %j counts bytes', (type, body, expected) => {
  expect(Buffer.from(pae(type, Buffer.from(body))).toString()).toBe(expected);
});

test('no text makes the reader crash', () => {
  const part = fc.constantFrom(
    '"payload"',
    '"sig"',
    '"signatures"',
    ':',
    ',',
    '{',
    '}',
    '[',
    ']',
    '"Zg=="',
    'null',
    '1',
  );
  const text = fc.oneof(
    fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.json(),
    fc
      .tuple(fc.nat(good.length), fc.string({ maxLength: 2 }))
      .map(([at, s]) => good.slice(0, at) + s + good.slice(at + 1)),
  );
  fc.assert(
    fc.property(text, (source) => {
      try {
        readEnvelope(source);
      } catch (error) {
        expect(error).toBeInstanceOf(EnvelopeError);
      }
    }),
    { seed: 6, numRuns: 2_000 },
  );
});
