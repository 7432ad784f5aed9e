import { aloneIn } from '../src/formats/graph-layout.ts';
import type { EdgeMark, PageData } from '../src/formats/reach-graph.ts';
import './style.css';
import { drawing, type LegendItem, legend } from './drawing.ts';
import { button, element } from './elements.ts';
import { type Filter, filtered } from './filter.ts';
import { GroupList } from './lists.ts';

/** With more edges than this, groups are closed until somebody opens them. */
const mostOpen = 300;

const data: PageData = JSON.parse(document.getElementById('data')?.textContent ?? '{}');
const { graph, isDiff } = data;
const alone = aloneIn(graph);
const folded = new Set<number>();
let lists: readonly { group: number; list: GroupList }[] = [];

const search = element('input', { type: 'search', id: 'words', autocomplete: 'off', spellcheck: 'false' });
const focus = select(
  'focus',
  'all',
  graph.nodes.map(({ name }) => name),
);
const direction = element('select', { id: 'direction' });
direction.append(
  element('option', { value: 'both' }, 'to and from it'),
  element('option', { value: 'to' }, 'to it'),
  element('option', { value: 'from' }, 'from it'),
);
const connections = select('connections', 'anything', graph.connections);

/** What the reader of a difference may ask for; what changed comes first. */
const changes: readonly { text: string; marks?: readonly EdgeMark[] }[] = [
  { text: 'changes', marks: ['opened', 'closed'] },
  { text: 'opened', marks: ['opened'] },
  { text: 'closed', marks: ['closed'] },
  { text: 'unchanged', marks: ['unchanged'] },
  { text: 'everything' },
];
const change = element('select', { id: 'change' });
change.append(...changes.map(({ text }, i) => element('option', { value: `${i}` }, text)));
let filter: Filter = filterOf();

const status = element('p', { role: 'status' });
const picture = element('div');
const groups = element('div');

function select(id: string, all: string, texts: readonly string[]): HTMLSelectElement {
  const options = texts.map((text, i) => ({ text, value: `${i}` }));
  options.sort((a, b) => (a.text < b.text ? -1 : 1));
  return element(
    'select',
    { id },
    element('option', { value: '' }, all),
    ...options.map(({ text, value }) => element('option', { value }, text)),
  );
}

function field(control: HTMLElement, label: string): HTMLElement {
  return element('div', { class: 'field' }, element('label', { for: control.id }, label), control);
}

function numberOf({ value }: HTMLSelectElement): number | undefined {
  return value === '' ? undefined : Number(value);
}

function filterOf(): Filter {
  return {
    words: search.value,
    focus: numberOf(focus),
    direction: direction.value === 'to' || direction.value === 'from' ? direction.value : 'both',
    connections: numberOf(connections),
    marks: isDiff ? changes[Number(change.value)]?.marks : undefined,
  };
}

/** Takes the fields over and shows what they ask for. */
function apply(): void {
  filter = filterOf();
  direction.disabled = filter.focus === undefined;
  const edges = filtered(graph, filter);
  folded.clear();
  if (edges.length > mostOpen) for (const group of graph.groups.keys()) folded.add(group);
  showLists();
  draw();
}

function showLists(): void {
  const edges = filtered(graph, filter);
  const [all, shown] = [graph.edges.length, edges.length];
  const counts = shown === all ? `${all} connections` : `${shown} of ${all} connections`;
  status.textContent = isDiff ? `${counts}: ${changeCounts()} in all` : counts;
  const present = new Set<number>();
  for (const [source, destination] of edges) {
    for (const node of [source, destination]) present.add(graph.nodes[node]?.group ?? -1);
  }
  lists = [...present]
    .sort((a, b) => a - b)
    .map((group) => ({
      group,
      list: new GroupList(graph, group, edges, !folded.has(group), isDiff, { focus: focusOn, toggle }),
    }));
  groups.replaceChildren(...lists.map(({ list }) => list.root));
}

