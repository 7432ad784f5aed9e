import { inspect } from 'node:util';
import { objectOf, stringifyJson } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalText } from './canonical.ts';
import { Redactor } from './redactor.ts';
import { redactSecretObject, Sensitive, SensitiveKey } from './sensitive.ts';

const key = new SensitiveKey(new Uint8Array(32).fill(7));
const canary = 'canary-7f3a9';

test('law: a sensitive value stands in no output form', () => {
  const value = new Sensitive(canary, key);
  const forms = [
    String(value),
    `${value}`,
    JSON.stringify({ value }),
    canonicalText({ value }),
    inspect({ value }, { showHidden: true, depth: 9 }),
    inspect(key, { showHidden: true }),
    JSON.stringify(Object.entries(value)),
  ];
  for (const form of forms) expect(form).not.toContain(canary);
  expect(value.reveal()).toBe(canary);
});

test('equal values have equal digests under one key and others under another', () => {
  const other = new SensitiveKey(new Uint8Array(32).fill(8));
  expect(String(new Sensitive(canary, key))).toBe(String(new Sensitive(canary, key)));
  expect(String(new Sensitive(canary, key))).not.toBe(String(new Sensitive(canary, other)));
  expect(() => new SensitiveKey(new Uint8Array(8))).toThrow(/16 bytes/);
});

test('a Secret keeps its keys and loses its values, also where kubectl keeps a copy', () => {
  const encoded = Buffer.from(canary).toString('base64');
  const applied = 'kubectl.kubernetes.io/last-applied-configuration';
  const secret = objectOf([
    ['kind', 'Secret'],
    ['metadata', objectOf([['annotations', objectOf([[applied, `{"data":{"p":"${encoded}"}}`]])]])],
    ['data', objectOf([['password', encoded]])],
    [
      'stringData',
      objectOf([
        ['password', canary],
        ['list', [canary]],
      ]),
    ],
  ]);
  const redacted = redactSecretObject(secret, key);
  const text = stringifyJson(redacted);
  expect(text).not.toContain(canary);
  expect(text).not.toContain(encoded);
  expect(text).toContain('password');
  const digests = text.match(/hmac-sha256:[0-9a-f]{16}/g) ?? [];
  expect(digests).toHaveLength(4);
  expect(digests[1]).toBe(digests[2]);
  expect(stringifyJson(secret)).toContain(canary);
  const configMap = objectOf([['kind', 'ConfigMap']]);
  expect(redactSecretObject(configMap, key)).toBe(configMap);
});

test('a copy of a Secret that is no text is redacted all the same', () => {
  const copy = objectOf([['data', [objectOf([['p', canary]])]]]);
  const annotations = objectOf([['kubectl.kubernetes.io/last-applied-configuration', copy]]);
  const secret = objectOf([
    ['kind', 'Secret'],
    ['metadata', objectOf([['annotations', annotations]])],
  ]);
  expect(stringifyJson(redactSecretObject(secret, key))).not.toContain(canary);
});

test('law: known values stand in no redacted text, however they are written and overlap', () => {
  const secret = fc.string({ unit: fc.constantFrom('a', 'b', '"', 'é', '$'), minLength: 4, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(3)), (secrets, order) => {
      const redactor = new Redactor(key);
      for (const value of secrets) redactor.add(value);
      const parts = order.map((i) => secrets[i % secrets.length] ?? '');
      const text =
        parts.join('x') +
        parts.map((part) => Buffer.from(part).toString('base64')).join(' ') +
        JSON.stringify(parts);
      const out = redactor.redact(text);
      for (const value of secrets) expect(out).not.toContain(value);
    }),
  );
});

test('values that overlap are replaced whole', () => {
  const redactor = new Redactor(key);
  redactor.add('abcd');
  redactor.add('cdefgh');
  expect(redactor.redact('-abcdefgh-')).toMatch(/^-\[redacted hmac-sha256:[0-9a-f]{16}\]-$/);
  expect(redactor.redact('nothing here')).toBe('nothing here');
  expect(stringifyJson(redactor.redactJson(objectOf([['abcd', ['abcd', 1, null]]])))).not.toContain('abcd');
});

test('long values are taken out under one digest, in whole and in pieces of 64 characters', () => {
  const redactor = new Redactor(key);
  const long = Array.from({ length: 100 }, (_, i) => `part-${i}`).join('');
  redactor.add(long);
  redactor.add(long.slice(0, 70));
  expect(redactor.redact(`<${long}>`)).toBe(`<${key.digest(long)}>`);
  expect(redactor.redact(long.slice(64, 128))).toBe(key.digest(long));
});

test('of values that begin alike the longest that stands there is taken', () => {
  const redactor = new Redactor(key);
  for (const value of ['abcd', 'abcdef', 'abcdeg', 'abcdefghi']) redactor.add(value);
  for (const [text, expected] of [
    ['abcdefgh', `${key.digest('abcdef')}gh`],
    ['abcdefghi', key.digest('abcdefghi')],
    ['abcdex', `${key.digest('abcd')}ex`],
    ['abcdegabcd', key.digest('abcdeg') + key.digest('abcd')],
  ]) {
    expect(redactor.redact(text ?? '')).toBe(expected);
  }
});

test.each<[string, readonly string[], string]>([
  [
    'many values that begin alike',
    Array.from({ length: 20_000 }, (_, i) => `AAAA${i}`),
    'AAAA'.repeat(100_000),
  ],
  ['a value as monotonous as the text', [`${'A'.repeat(200_000)}B`], 'A'.repeat(400_000)],
])('time grows with the text: %s', (_name, values, text) => {
  const redactor = new Redactor(key);
  for (const value of values) redactor.add(value);
  const start = performance.now();
  redactor.redact(text);
  expect(performance.now() - start).toBeLessThan(3_000);
});

test('a value that is an ordinary word is taken out only where it is a whole value', () => {
  const redactor = new Redactor(key);
  redactor.add('admin', 'whole-value');
  const hidden = key.digest('admin');
  for (const [text, expected] of [
    ['user: admin', `user: ${hidden}`],
    ['- admin', `- ${hidden}`],
    ['PASSWORD=admin', `PASSWORD=${hidden}`],
    ['"admin"', `"${hidden}"`],
    ['the admin role of cluster-admin', 'the admin role of cluster-admin'],
  ] as const) {
    expect(redactor.redact(text)).toBe(expected);
  }
});
