import { groupTitle } from '../src/formats/graph-layout.ts';
import type { GraphEdge, ReachGraph } from '../src/formats/reach-graph.ts';
import { button, element } from './elements.ts';

/** Rows that are written at once. */
const step = 100;

/** The list of a group: what goes out of it, and what comes into it from others. Written when it is first opened. */
export class GroupList {
  readonly root: HTMLDetailsElement;
  readonly #write: () => void;

  constructor(
    graph: ReachGraph,
    group: number,
    edges: readonly GraphEdge[],
    isOpen: boolean,
    isDiff: boolean,
    on: { focus: (node: number) => void; toggle: (group: number, isOpen: boolean) => void },
  ) {
    const isIn = (node: number) => graph.nodes[node]?.group === group;
    const out = edges.filter(([source]) => isIn(source));
    const into = edges.filter(([source, destination]) => isIn(destination) && !isIn(source));
    const counts = element('span', { class: 'count' }, `${out.length} out, ${into.length} in from others`);
    const summary = element(
      'summary',
      {},
      element('span', { class: 'name' }, groupTitle(graph, group)),
      ' ',
      counts,
    );
    this.root = element('details', { class: 'group' }, summary);
    let isWritten = false;
    this.#write = () => {
      if (isWritten) return;
      isWritten = true;
      if (out.length > 0) this.root.append(table(graph, 'What goes out', out, isDiff, on.focus));
      if (into.length > 0)
        this.root.append(table(graph, 'What comes in from others', into, isDiff, on.focus));
    };
    this.root.addEventListener('toggle', () => {
      if (this.root.open) this.#write();
      on.toggle(group, this.root.open);
    });
    this.set(isOpen);
  }

  set(isOpen: boolean): void {
    if (isOpen) this.#write();
    if (this.root.open !== isOpen) this.root.open = isOpen;
  }
}

function table(
  graph: ReachGraph,
  caption: string,
  edges: readonly GraphEdge[],
  isDiff: boolean,
  onFocus: (node: number) => void,
): HTMLElement {
  const body = element('tbody');
  const names = ['Source', 'Destination', 'Passes', ...(isDiff ? ['Change'] : [])];
  const head = names.map((name) => element('th', { scope: 'col' }, name));
  const made = element(
    'div',
    {},
    element(
      'table',
      {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...head)),
      body,
    ),
  );
  const end = (node: number) =>
    element(
      'td',
      {},
      button(graph.nodes[node]?.name ?? '', () => onFocus(node)),
    );
  let written = 0;
  const more = button('', () => write());
  const write = () => {
    const next = edges.slice(written, written + step);
    body.append(
      ...next.map(([source, destination, text, mark = '']) => {
        const cells = [end(source), end(destination), element('td', {}, graph.connections[text] ?? '')];
        if (isDiff) cells.push(element('td', { class: `mark ${mark}` }, mark));
        return element('tr', {}, ...cells);
      }),
    );
    written += next.length;
    more.textContent = `Show more: ${edges.length - written} are left`;
    if (written >= edges.length) more.remove();
  };
  if (edges.length > step) made.append(more);
  write();
  return made;
}
