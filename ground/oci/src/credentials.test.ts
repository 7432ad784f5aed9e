import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credentialPlace, OciError, parseAuthConfig, parseChallenges, parseHelperAnswer } from './index.ts';

const plain = (text: string) =>
  parseChallenges(text).map(({ scheme, parameters, token68 }) => [
    scheme,
    Object.fromEntries(parameters),
    token68,
  ]);

test.each([
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:a/b:pull,push',
        },
        undefined,
      ],
    ],
  ],
  ['Basic realm="x"', [['basic', { realm: 'x' }, undefined]]],
  ['BASIC realm=x', [['basic', { realm: 'x' }, undefined]]],
  [
    'Basic realm="a", Bearer realm = "b" , error=invalid',
    [
      ['basic', { realm: 'a' }, undefined],
      ['bearer', { realm: 'b', error: 'invalid' }, undefined],
    ],
  ],
  ['Negotiate', [['negotiate', {}, undefined]]],
  [
    'Negotiate YWJj==, Basic realm="q\\"x"',
    [
      ['negotiate', {}, 'YWJj=='],
      ['basic', { realm: 'q"x' }, undefined],
    ],
  ],
  ['Bearer a=1, a=2', [['bearer', { a: '1' }, undefined]]],
  ['', []],
  ['"', []],
  ['Bearer realm="open', [['bearer', {}, undefined]]],
  [`Bearer realm="${'x'.repeat(20_000)}"`, []],
])('%s', (header, expected) => {
  const found = plain(header);
  if (header.endsWith('open')) expect(found[0]?.[1]).toEqual({});
  else expect(found).toEqual(expected);
});

test('any header is read in a bounded way', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'Ba =",\\ \t'), maxLength: 200 }), (header) => {
      expect(parseChallenges(header).length).toBeLessThanOrEqual(header.length);
    }),
    { numRuns: 2000, seed: 6 },
  );
});

const config = parseAuthConfig(
  JSON.stringify({
    auths: {
      'https://index.docker.io/v1/': { auth: btoa('hub:p:w') },
      'quay.io': { auth: btoa('all:1') },
      'quay.io/team/app': { auth: btoa('app:2') },
      'localhost:5000': { username: 'u', password: 'p' },
      'ghcr.io': { identitytoken: 'refresh' },
      'gcr.io': { registrytoken: 'direct' },
      'empty.example': {},
    },
    credHelpers: { 'ecr.example': 'ecr-login' },
    credsStore: 'desktop',
    psFormat: 'ignored',
  }),
  'config.json',
);

test.each([
  ['docker.io', 'library/nginx', { credentials: { kind: 'basic', username: 'hub', password: 'p:w' } }],
  ['quay.io', 'team/app/part', { credentials: { kind: 'basic', username: 'app', password: '2' } }],
  ['quay.io', 'team/application', { credentials: { kind: 'basic', username: 'all', password: '1' } }],
  ['localhost:5000', 'a', { credentials: { kind: 'basic', username: 'u', password: 'p' } }],
  ['localhost:5001', 'a', { kind: 'helper', name: 'desktop', address: 'localhost:5001' }],
  ['ghcr.io', 'a', { credentials: { kind: 'identity-token', token: 'refresh' } }],
  ['gcr.io', 'a', { credentials: { kind: 'registry-token', token: 'direct' } }],
  ['ecr.example', 'a', { kind: 'helper', name: 'ecr-login', address: 'ecr.example' }],
  ['empty.example', 'a', { kind: 'helper', name: 'desktop' }],
])('credentials of %s/%s', (registry, repository, expected) => {
  expect(credentialPlace(config, registry, repository)).toMatchObject(expected);
});

test('the default helper is asked about Docker Hub by its address', () => {
  const asked = credentialPlace(parseAuthConfig('{"credsStore":"x"}', 'f'), 'docker.io', 'a/b');
  expect(asked).toEqual({ kind: 'helper', name: 'x', address: 'https://index.docker.io/v1/' });
});

test.each([
  ['nonsense'],
  ['[]'],
  ['{"auths":[]}'],
  ['{"auths":{"a":1}}'],
  ['{"auths":{"a":{"auth":"c2VjcmV0"}}}'],
  ['{"auths":{"a":{"auth":"%%%"}}}'],
  ['{"auths":{"a":{"auth":7}}}'],
  ['{"credsStore":"../../bin/sh"}'],
  ['{"credsStore":"a b"}'],
  ['{"credHelpers":{"a":"x;y"}}'],
])('%s is refused without its content', (text) => {
  expect(() => parseAuthConfig(text, 'config.json')).toThrow(OciError);
  expect(() => parseAuthConfig(text, 'config.json')).not.toThrow('secret');
});

test('an empty file has no credentials', () => {
  expect(credentialPlace(parseAuthConfig('', 'f'), 'a.example', 'b')).toBeUndefined();
});

test('answers of helpers', () => {
  expect(parseHelperAnswer('{"ServerURL":"x","Username":"u","Secret":"s"}', 'h')).toEqual({
    kind: 'basic',
    username: 'u',
    password: 's',
  });
  expect(parseHelperAnswer('{"Username":"<token>","Secret":"s"}', 'h')).toEqual({
    kind: 'identity-token',
    token: 's',
  });
  expect(() => parseHelperAnswer('{"Username":"u"}', 'h')).toThrow('no Username and Secret');
});

test('any change of a file is read, or refused with a typed error that tells nothing of it', () => {
  const text = JSON.stringify({
    auths: { 'a.example/b': { auth: btoa('name:pass'), identitytoken: '' } },
    credHelpers: { 'b.example': 'helper' },
    credsStore: 'store',
  });
  fc.assert(
    fc.property(
      fc.nat(text.length - 1),
      fc.nat(text.length),
      fc.string({ maxLength: 3 }),
      (from, to, put) => {
        try {
          parseAuthConfig(text.slice(0, from) + put + text.slice(to), 'config.json');
        } catch (error) {
          expect(error).toBeInstanceOf(OciError);
          expect(String(error)).not.toContain(btoa('name:pass'));
        }
      },
    ),
    { numRuns: 2000, seed: 6 },
  );
});
