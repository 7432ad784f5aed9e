import { SourceText } from '@keelson/core';
import { parseDockerfile } from '@keelson/dockerfile';
import { expect, it } from 'vitest';
import { dockerfileDirectives, yamlDirectives } from './comments.ts';

const yaml = (text: string) => yamlDirectives(new SourceText('a.yaml', text)).map(({ lines }) => lines);

it.each([
  ['# keelson:ignore x y\na: 1\nb: 2\n', { from: 1, to: 4 }],
  ['a: 1\n# keelson:ignore x y\nb:\n  c: 2\n\n  d: 3\ne: 4\n', { from: 3, to: 6 }],
  ['a: 1\n# keelson:ignore x y\n# more\nb:\n- c\n- d\ne: 4\n', { from: 4, to: 6 }],
  ['a: 1\nb: 2 # keelson:ignore x y\nc: 3\n', { from: 2, to: 2 }],
  ['a: 1\n# keelson:ignore x y\n', { from: 2, to: 2 }],
])('%j covers %j', (text, lines) => {
  expect(yaml(text)).toEqual([lines]);
});

it('a comment of a Dockerfile covers the instruction that follows', () => {
  const text =
    '# keelson:ignore x y\nFROM a\n# keelson:ignore x y\n# more\nRUN b \\\n  c\nRUN d\n# keelson:ignore x y\n';
  const { dockerfile } = parseDockerfile(new SourceText('Dockerfile', text));
  expect(dockerfileDirectives(dockerfile).map(({ lines }) => lines)).toEqual([
    { from: 2, to: 2 },
    { from: 5, to: 6 },
    undefined,
  ]);
});

it('many comments above a long node take time in proportion', () => {
  const text = `a: 1\n${'# keelson:ignore x y\n'.repeat(20_000)}b:\n${'  c: 1\n'.repeat(20_000)}`;
  const started = performance.now();
  expect(yaml(text)).toHaveLength(20_000);
  expect(performance.now() - started).toBeLessThan(3_000);
});
