import { expect, test } from 'vitest';
import { findBuiltin } from './table.ts';
import { contextOf } from './testing/cases.ts';

// Texts on which an expression that tries again and again would take minutes.
const long = 200_000;
test.each<[name: string, ...args: string[]]>([
  ['to_number', `${'1'.repeat(long)}x`],
  ['to_number', `${'1_'.repeat(long)}x`],
  ['to_number', `0x${'1'.repeat(long)}x`],
  ['units.parse', `${'1'.repeat(long)}-`],
  ['units.parse_bytes', `${'1'.repeat(long)}..k`],
  ['semver.is_valid', `1.0.0-${'a'.repeat(long)}!`],
  ['semver.is_valid', `1.0.0-${'a.'.repeat(long)}`],
  ['uri.is_valid', `http://${'a:1'.repeat(long)}x`],
  ['uri.is_valid', `http://${'['.repeat(long)}`],
  ['base64.decode', `${'='.repeat(long)}`],
  ['urlquery.decode', '%41'.repeat(long)],
  ['urlquery.decode_object', '&='.repeat(long)],
  ['json.unmarshal', `${'1'.repeat(long)}.`],
  ['json.unmarshal', `"${'\\u0041'.repeat(long)}`],
  ['json.is_valid', '['.repeat(long)],
  ['strings.reverse', '😀'.repeat(long)],
  ['trim_space', `a${' '.repeat(long)}b${' '.repeat(long)}`],
  ['yaml.marshal', `${'1:'.repeat(long)}x`],
  ['yaml.marshal', `${' '.repeat(long)}#`],
  ['uuid.parse', 'a'.repeat(long)],
])('%s of a long text', (name, ...args) => {
  const started = performance.now();
  try {
    findBuiltin(name)?.call(args, contextOf());
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
  }
  expect(performance.now() - started).toBeLessThan(2000);
});

test.each([
  `{{${'1'.repeat(long)}x}}`,
  `{{"${'\\n'.repeat(long)}}}`,
  '{{if 1}}'.repeat(long),
  `{{${'('.repeat(long)}`,
  `{{/*${' '.repeat(long)}`,
  ' {{- '.repeat(1000),
])('a template of %.12s…', (text) => {
  const started = performance.now();
  expect(() => findBuiltin('strings.render_template')?.call([text, {}], contextOf())).toThrow('template');
  expect(performance.now() - started).toBeLessThan(2000);
});
