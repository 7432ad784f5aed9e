import { createHash } from 'node:crypto';
import { markupText } from '@keelson/pages';
import { expect, test } from 'vitest';
import {
  changeReport,
  closedReport,
  enteredReport,
  hostileReport,
  hostileTexts,
  openReport,
  shopReport,
} from '../testing/reach-reports.ts';
import { diffGraphOf } from './diff-graph.ts';
import { graphOf } from './graph.ts';
import { aloneIn, layoutOf } from './graph-layout.ts';
import { reportHtml } from './html.ts';
import { reportSvg } from './svg.ts';

/** The edges of a graph as sentences. */
function told(report: Parameters<typeof graphOf>[0]): string[] {
  const { nodes, edges, connections } = graphOf(report);
  return edges.map(([from, to, text]) => `${nodes[from]?.name} -> ${nodes[to]?.name}: ${connections[text]}`);
}

test('a graph has the pairs of the report, and what Pods to come may do', () => {
  const report = shopReport();
  const edges = told(report);
  for (const { source, destination, connections } of report.rows)
    expect(edges).toContain(`${source} -> ${destination}: ${connections}`);
  expect(edges).toContain('shop/web[Pod] -> entire-cluster: All Connections');
  expect(
    edges.some((edge) => /^all pods in .*team=later.* -> shop\/cart\[Pod\]: TCP 8080,UDP 9090$/.test(edge)),
  ).toBe(true);
  expect(graphOf(report).groups.map(({ type, name }) => `${type} ${name}`)).toEqual([
    'namespace ops',
    'namespace shop',
    'future Pods to come',
    'outside outside',
  ]);
});

test('entry points stand first, with what policies let in of what they lead to', () => {
  const ofEntries = (report: Parameters<typeof graphOf>[0]) => {
    const { nodes, groups, edges, connections } = graphOf(report);
    return edges
      .filter(([from]) => groups[nodes[from]?.group ?? -1]?.type === 'entry')
      .map(([from, to, text, mark]) => [nodes[from]?.name, nodes[to]?.name, connections[text], mark]);
  };
  expect(graphOf(enteredReport()).groups[0]).toEqual({ type: 'entry', name: 'entry points' });
  expect(ofEntries(enteredReport())).toEqual([
    ['Ingress shop/db', 'shop/db[Pod]', 'nothing of TCP 5432', 'nothing'],
    [expect.stringContaining('LoadBalancer shop/web on 80'), 'shop/web[Pod]', 'TCP 8080', undefined],
    [expect.stringContaining('NodePort shop/cart'), 'shop/cart[Pod]', 'TCP 8080 of TCP 8080,9000', undefined],
  ]);
  expect(ofEntries(enteredReport({ connection: { protocol: 6, port: 8080 } })).map(([, to]) => to)).toEqual([
    'shop/web[Pod]',
    'shop/cart[Pod]',
  ]);
  expect(ofEntries(enteredReport({ focus: { workloads: ['web'] } })).map(([, to]) => to)).toEqual([
    'shop/web[Pod]',
  ]);
  expect(ofEntries(enteredReport({ focus: { workloads: ['web'], direction: 'egress' } }))).toEqual([]);
});

test('a difference has what is opened, closed and unchanged apart, and marks who is new', () => {
  const { nodes, edges, connections } = diffGraphOf(changeReport());
  const told = edges.map(
    ([from, to, text, mark]) => `${mark}: ${nodes[from]?.label} -> ${nodes[to]?.label}: ${connections[text]}`,
  );
  expect(told).toContain('unchanged: cart[Pod] -> db[Pod]: TCP 8080,UDP 9090');
  expect(told).toContain('unchanged: db[Pod] -> web[Pod]: TCP 8080');
  expect(told).toContain('closed: db[Pod] -> web[Pod]: UDP 9090');
  expect(told).toContain('opened: cart[Pod] -> web[Pod]: TCP 8080');
  expect(told).toContain('opened: api[Pod] (new) -> web[Pod]: TCP 8080');
  const graph = diffGraphOf(changeReport());
  const layout = layoutOf(graph, graph.edges, [], new Set());
  expect(new Set(layout.curves.map(({ type }) => type))).toEqual(new Set(['opened', 'closed', 'unchanged']));
  expect(layout.curves.map(({ title }) => title)).toContain(
    'shop/db[Pod] → shop/web[Pod]: UDP 9090 (closed)',
  );
});

test('a layout draws each edge once, within its bounds; folded groups are one line', () => {
  const graph = graphOf(shopReport());
  const layout = layoutOf(graph, graph.edges, [], new Set());
  expect(layout.curves).toHaveLength(graph.edges.length);
  for (const { x, y, width, height } of layout.boxes) {
    expect(x + width).toBeLessThanOrEqual(layout.width);
    expect(y + height).toBeLessThanOrEqual(layout.height);
  }
  const folded = layoutOf(graph, graph.edges, [], new Set(graph.groups.keys()));
  expect(folded.curves.map(({ title }) => title)).toContain(
    'namespace shop → namespace shop: TCP 8080,UDP 9090',
  );
  expect(folded.lines.every(({ isPort }) => isPort)).toBe(true);
  expect(folded.height).toBeLessThan(layout.height);
  const plain = layoutOf(graph, graph.edges, [], new Set(graph.groups.keys()), false);
  expect(plain.curves.map(({ title }) => title)).toContain('namespace shop → namespace shop');
  expect(plain.lines).toEqual([]);
});

test('nothing is drawn of nothing', () => {
  const { curves, boxes, width } = layoutOf(graphOf(openReport(0)), [], [], new Set());
  expect([curves, boxes, Number.isFinite(width)]).toEqual([[], [], true]);
});

test('workloads that nothing reaches and that reach nothing are drawn too', () => {
  const graph = graphOf(closedReport());
  const alone = aloneIn(graph);
  expect(alone.map((node) => graph.nodes[node]?.name)).toEqual(['default/a[Pod]', 'default/b[Pod]']);
  expect(layoutOf(graph, [], alone, new Set()).lines.map(({ text }) => text)).toEqual(['a[Pod]', 'b[Pod]']);
});

test('svg: text of the input is text', () => {
  const svg = reportSvg(hostileReport());
  expect(svg).not.toMatch(/<(?:script|img|svg onload|b>|a )/);
  for (const text of hostileTexts) expect(svg).toContain(markupText(text));
});

test('html: the policy names the digests of the one script and the one style', () => {
  const html = reportHtml(hostileReport());
  const [script, ...others] = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, text]) => text ?? '',
  );
  const [style] = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text ?? '');
  expect(others).toEqual([]);
  for (const text of [script ?? '', style ?? ''])
    expect(html).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  expect(html.match(/<script/g)).toHaveLength(2);
});
