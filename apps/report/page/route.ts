/** What a list of findings is narrowed to; what is missing narrows nothing. Every value stands in the address. */
export const queryKeys = [
  'q',
  'severity',
  'state',
  'namespace',
  'kind',
  'object',
  'check',
  'framework',
  'control',
  'fix',
  'exceptions',
  'by',
  'page',
] as const;
export type QueryKey = (typeof queryKeys)[number];
export type Query = Readonly<Partial<Record<QueryKey, string>>>;

const views = [
  'overview',
  'findings',
  'finding',
  'checks',
  'check',
  'compliance',
  'framework',
  'control',
  'not-judged',
  'comparison',
] as const;
export type View = (typeof views)[number];

/** A page of the report: `#findings&severity=high`, `#finding=ID`, `#control=cis-1.12/5.2.2`. */
export interface Route {
  view: View;
  /** What the view shows: id of a finding, check, framework, or framework/control. */
  id: string;
  query: Query;
}

/** Reads an address; what it does not know leads to the overview. */
export function parseRoute(hash: string): Route {
  const entries = [...new URLSearchParams(hash.replace(/^#/, ''))];
  const [first, id = ''] = entries[0] ?? ['overview'];
  const view = views.find((name) => name === first) ?? 'overview';
  const query: Partial<Record<QueryKey, string>> = {};
  for (const [name, value] of entries.slice(1)) {
    const key = queryKeys.find((known) => known === name);
    if (key !== undefined && value !== '') query[key] = value;
  }
  return { view, id, query };
}

/** The address of a page. */
export function href(view: View, id = '', query: Query = {}): string {
  const rest = queryKeys.flatMap((key) => {
    const value = query[key];
    return value === undefined || value === '' ? [] : [`&${key}=${encodeURIComponent(value)}`];
  });
  return `#${view}${id === '' ? '' : `=${encodeURIComponent(id)}`}${rest.join('')}`;
}
