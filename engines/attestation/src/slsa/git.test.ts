import { expect, test } from 'vitest';
import { isBuilder, readBuilderId } from './builder-id.ts';
import { demandVersion, gitUriOf, isRelease, nameOfRef, readGitUri } from './git.ts';

test.each([
  ['v14.2', 'v14'],
  ['v14.2', 'v14.2'],
  ['v14.2', 'v14.2.0'],
  ['v14', 'v14.0.0'],
  ['v1.2.3-rc.1', 'v1.2.3-rc.1'],
  ['v1.2.3+build', 'v1.2.3'],
])('the tag %s is of version %s', (tag, wanted) => {
  expect(() => demandVersion(tag, wanted)).not.toThrow();
});

test.each([
  ['v14.2', 'v13', 'VERSIONED_TAG_MISMATCH'],
  ['v14.2', 'v14.2.1', 'VERSIONED_TAG_MISMATCH'],
  ['v14', 'v14.1', 'VERSIONED_TAG_MISMATCH'],
  ['v1.2.3-rc.1', 'v1.2.3', 'VERSIONED_TAG_MISMATCH'],
  ['v1.2.3', 'v1.2.3-rc.1', 'VERSIONED_TAG_MISMATCH'],
  ['1.2.3', 'v1', 'VERSION_INVALID'],
  ['v1.2.3', '1', 'VERSION_INVALID'],
  ['v01', 'v1', 'VERSION_INVALID'],
  ['v1.2.3-01', 'v1', 'VERSION_INVALID'],
  ['latest', 'v1', 'VERSION_INVALID'],
])('the tag %s is not of version %s: %s', (tag, wanted, code) => {
  expect(() => demandVersion(tag, wanted)).toThrow(expect.objectContaining({ code }));
});

test.each([
  ['v1.2.3', true, true],
  ['v1.2.3-rc.1', false, true],
  ['v1.2.3+build', false, false],
  ['v1.2', false, false],
  ['v1', false, false],
  ['main', false, false],
])('%s is a release: %s; as a prerelease: %s', (tag, release, prerelease) => {
  expect([isRelease(tag, false), isRelease(tag, true)]).toEqual([release, prerelease]);
});

test('refs and addresses of git', () => {
  expect(nameOfRef('tags', 'refs/tags/v1/x')).toBe('v1/x');
  for (const ref of ['', 'v1', 'refs/tags/', 'refs/heads/v1'])
    expect(() => nameOfRef('tags', ref)).toThrow(expect.objectContaining({ code: 'REF_INVALID' }));
  expect(readGitUri('git+https://github.com/a/b@refs/heads/x@y')).toEqual({
    repository: 'git+https://github.com/a/b',
    ref: 'refs/heads/x@y',
  });
  expect(() => readGitUri('https://github.com/a/b')).toThrow(/no address/);
  expect(['github.com/a/b', 'https://github.com/a/b', 'git+https://github.com/a/b'].map(gitUriOf)).toEqual(
    Array.from({ length: 3 }, () => 'git+https://github.com/a/b'),
  );
});

test('a version of a builder counts where one is asked for', () => {
  const actual = readBuilderId('https://x/b@refs/tags/v1.2.3');
  const isWanted = (wanted: string) => isBuilder(actual, readBuilderId(wanted));
  expect(['https://x/b', 'https://x/b@v1.2.3', 'https://x/b@refs/tags/v1.2.3'].map(isWanted)).toEqual([
    true,
    true,
    true,
  ]);
  expect(
    ['https://x', 'https://x/b@v1.2', 'https://x/B', 'https://x/b@refs/heads/v1.2.3'].map(isWanted),
  ).toEqual([false, false, false, false]);
  for (const id of ['', '@v1', 'x@', 'x@v1@v2'])
    expect(() => readBuilderId(id)).toThrow(expect.objectContaining({ code: 'BUILDER_INVALID' }));
});
