import type { ConnectionDiff } from '../connectivity/diff.ts';
import { compareTexts, type Peer, peerText } from '../connectivity/peers.ts';
import type { Connections } from '../sets/connections.ts';
import { ConnectionTexts } from './connection-text.ts';
import { csvText } from './csv.ts';
import { edgeLine, groupLines, isExternal, nodeLabel, nodeLine, weightOf } from './dot-lines.ts';
import { mdLine } from './md.ts';

/** A difference, ready to be written; `names` are those of the two states. */
export interface DiffReport {
  diffs: readonly ConnectionDiff[];
  connections: Connections;
  names: readonly [first: string, second: string];
}

type Line = readonly [
  type: string,
  source: string,
  destination: string,
  before: string,
  after: string,
  info: string,
];

export function diffTxt({ names: [first, second], ...report }: DiffReport): string {
  const text = ([type, source, destination, before, after, info]: Line) => {
    const ends = `diff-type: ${type}, source: ${source}, destination: ${destination}`;
    const change = `${first}: ${before}, ${second}: ${after}`;
    return `${ends}, ${change}${info === '' ? '' : `, workloads-diff-info: ${info}`}`;
  };
  const lines = linesOf(report, text).map(text);
  return lines.length === 0 ? '' : `Connectivity diff:\n${lines.join('\n')}\n`;
}

export function diffCsv({ names, ...report }: DiffReport): string {
  const lines = linesOf(report, (line) => line.join(';'));
  const head = ['diff-type', 'source', 'destination', ...names, 'workloads-diff-info'];
  return lines.length === 0 ? '' : csvText([head, ...lines]);
}

export function diffJson({ names, ...report }: DiffReport): string {
  const records = linesOf(report, (line) => line.join(';')).map(
    ([type, source, destination, before, after, info]) => ({
      type,
      source,
      destination,
      [names[0]]: before,
      [names[1]]: after,
      ...(info === '' ? {} : { info }),
    }),
  );
  return `${JSON.stringify(records, undefined, 2)}\n`;
}

export function diffMd({ names, ...report }: DiffReport): string {
  const lines = linesOf(report, mdLine).map(mdLine);
  const head = `| diff-type | source | destination | ${names.join(' | ')} | workloads-diff-info |`;
  const rule = '|-----------|--------|-------------|------|------|---------------------|';
  return lines.length === 0 ? '' : [head, rule, ...lines].join('\n');
}

/** Changed lines, then added, then removed, each in the order of their texts; those of the ingress controller last. */
function linesOf(
  { diffs, connections }: Omit<DiffReport, 'names'>,
  text: (line: Line) => string,
): readonly Line[] {
  const texts = new ConnectionTexts(connections);
  const group = (fromController: boolean, type: ConnectionDiff['type']) =>
    diffs
      .filter((each) => each.type === type && (each.source.type === 'ingress-controller') === fromController)
      .map((each) => lineOf(each, texts))
      .sort((a, b) => compareTexts(text(a), text(b)));
  return [false, true].flatMap((fromController) =>
    (['changed', 'added', 'removed'] as const).flatMap((type) => group(fromController, type)),
  );
}

function lineOf(diff: ConnectionDiff, texts: ConnectionTexts): Line {
  const { type, source, destination, before, after } = diff;
  const oneSided = [
    ...(diff.isSourceOneSided ? [peerText(source)] : []),
    ...(diff.isDestinationOneSided ? [peerText(destination)] : []),
  ];
  const info = oneSided.length === 0 ? '' : `workload ${oneSided.join(' and ')} ${type}`;
  return [type, peerText(source), peerText(destination), texts.of(before), texts.of(after), info];
}

const edgeColors = { unchanged: 'grey', changed: 'magenta', removed: 'red2', added: '#008000' };

/** A graph of both states with a legend; empty where they are the same. */
export function diffDot({ diffs, connections, names: [first] }: DiffReport): string {
  if (diffs.every(({ type }) => type === 'unchanged')) return '';
  const texts = new ConnectionTexts(connections);
  const nodes = new Map<string, { peer: Peer; line: string }>();
  const edges: string[] = [];
  const controllerEdges: string[] = [];
  for (const diff of diffs) {
    const { type, source, destination } = diff;
    addNode(nodes, source, diff.isSourceOneSided ? type : undefined);
    addNode(nodes, destination, diff.isDestinationOneSided ? type : undefined);
    const color = edgeColors[type];
    const [from, to] = [peerText(source), peerText(destination)];
    const line = edgeLine(from, to, labelOf(diff, texts, first), color, color, weightOf(from, to));
    (source.type === 'ingress-controller' ? controllerEdges : edges).push(line);
  }
  const all = [...nodes.values()];
  const inside = all.flatMap(({ peer, line }) => (peer.type === 'workload' ? [{ peer, line }] : []));
  const byNamespace = Map.groupBy(inside, ({ peer }) => peer.namespace);
  const lines = new Map([...byNamespace].map(([name, of]) => [name, of.map(({ line }) => line)]));
  const external = all.flatMap(({ peer, line }) => (isExternal(peer) ? [line] : []));
  return [
    'digraph {',
    ...groupLines(lines, 'namespace', 'black'),
    ...external.sort(compareTexts),
    ...edges.sort(compareTexts),
    ...controllerEdges.sort(compareTexts),
    ...legend,
    '}',
  ].join('\n');
}

function addNode(
  nodes: Map<string, { peer: Peer; line: string }>,
  peer: Peer,
  oneSided: ConnectionDiff['type'] | undefined,
): void {
  const name = peerText(peer);
  if (nodes.has(name)) return;
  const color = oneSided === 'added' ? '#008000' : oneSided === 'removed' ? 'red' : 'blue';
  nodes.set(name, { peer, line: nodeLine(name, nodeLabel(peer), color) });
}

function labelOf({ type, before, after }: ConnectionDiff, texts: ConnectionTexts, first: string): string {
  if (type === 'changed') return `${texts.of(after)} (${first}: ${texts.of(before)})`;
  return texts.of(type === 'added' ? after : before);
}

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const legendEdges = [
  ['a', 'b', 'added connection', edgeColors.added],
  ['c', 'd', 'removed connection', edgeColors.removed],
  ['e', 'f', 'changed connection', edgeColors.changed],
  ['g', 'h', 'unchanged connection', edgeColors.unchanged],
] as const;
const legendNodes = [
  ['np', 'new peer', '#008000'],
  ['lp', 'lost peer', 'red'],
  ['pp', 'persistent peer', 'blue'],
] as const;

const legend: readonly string[] = [
  '\tnodesep=0.5',
  '\tsubgraph cluster_legend {',
  '\t\tlabel="Legend"',
  '\t\tfontsize = 10',
  '\t\tmargin=0',
  ...letters.map((letter) => `\t\t${letter} [style=invis height=0 width=0]`),
  `\t\t{rank=source ${letters.slice(0, 4).join(' ')}}`,
  `\t\t{rank=same ${letters.slice(4).join(' ')}}`,
  ...legendEdges.map(
    ([from, to, label, color]) =>
      `\t\t${from} -> ${to} [label="${label}", color="${color}" fontcolor="${color}" fontsize = 10 arrowsize=0.2]`,
  ),
  ...legendNodes.map(
    ([name, label, color]) =>
      `\t\t${name} [label="${label}" color="${color}" fontcolor="${color}" fontsize = 10]`,
  ),
  '\t\t{rank=sink np lp pp}',
  '\t\tnp->lp [style=invis]',
  '\t\tlp->pp [style=invis]',
  '\t}',
];
