import { type Layout, type LayoutCurve, layoutOf } from '../src/formats/graph-layout.ts';
import type { GraphEdge, ReachGraph } from '../src/formats/reach-graph.ts';
import { element, shape } from './elements.ts';

/** More lines than this show nothing and make a browser slow. */
const mostCurves = 3000;

/** The drawing of some edges and of nodes without any, or a sentence where there is nothing to see. */
export function drawing(
  graph: ReachGraph,
  edges: readonly GraphEdge[],
  alone: readonly number[],
  folded: ReadonlySet<number>,
  onFold: (group: number) => void,
): HTMLElement {
  if (edges.length + alone.length === 0) return element('p', {}, 'There is nothing to draw.');
  const whole = layoutOf(graph, edges, alone, folded);
  const isWhole = whole.curves.length <= mostCurves;
  const layout = isWhole ? whole : layoutOf(graph, edges, alone, folded, false);
  if (layout.curves.length > mostCurves) {
    const count = layout.curves.length.toLocaleString('en');
    return element('p', {}, `${count} lines are too many to draw. Close groups below, or search.`);
  }
  const { width, height } = layout;
  const label =
    'Sources to the left, destinations and what they are reached on to the right; the lists below say the same';
  const svg = shape('svg', {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': label,
  });
  svg.append(...curves(layout), ...boxes(layout, onFold), ...lines(layout));
  const frame = { class: 'frame', tabindex: '0', role: 'region', 'aria-label': 'Drawing, scrolls' };
  const region = element('div', frame);
  region.append(svg);
  if (isWhole) return region;
  return element(
    'div',
    {},
    element('p', {}, 'Ports are left out, since there would be too many lines. Search to see fewer.'),
    region,
  );
}

/** What a sort of lines means; the line is drawn beside it. */
export interface LegendItem {
  type: LayoutCurve['type'];
  text: string;
}

/** The sorts of lines that there are, so that colours and dashes say something. */
export function legend(items: readonly LegendItem[]): HTMLElement {
  const size = { width: 36, height: 12, viewBox: '0 0 36 12', 'aria-hidden': 'true' };
  const entries = items.map(({ type, text }) =>
    element(
      'li',
      {},
      shape('svg', size, shape('path', { class: `curve ${type}`, d: 'M1 6H35' })),
      ` ${text}`,
    ),
  );
  return element('ul', { class: 'legend' }, ...entries);
}

/** What is opened matters most, so that it lies above all else. */
function curves(layout: Layout): SVGElement[] {
  const isOpened = ({ type }: LayoutCurve) => Number(type === 'opened');
  const sorted = layout.curves.toSorted((a, b) => isOpened(a) - isOpened(b));
  return sorted.map(({ path, title, type }) =>
    shape('path', { class: `curve ${type}`, d: path }, shape('title', {}, title)),
  );
}

/** Headings fold their group by mouse too; the lists below do it for the keyboard. */
function boxes(layout: Layout, onFold: (group: number) => void): SVGElement[] {
  return layout.boxes.flatMap(({ group, title, isFolded, x, y, width, height }) => {
    const sign = isFolded ? '▸' : '▾';
    const heading = shape('text', { class: 'title', x: x + 8, y: y + 16 }, `${sign} ${title}`);
    heading.addEventListener('click', () => onFold(group));
    return [shape('rect', { class: 'box', x, y, width, height, rx: 4 }), heading];
  });
}

function lines(layout: Layout): SVGElement[] {
  return layout.lines.map(({ x, y, text, full, isPort }) => {
    const made = shape('text', { class: isPort ? 'port' : 'node', x, y }, text);
    if (text !== full) made.append(shape('title', {}, full));
    return made;
  });
}
