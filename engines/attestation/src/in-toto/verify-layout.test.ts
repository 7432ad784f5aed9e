import { isKeelsonError, type JsonObject } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AttestationError, type AttestationErrorCode } from '../errors.ts';
import { defaultAttestationLimits } from '../limits.ts';
import { readLayoutKey } from './keys.ts';
import { enveloped, expires, json, layout, link, Person, signed, step } from './testing/supply-chain.ts';
import { type LayoutInput, verifyLayout } from './verify-layout.ts';

const owner = new Person();
const alice = new Person();
const bob = new Person('P-256');
const eve = new Person();

/** Links by their path, with what else a verification needs. */
function verify(
  document: JsonObject,
  files: Readonly<Record<string, Uint8Array>>,
  more: Partial<LayoutInput> = {},
) {
  return verifyLayout(signed(document, owner), {
    owners: [owner.key],
    now: Date.parse(expires) - 1,
    read: (path) => files[path],
    ...more,
  });
}

function file(name: string, person: Person): string {
  return `${name}.${person.id.slice(0, 8)}.link`;
}

function refusal(code: AttestationErrorCode) {
  return expect.objectContaining({ code, constructor: AttestationError });
}

const built = link('build', { app: 'aa' });

test.each(['rsa', 'P-256', 'P-384', 'ed25519'] as const)(
  'keys of kind %s sign layouts and links in both forms',
  (kind) => {
    const person = new Person(kind);
    const document = layout(
      [
        step('build', [person], {
          expected_products: [
            ['CREATE', 'app'],
            ['DISALLOW', '*'],
          ],
        }),
      ],
      [person],
    );
    for (const form of [signed, enveloped]) {
      const verified = verifyLayout(form(document, person), {
        owners: [readLayoutKey(json({ ...person.json, keyid: person.id }))],
        now: 0,
        read: (path) => (path === file('build', person) ? form(built, person) : undefined),
      });
      expect([...verified.summary.products.keys()]).toEqual(['app']);
      expect(verified.steps.get('build')?.keyIds).toEqual([person.id]);
    }
  },
);

test('a threshold counts people, not files', () => {
  const two = layout([step('build', [alice, bob], { threshold: 2 })], [alice, bob, eve]);
  const [a, b] = [file('build', alice), file('build', bob)];
  expect(
    verify(two, { [a]: signed(built, alice), [b]: enveloped(built, bob) }).steps.get('build')?.keyIds,
  ).toEqual([alice.id, bob.id]);
  for (const files of [
    { [a]: signed(built, alice) },
    { [a]: signed(built, alice), [b]: signed(built, alice) },
    { [a]: signed(built, alice), [b]: signed(built, eve) },
    { [a]: signed(built, alice), [file('build', eve)]: signed(built, eve) },
  ])
    expect(() => verify(two, files)).toThrow(refusal('LINK_MISSING'));
  const other = signed(link('build', { app: 'bb' }), bob);
  expect(() => verify(two, { [a]: signed(built, alice), [b]: other })).toThrow(refusal('LINKS_DISAGREE'));
});

test('what is missing of a step is told by its files', () => {
  const two = layout([step('build', [alice, bob], { threshold: 2 })], [alice, bob]);
  const [a, b] = [file('build', alice), file('build', bob)];
  expect(() => verify(two, { [a]: signed(built, alice) })).toThrow(
    `step "build" needs links of 2 functionaries, and 1 holds: there is no ${b}`,
  );
  expect(() => verify(two, { [b]: signed(built, eve) })).toThrow(
    `and 0 hold: there is no ${a}; ${b} has no signature that holds of ${bob.id}`,
  );
  const many = Array.from({ length: 5 }, () => new Person());
  expect(() => verify(layout([step('build', many)], many), {})).toThrow(
    /needs a link of a functionary.*; and 2 more$/,
  );
});

