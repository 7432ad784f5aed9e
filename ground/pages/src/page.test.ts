import { expect, test } from 'vitest';
import { pageParts } from './page.ts';

const built = { script: 'run()', scriptDigest: 'sha256-a', style: 'b{}', styleDigest: 'sha256-c' };
const hostile = '</script><!--<script>\u2028"&\'';

function island(html: string): unknown {
  return JSON.parse(/<script id="data" type="application\/json">([^<]*)<\/script>/.exec(html)?.[1] ?? '');
}

test('texts are text and data is data, whatever they say', () => {
  const data = { [hostile]: [hostile], none: undefined };
  const html = [
    ...pageParts(built, { title: hostile, generator: hostile, summary: hostile, noscript: hostile, data }),
  ].join('');
  expect(island(html)).toEqual({ [hostile]: [hostile] });
  expect(html.match(/<script|<!--|<meta/g)).toEqual([...Array(6).fill('<meta'), '<script', '<script']);
  expect(html).toContain("script-src 'sha256-a'; style-src 'sha256-c'");
});

test('a page without data has an empty island', () => {
  const html = [...pageParts(built, { title: 't', noscript: 'n', data: {} })].join('');
  expect(island(html)).toEqual({});
  expect(html).not.toContain('generator');
});
