import { expect, test } from 'vitest';
import { markupAttribute, markupText } from './markup.ts';

test.each([
  ['plain, and long – 日本 😀', 'plain, and long – 日本 😀'],
  [`<b a="1" b='2'>&amp;`, '&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;'],
  ['a\tb\nc\r', 'a\tb\nc\r'],
  ['a\u0000b\u001B\u007F\u0085\uFFFEc', 'a\uFFFDb\uFFFD\uFFFD\uFFFD\uFFFDc'],
  ['a\uD800c\uDC00', 'a\uFFFDc\uFFFD'],
])('%j in markup is %j', (text, expected) => {
  expect(markupText(text)).toBe(expected);
});

test('line breaks stay in attributes', () => {
  expect(markupAttribute('a\t"b"\r\n\u0000')).toBe('a&#9;&quot;b&quot;&#13;&#10;\uFFFD');
});
