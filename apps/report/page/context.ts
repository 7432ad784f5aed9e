import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { Model } from './model.ts';
import type { Query, Route } from './route.ts';

/** What every part of the page may ask for. */
export interface Page {
  model: Model;
  route: Route;
  /** True while the page is laid out for paper. */
  printing: boolean;
  /** Narrows the list that is shown, in the address too, without a step in the history. */
  narrow: (query: Query) => void;
}

const nothing: Model = new Model({
  tool: { name: '', version: '' },
  title: '',
  scanned: [],
  time: '',
  input: { files: 0, documents: 0, objects: 0, dockerfiles: 0, checks: 0 },
  failOn: 'none',
  suppressions: { loaded: 0, matched: 0, unused: 0, expired: 0 },
  files: [],
  rules: [],
  objects: [],
  messages: [],
  paths: [],
  excerpts: [],
  places: [],
  origins: [],
  fixes: [],
  exceptions: [],
  findings: {
    rule: [],
    object: [],
    severity: '',
    message: [],
    place: [],
    path: [],
    fix: [],
    mend: '',
    suppressed: [],
    related: [],
  },
  frameworks: [],
  notices: [],
});

export const PageContext = createContext<Page>({
  model: nothing,
  route: { view: 'overview', id: '', query: {} },
  printing: false,
  narrow: () => {},
});

export function usePage(): Page {
  return useContext(PageContext);
}
