import { expect, it } from 'vitest';
import { alignLines } from './align.ts';

function align(output: string, template: string): string {
  return alignLines(output.split('|'), template.split('|'))
    .map((line) => line ?? '-')
    .join(' ');
}

it.each([
  ['a: 1|b: 2', 'a: {{ x }}|{{- if y }}|b: 2', '0 2'],
  ['a:|  x: 1|b:|  x: 2', 'a:|  x: {{ 1 }}|b:|  x: {{ 2 }}', '0 1 2 3'],
  ['a:|  more: 1|b:', 'a:|  {{- toYaml .more }}|b:', '0 - 2'],
  ['list:|- name: a|- name: b|end: 1', 'list:|{{- range .x }}|- name: {{ . }}|{{- end }}|end: 1', '0 - - 4'],
  ['b: 1|a: 2', 'a: 1|b: 2', '- 0'],
  ['l:|- n: b|  v: 1', 'l:|- n: a|  v: {{ 1 }}|- n: b|  v: {{ 2 }}', '0 3 4'],
  ['', 'a: 1', '-'],
])('%s from %s', (output, template, expected) => {
  expect(align(output, template)).toBe(expected);
});

it('takes many equal lines in its stride', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? 'a: 1' : `k${i}: 1`));
  const started = performance.now();
  expect(alignLines(lines, lines)).toEqual(lines.map((_, i) => i));
  expect(performance.now() - started).toBeLessThan(5_000);
});