test('one key under two ids is one person', () => {
  const second = `${'0'.repeat(8)}${alice.id.slice(8)}`;
  const document = layout([step('build', [alice], { threshold: 2, pubkeys: [alice.id, second] })], [alice]);
  document['keys'] = { [alice.id]: alice.json, [second]: alice.json };
  const copy: JsonObject = JSON.parse(Buffer.from(signed(built, alice)).toString());
  copy['signatures'] = [
    { ...Object(Array.isArray(copy['signatures']) ? copy['signatures'][0] : {}), keyid: second },
  ];
  const files = {
    [file('build', alice)]: signed(built, alice),
    [`build.${second.slice(0, 8)}.link`]: json(copy),
  };
  expect(() => verify(document, files)).toThrow(refusal('LINK_MISSING'));
  expect(() => verify(document, files)).toThrow(`${second} is a key that counts already`);
});

test('a sublayout stands for its step, with links in a folder of its own', () => {
  const inner = layout([step('compile', [bob]), step('pack', [bob])], [bob]);
  const folder = `build.${alice.id.slice(0, 8)}/`;
  const files = {
    [file('build', alice)]: signed(inner, alice),
    [folder + file('compile', bob)]: signed(link('compile', { object: '11' }, { source: '22' }), bob),
    [folder + file('pack', bob)]: signed(link('pack', { app: 'aa' }), bob),
  };
  const rules = {
    expected_materials: [['REQUIRE', 'source']],
    expected_products: [
      ['CREATE', 'app'],
      ['DISALLOW', '*'],
    ],
  };
  const outer = layout([step('build', [alice], rules)], [alice]);
  expect(verify(outer, files).summary.products.has('app')).toBe(true);
  // The functionary answers for it: no other may sign it, and it expires by itself.
  expect(() => verify(outer, { ...files, [file('build', alice)]: signed(inner, bob) })).toThrow(
    refusal('LINK_MISSING'),
  );
  const old = { ...inner, expires: '2029-12-31T23:59:59Z' };
  expect(() => verify(outer, { ...files, [file('build', alice)]: signed(old, alice) })).toThrow(
    refusal('LAYOUT_EXPIRED'),
  );
  const elsewhere = {
    [file('build', alice)]: signed(inner, alice),
    [file('compile', bob)]: signed(link('compile', {}), bob),
  };
  expect(() => verify(outer, elsewhere)).toThrow(refusal('LINK_MISSING'));
});

test('layouts in layouts have an end', () => {
  const endless = layout([step('build', [alice])], [alice]);
  expect(() => verify(endless, {}, { read: () => signed(endless, alice) })).toThrow(/maxSublayoutDepth/);
});

test('parameters', () => {
  const document = layout(
    [
      step('build', [alice], {
        expected_products: [
          ['CREATE', '{NAME}{{x}}'],
          ['DISALLOW', '*'],
        ],
      }),
    ],
    [alice],
  );
  const files = { [file('build', alice)]: signed(link('build', { 'app{x}': 'aa' }), alice) };
  expect(verify(document, files, { parameters: new Map([['NAME', 'app']]) }).notes).toEqual([]);
  expect(() => verify(document, files)).toThrow(refusal('RULE_FAILED'));
  for (const parameters of [new Map<string, string>(), new Map([['a b', '']])])
    expect(() => verify(document, files, { parameters })).toThrow(refusal('PARAMETER_INVALID'));
});

