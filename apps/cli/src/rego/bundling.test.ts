import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';
import { files, inFolder } from './testing/app.ts';

describe('keelson rego build and inspect', () => {
  test('what was built is read again', () => {
    withFolder({ ...files, 'p/.manifest': '{"revision": "r1", "roots": ["app", "roles"]}' }, (folder) => {
      const build = keelson(folder, ['rego', 'build', '-b', 'p', '-o', 'app.tar.gz']);
      expect(build).toEqual({ code: 0, out: '', err: '' });
      const inspect = keelson(folder, ['rego', 'inspect', '-f', 'json', 'app.tar.gz']);
      expect(JSON.parse(inspect.out)).toEqual({
        manifest: { revision: 'r1', roots: ['app', 'roles'], rego_version: 1 },
        signatures_config: {},
        namespaces: { data: ['/data.json'], 'data.app': ['/p/policy.rego'] },
      });
      const evaluate = keelson(folder, ['rego', 'eval', '-f', 'raw', '-b', 'app.tar.gz', 'data.app.names']);
      expect(evaluate.out).toBe('["x","y"]\n');
    });
  });

  test('build keeps the versions of modules that bundles say', () => {
    const more = {
      'old/.manifest': '{"rego_version": 0, "roots": ["old", "new"], "file_rego_versions": {"/n/*.rego": 1}}',
      'old/p.rego': 'package old\np { input.x == 1 }\n',
      'old/n/q.rego': 'package new\nq if input.y\n',
    };
    withFolder({ ...files, ...more }, (folder) => {
      const manifestOf = (...paths: readonly string[]) => {
        expect(keelson(folder, ['rego', 'build', '-b', ...paths, '-o', 'b.tar.gz'])).toMatchObject({
          code: 0,
        });
        expect(keelson(folder, ['rego', 'eval', '-b', 'b.tar.gz', 'data.old', '-f', 'raw']).out).toBe('{}\n');
        return JSON.parse(keelson(folder, ['rego', 'inspect', '-f', 'json', 'b.tar.gz']).out).manifest;
      };
      expect(manifestOf('old')).toMatchObject({
        rego_version: 0,
        file_rego_versions: { '/old/n/q.rego': 1 },
      });
      writeFileSync(join(folder, 'p/.manifest'), '{"roots": ["app", "roles", "deep"]}');
      expect(manifestOf('old', 'p')).toMatchObject({
        rego_version: 1,
        file_rego_versions: { '/old/p.rego': 0 },
      });
    });
  });

  test('two policies that would be one file of the bundle are refused', () => {
    withFolder({ 'a.rego': 'package a', 'in/a.rego': 'package b', 'in/x': '' }, (folder) => {
      const run = keelson(join(folder, 'in'), ['rego', 'build', 'a.rego', '../a.rego']);
      expect([run.code, run.err]).toEqual([
        2,
        'keelson: a.rego and ../a.rego would be one file of the bundle: /a.rego [USAGE]\n',
      ]);
    });
  });

  test('inspect shows what a terminal would obey as escapes', () => {
    const more = { 'p/more.rego': 'package app\n\n# METADATA\n# title: "a\\e[2Jb"\nmore := 1\n' };
    const { code, out } = inFolder(['inspect', '-a', 'p'], more);
    expect([code, out]).toEqual([0, expect.stringContaining('a\\x1b[2Jb')]);
  });

  test('inspect tells the manifest, names once, and metadata', () => {
    const more = {
      'p/.manifest': '{"revision": "r1", "roots": ["app", "roles", "deep"], "metadata": {"k": 1}}',
      'p/more.rego': 'package app\n\n# METADATA\n# title: More\n# custom: {b: 1, a: 2}\nmore := 1\n',
    };
    expect(inFolder(['inspect', '-a', 'p'], more).out).toBe(`MANIFEST:
┌──────────┬─────────┐
│  FIELD   │  VALUE  │
├──────────┼─────────┤
│ Revision │ r1      │
│ Roots    │ app     │
│          │ deep    │
│          │ roles   │
│ Metadata │ {"k":1} │
└──────────┴─────────┘
NAMESPACES:
┌───────────┬───────────────┐
│ NAMESPACE │     FILE      │
├───────────┼───────────────┤
│ data      │ p/data.json   │
│ data.app  │ p/more.rego   │
│           │ p/policy.rego │
└───────────┴───────────────┘
ANNOTATIONS:
More
====

Package:  app
Rule:     more
Location: p/more.rego:6
Scope: rule

Custom:
 a: 2
 b: 1

`);
  });

  test.each<[string, Record<string, string>, string]>([
    ['a policy with errors', { 'p/bad.rego': 'package a\np if x' }, 'bad.rego:2: rego_unsafe_var_error'],
    [
      'data outside the roots',
      { 'p/.manifest': '{"roots": ["app"]}' },
      "do not permit data at path '/roles'",
    ],
  ])('%s makes no bundle', (_, more, message) => {
    const { code, err } = inFolder(['build', '-b', 'p', '-o', 'app.tar.gz'], more);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

test('with --verification-key a bundle must be signed', () => {
  const { code, out } = inFolder([
    'eval',
    '-b',
    'p',
    '--verification-key',
    's',
    '--signing-alg',
    'HS256',
    'data',
  ]);
  expect(code).toBe(2);
  expect(JSON.parse(out).errors[0].message).toBe('bundle p: .signatures.json: the bundle is not signed');
  expect(inFolder(['eval', '--signing-alg', 'HS256', 'data'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('need --verification-key'),
  });
});

describe('keelson rego sign', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = {
    'key.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'key.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    'claims.json': '{"scope": "write"}',
  };
  const made = ['--signing-key', 'key.pem', '--signing-alg', 'ES256'];
  const held = ['--verification-key', 'key.pub', '--signing-alg', 'ES256'];

  test('what was signed is verified, and refused when it was changed', () => {
    withFolder({ ...files, ...keys }, (folder) => {
      const call = (...args: readonly string[]) => keelson(folder, ['rego', ...args]);
      expect(call('sign', ...made, '--bundle', '-o', 'p', 'p')).toEqual({ code: 0, out: '', err: '' });
      const evaluate = ['eval', '-f', 'raw', 'data.app.names', ...held, '-b'];
      expect(call(...evaluate, 'p')).toEqual({ code: 0, out: '["x","y"]\n', err: '' });
      writeFileSync(join(folder, 'p/data.json'), '{}');
      expect(call(...evaluate, 'p')).toMatchObject({
        code: 2,
        err: expect.stringContaining('data.json: digest mismatch'),
      });
    });
  });

  test('build signs the bundle that it makes', () => {
    withFolder({ ...files, ...keys }, (folder) => {
      const call = (...args: readonly string[]) => keelson(folder, ['rego', ...args]);
      const claims = ['--claims-file', 'claims.json'];
      expect(call('build', '-b', 'p', ...made, ...claims, '-e', 'app/allow', '-o', 'b.tar.gz').code).toBe(0);
      const evaluate = ['eval', '-f', 'raw', 'data.app.names', '-b', 'b.tar.gz', ...held];
      expect(call(...evaluate, '--scope', 'write').out).toBe('["x","y"]\n');
      expect(call(...evaluate).err).toContain('scope mismatch');
    });
  });

  test.each<[string[], RegExp]>([
    [['sign'], /name a bundle/],
    [['sign', 'p'], /name a key/],
    [['sign', '--signing-key', 's', 'p'], /give --bundle/],
    [['sign', '--signing-key', 'nothing.pem', '-b', 'p'], /nothing\.pem: no such file/],
    [['sign', '--signing-key', 'key.pub', '-b', 'p'], /no private key in PEM/],
    [['sign', '--signing-key', 'key.pem', '-b', 'p'], /does not fit RS256/],
    [['sign', '--signing-key', 'key.pem', '--signing-alg', 'XX', '-b', 'p'], /it is one of HS256/],
    [['sign', ...made, '-b', 'p', '-o', 'nothing'], /no such folder/],
    [['sign', ...made, '-b', 'nothing'], /nothing: no such file or folder/],
    [['build', '-t', 'wasm', 'p'], /only bundles of Rego are built/],
    [['build', '-O', '1', 'p'], /it is 0/],
    [['build', ...made, 'p'], /give --bundle/],
    [['build', '-e', 'app/nothing', 'p'], /undefined entrypoint/],
    [['build', '-b', '--claims-file', 'claims.json', 'p'], /needs --signing-key/],
  ])('%j is a wrong call', (args, message) => {
    expect(inFolder(args, keys)).toEqual({ code: 2, out: '', err: expect.stringMatching(message) });
  });
});
