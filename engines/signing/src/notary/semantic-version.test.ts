import { expect, test } from 'vitest';
import { compareVersions, parseVersion } from './semantic-version.ts';

test('versions in the order of semver.org 11', () => {
  const order = [
    '0.9.9',
    '1.0.0-1',
    '1.0.0-2',
    '1.0.0-10',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.10.0',
    '2.0.0',
  ];
  const versions = order.map((text) => parseVersion(text) ?? { numbers: [], prerelease: [] });
  for (const [at, one] of versions.entries())
    for (const [other, two] of versions.entries())
      expect(Math.sign(compareVersions(one, two))).toBe(Math.sign(at - other));
});

test.each(['1', '1.0', 'v1.0.0', '01.0.0', '1.0.0-', '1.0.0-01', '1.0.0-a..b', '1.0.0.0', '', '1.0.0 '])(
  '%j is none',
  (text) => {
    expect(parseVersion(text)).toBeUndefined();
  },
);

test('build metadata does not count', () => {
  expect(parseVersion('1.0.0+a.b')).toEqual(parseVersion('1.0.0'));
});