test.each<[name: string, code: AttestationErrorCode, change: JsonObject]>([
  ['a date that is none', 'LAYOUT_INVALID', { expires: '2030-02-30T00:00:00Z' }],
  ['a date with a zone', 'LAYOUT_INVALID', { expires: '2030-02-20T00:00:00+01:00' }],
  ['a step twice', 'LAYOUT_INVALID', { steps: [step('build', [alice]), step('build', [alice])] }],
  ['a step that leads elsewhere', 'LAYOUT_INVALID', { steps: [step('../build', [alice])] }],
  ['a key whose id leads elsewhere', 'LAYOUT_INVALID', { keys: { '/../../a': alice.json } }],
  ['a functionary without key', 'LAYOUT_INVALID', { steps: [step('build', [eve])] }],
  [
    '[^…]',
    'RULE_INVALID',
    { steps: [step('build', [alice], { expected_products: [['DISALLOW', '[^a]']] })] },
  ],
  [
    'a rule that is no list',
    'RULE_INVALID',
    { steps: [step('build', [alice], { expected_products: ['DISALLOW *'] })] },
  ],
  ['a key of another id', 'LAYOUT_INVALID', { keys: { [alice.id]: { ...alice.json, keyid: bob.id } } }],
  ['another document', 'LAYOUT_INVALID', { _type: 'link' }],
])('a layout with %s is refused', (_, code, change) => {
  const document = layout([step('build', [alice])], [alice], change);
  expect(() => verify(document, { [file('build', alice)]: signed(built, alice) })).toThrow(refusal(code));
});

test.each<[name: string, change: JsonObject]>([
  ['of another step', { name: 'other' }],
  ['with a path that goes up', { products: { 'a/../app': { sha256: '00' } } }],
  ['with a path of two slashes', { products: { 'a//app': { sha256: '00' } } }],
  ['with an artifact without digest', { products: { app: {} } }],
  ['with a digest that is no hex', { products: { app: { sha256: 'x' } } }],
])('a link %s is refused', (_, change) => {
  const document = layout([step('build', [alice])], [alice]);
  const files = { [file('build', alice)]: signed({ ...built, ...change }, alice) };
  expect(() => verify(document, files)).toThrow(refusal('LINK_INVALID'));
});

test('PEM keys have the ids of in-toto; other keys are refused', () => {
  const pem = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAT2bavrzzBiiWN4YAGYTAt1wXXNzzvEhVkzomKPDNCg8=
-----END PUBLIC KEY-----`;
  expect(readLayoutKey(pem).id).toBe('c6d8bf2e4f48b41ac2ce8eca21415ca8ef68c133b47fc33df03d4070a7e1e9cc');
  expect(readLayoutKey(alice.pem, 'mine').id).toBe('mine');
  for (const text of ['', 'no key', '{}', '{"keytype":"rsa"}'])
    expect(() => readLayoutKey(text)).toThrow(refusal('LAYOUT_KEY_INVALID'));
});

test('bounds', () => {
  const document = layout([step('build', [alice])], [alice]);
  const limits = { ...defaultAttestationLimits, maxDocumentBytes: 10 };
  expect(() => verify(document, {}, { limits })).toThrow(/maxDocumentBytes/);
});

test('whatever the bytes are, only errors of keelson come out, and what is accepted says the same', () => {
  const document = Buffer.from(signed(layout([step('build', [alice])], [alice]), owner));
  const paper = Buffer.from(signed(built, alice));
  const judge = (root: Uint8Array, file: Uint8Array) =>
    verifyLayout(root, { owners: [owner.key], now: 0, read: () => file });
  const expected = judge(document, paper);
  fc.assert(
    fc.property(fc.boolean(), fc.nat(), fc.nat(255), fc.nat(8), (isLayout, place, byte, cut) => {
      const source = Buffer.from(isLayout ? document : paper);
      const at = place % source.length;
      const changed = Buffer.from(source);
      changed[at] = byte;
      for (const input of [changed, Buffer.concat([source.subarray(0, at), source.subarray(at + cut)])])
        try {
          const accepted = isLayout ? judge(input, paper) : judge(document, input);
          expect(accepted.summary).toEqual(expected.summary);
          expect(accepted.layout.expires).toBe(expected.layout.expires);
        } catch (error) {
          if (!isKeelsonError(error)) throw error;
        }
    }),
    { seed: 6, numRuns: 1_000 },
  );
});
