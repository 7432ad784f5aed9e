import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { expect, test } from 'vitest';
import { Connectivity } from '../connectivity/connectivity.ts';
import { pod, resources } from '../testing/resources.ts';
import { reportDot } from './dot.ts';
import { reportMd } from './md.ts';
import { reportOf } from './report.ts';

const names = [
  '<img src=x onerror=alert(1)>',
  '[a](//evil.example)',
  '![a](//evil.example)',
  '[a][b]',
  '`code`',
  '**bold**',
  '~~gone~~',
  'a | b',
  'a\\| b',
  'a\u001B[31m\r\nb',
];
const report = reportOf(
  new Connectivity(resources(...names.map((name) => pod(name, {}))), { families: [4] }),
);

type Node = ReturnType<typeof fromMarkdown> | ReturnType<typeof fromMarkdown>['children'][number];

/** The types of all nodes below one. */
function typesIn(node: Node): string[] {
  return [node.type, ...('children' in node ? node.children.flatMap(typesIn) : [])];
}

test('names make nothing but text in Markdown', () => {
  const tree = fromMarkdown(reportMd(report), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  expect(new Set(typesIn(tree))).toEqual(new Set(['root', 'table', 'tableRow', 'tableCell', 'text']));
});

test('names have no control characters in DOT', () => {
  expect(reportDot(report)).toMatch(/^[^\u0000-\u0008\u000b-\u001f\u007f]*$/);
});
