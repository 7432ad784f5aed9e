import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RegoError } from '../errors.ts';
import { fromJson, stringifyJson } from '../values/index.ts';
import {
  type ArchiveFile,
  DocumentConflict,
  documentAt,
  mergeDocuments,
  readBundle,
  readDocument,
  readTar,
  writeTar,
} from './index.ts';

const file = (path: string, text: string): ArchiveFile => ({ path, bytes: new TextEncoder().encode(text) });
const files = (all: Record<string, string>) => Object.entries(all).map(([path, text]) => file(path, text));

describe('archives', () => {
  test('what is written is read again, the same bytes each time', () => {
    const long = `${'deep/'.repeat(60)}policy.rego`;
    const given = [file('/data.json', '{}'), file(long, 'package a'), file('/a b/ü.rego', 'x'.repeat(1000))];
    const archive = writeTar(given);
    expect(writeTar(given)).toEqual(archive);
    expect(readTar(archive).map(({ path, bytes }) => [path, bytes.length])).toEqual([
      ['data.json', 2],
      [long, 9],
      ['a b/ü.rego', 1000],
    ]);
  });

  test.each<[string, (archive: Uint8Array) => Uint8Array, RegExp]>([
    ['a wrong check sum', (a) => a.with(0, 65), /check sum/],
    ['an archive that was cut', (a) => a.subarray(0, 700), /ends within a file/],
    ['what is no archive', () => new TextEncoder().encode('<html>'), /ends within a header/],
    ['a path that leaves the archive', () => writeTar([file('a/../../b.rego', 'x')]), /leaves it/],
  ])('%s is an error', (_, change, message) => {
    const archive = writeTar([file('data.json', 'x'.repeat(600))]);
    expect(() => readTar(change(archive))).toThrow(message);
  });

  test('too many files are an error that names the bound', () => {
    const archive = writeTar([file('a', ''), file('b', ''), file('c', '')]);
    expect(() => readTar(archive, { maxFiles: 2 })).toThrow(/maxFiles \(2\)/);
  });

  test('damaged archives are errors and nothing else', () => {
    const archive = writeTar(files({ 'data.json': '{"a": 1}', 'a/policy.rego': 'package a' }));
    fc.assert(
      fc.property(fc.nat(archive.length - 1), fc.nat(255), (at, byte) => {
        try {
          readTar(archive.with(at, byte));
        } catch (error) {
          expect(error).toBeInstanceOf(RegoError);
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});

describe('bundles', () => {
  test('data stands below the names of its folders, other files do not count', () => {
    const { data, modules, manifest } = readBundle(
      files({
        'data.json': '{"x": 1.0}',
        'a/b/data.yaml': 'on: [yes]',
        'a/other.json': '{"no": 1}',
        'a/p.rego': 'package a',
        '.manifest': '{"revision": "r1", "roots": ["/x/", "a"]}',
      }),
    );
    expect(stringifyJson(data)).toBe('{"a":{"b":{"on":["yes"]}},"x":1.0}');
    expect(modules.map(({ path }) => path)).toEqual(['a/p.rego']);
    expect(manifest).toMatchObject({ revision: 'r1', roots: ['x', 'a'] });
  });

  test('the manifest says which version a module has', () => {
    const { modules } = readBundle(
      files({
        '.manifest': '{"rego_version": 1, "file_rego_versions": {"/old/*.rego": 0, "/b.rego": 0}}',
        'old/a.rego': '',
        'old/deep/a.rego': '',
        'b.rego': '',
        'c.rego': '',
      }),
    );
    expect(modules.map(({ path, version }) => [path, version])).toEqual([
      ['old/a.rego', 'v0'],
      ['old/deep/a.rego', 'v1'],
      ['b.rego', 'v0'],
      ['c.rego', 'v1'],
    ]);
  });

  test('a delta bundle has patches', () => {
    const patch =
      '{"data": [{"op": "upsert", "path": "/a/b~1c", "value": 1}, {"op": "remove", "path": "a/d"}]}';
    expect(readBundle(files({ 'patch.json': patch })).patches).toEqual([
      { op: 'upsert', path: ['a', 'b/c'], value: 1 },
      { op: 'remove', path: ['a', 'd'], value: null },
    ]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['overlapping roots', { '.manifest': '{"roots": ["a/b", "a"]}' }, /overlapped roots: 'a\/b' and 'a'/],
    [
      'data outside the roots',
      { '.manifest': '{"roots": ["a"]}', 'b/data.json': '1' },
      /do not permit data at path '\/b'/,
    ],
    [
      'data given twice',
      { 'data.json': '{"a": 1}', 'a/data.json': '{"b": 2}' },
      /merge error: conflicting values at data.a/,
    ],
    ['data at the root that is no object', { 'data.json': '[1]' }, /root value must be object/],
    ['data that is no JSON', { 'data.json': '{' }, /data.json: /],
    ['a version that there is not', { '.manifest': '{"rego_version": 3}' }, /invalid rego version 3/],
    [
      'a patch with another operation',
      { 'patch.json': '{"data": [{"op": "move", "path": "a"}]}' },
      /upsert, replace, remove/,
    ],
    ['a delta bundle with data', { 'patch.json': '{"data": []}', 'data.json': '{}' }, /only patch file/],
  ])('%s: an error', (_, all, message) => {
    expect(() => readBundle(files(all))).toThrow(message);
  });
});

describe('documents', () => {
  test('are merged member by member, names of objects among them', () => {
    const a = fromJson('{"a": {"b": 1}, "__proto__": {"x": 1}}');
    const merged = mergeDocuments(a, documentAt(['a', 'constructor'], 2));
    expect(stringifyJson(mergeDocuments(merged, fromJson('{"__proto__": {"y": 2}}')))).toBe(
      '{"__proto__":{"x":1,"y":2},"a":{"b":1,"constructor":2}}',
    );
    expect(stringifyJson(a)).toBe('{"__proto__":{"x":1},"a":{"b":1}}');
    expect(() => mergeDocuments(a, documentAt(['a', 'b'], 1))).toThrow(DocumentConflict);
  });

  test('YAML is read by its core schema', () => {
    expect(stringifyJson(readDocument('x', 'a: [on, 0o17, 12345678901234567890]', 'yaml'))).toBe(
      '{"a":["on",15,12345678901234567890]}',
    );
  });

  test.each([
    ['a: 1\nb: [1\n', 'yaml', /^x:3:1: items of/],
    ['{"a": 1,', 'json', /^x: unexpected EOF/],
  ] as const)('what cannot be read is told with its place: %j', (text, format, message) => {
    expect(() => readDocument('x', text, format)).toThrow(message);
  });
});