function changeCounts(): string {
  const marks = Map.groupBy(graph.edges, ([, , , mark]) => mark);
  const all: readonly EdgeMark[] = ['opened', 'closed', 'unchanged'];
  return all.map((mark) => `${marks.get(mark)?.length ?? 0} ${mark}`).join(', ');
}

function draw(): void {
  const { words, focus: only, connections: passing } = filter;
  // Nobody who asks for a word or a port asks for nodes without connections.
  const isAbout = (node: number) => words === '' && passing === undefined && (only ?? node) === node;
  const onFold = (group: number) => fold([group], !folded.has(group));
  const edges = filtered(graph, filter);
  picture.replaceChildren(drawing(graph, edges, alone.filter(isAbout), folded, onFold));
}

function toggle(group: number, isOpen: boolean): void {
  if (isOpen !== folded.has(group)) return;
  if (isOpen) folded.delete(group);
  else folded.add(group);
  draw();
}

function fold(which: readonly number[], isFolded: boolean): void {
  for (const group of which) {
    if (isFolded) folded.add(group);
    else folded.delete(group);
  }
  for (const { group, list } of lists) list.set(!folded.has(group));
  draw();
}

/** Shows one end alone; the field keeps the keyboard's place, since the list is written anew. */
function focusOn(node: number): void {
  focus.value = `${node}`;
  apply();
  focus.focus();
}

function reset(): void {
  search.value = '';
  for (const control of [focus, connections]) control.value = '';
  direction.value = 'both';
  change.value = '0';
  apply();
  search.focus();
}

/** The sorts of lines that the drawing may have, where there is more than one. */
function legendItems(): LegendItem[] {
  if (isDiff)
    return [
      { type: 'opened', text: 'opened: passes only after the change' },
      { type: 'closed', text: 'closed: passed only before it' },
      { type: 'unchanged', text: 'unchanged: passes as before' },
    ];
  const has = (type: string) => graph.groups.some((group) => group.type === type);
  const items: (LegendItem | false)[] = [
    { type: 'plain', text: 'between workloads' },
    has('entry') && { type: 'entry', text: 'from an entry point' },
    has('outside') && { type: 'outside', text: 'from or to the outside' },
    has('future') && { type: 'future', text: 'from or to Pods to come' },
    graph.edges.some(([, , , mark]) => mark === 'nothing') && { type: 'nothing', text: 'nothing passes' },
  ];
  return items.filter((item) => item !== false);
}

/** A list of sentences or names, unless it is empty. */
function plainList(title: string, texts: readonly string[]): HTMLElement[] {
  if (texts.length === 0) return [];
  const items = texts.map((text) => element('li', {}, text));
  const name = element('span', { class: 'name' }, title);
  const count = element('span', { class: 'count' }, `${texts.length}`);
  return [
    element(
      'details',
      { class: 'group' },
      element('summary', {}, name, ' ', count),
      element('ul', {}, ...items),
    ),
  ];
}

const every = [...graph.groups.keys()];
const form = element(
  'form',
  { role: 'search', 'aria-label': 'Connections' },
  field(search, 'Search names and ports'),
  field(focus, 'Only'),
  field(direction, 'Direction'),
  field(connections, 'Passing'),
  ...(isDiff ? [field(change, 'Show')] : []),
  button('Show all', reset),
);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('input', apply);

document.querySelector('main')?.replaceChildren(
  element('h1', {}, document.title),
  form,
  status,
  element('h2', {}, 'Drawing'),
  ...(legendItems().length > 1 ? [legend(legendItems())] : []),
  picture,
  element('h2', {}, 'Lists'),
  element(
    'p',
    { class: 'buttons' },
    button('Open all', () => fold(every, false)),
    ' ',
    button('Close all', () => fold(every, true)),
  ),
  groups,
  ...plainList(
    'Without connections',
    alone.map((node) => graph.nodes[node]?.name ?? ''),
  ),
  ...plainList('Without a policy', data.unprotected),
  ...plainList('Notes on entry points', data.notes),
);
apply();
