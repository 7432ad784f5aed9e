import type { Body, Module, Rule } from '../syntax/ast.ts';
import { compareRules } from '../syntax/compare.ts';
import { bodyJson, moduleJson } from '../syntax/json.ts';
import { Location } from '../syntax/location.ts';
import { printBody, printRef, printRule } from '../syntax/print.ts';
import type { RegoValue } from '../values/index.ts';
import type { SupportModule } from './saved.ts';
import { moduleSource, querySource } from './source-text.ts';
import { renameWildcards } from './wildcards.ts';

/** What is left of a query. */
export interface PartialResult {
  /** The queries of which one must hold, as trees. */
  readonly queries: readonly Body[];
  /** The rules that they name. */
  readonly support: readonly SupportModule[];
  /** The same as text of Rego: a query each, and a module each. */
  readonly text: { readonly queries: readonly string[]; readonly support: readonly string[] };
  /** The same as `opa eval --partial --format source` writes it: an expression a line, operators between their operands. */
  source(): { readonly queries: readonly string[]; readonly support: readonly string[] };
  /** The trees as `opa eval --partial --format json` gives them: `{queries, modules}`, each where there are some. */
  json(): { readonly queries?: RegoValue; readonly modules?: RegoValue };
}

export function resultOf(queries: readonly Body[], modules: readonly SupportModule[]): PartialResult {
  const support = modules.map(({ path, rules }) => ({ path, rules: [...rules].sort(compareRules) }));
  return {
    queries,
    support,
    text: {
      queries: queries.map((body) => printBody(renameWildcards(body))),
      support: support.map(moduleText),
    },
    source: () => ({ queries: queries.map(querySource), support: support.map(moduleSource) }),
    json: () => ({
      ...(queries.length === 0 ? {} : { queries: queries.map((body) => bodyJson(body)) }),
      ...(support.length === 0 ? {} : { modules: support.map((module) => moduleJson(moduleOf(module))) }),
    }),
  };
}

function moduleText({ path, rules }: SupportModule): string {
  const name = printRef(path).replace(/^data\.?/, '');
  const written = rules.map((rule) => printRule({ ...rule, body: renameWildcards(rule.body) }));
  return [`package ${name}`, ...written].join('\n\n');
}

const nowhere = new Location({ file: '', text: '' }, 1, 1, 0, 0, 0);

function moduleOf({ path, rules }: SupportModule): Module {
  return {
    package: { path: [...path], location: nowhere },
    imports: [],
    rules: rules.map((rule): Rule => rule),
    comments: [],
    version: { min: 'v1', max: 'v1' },
    file: '',
    source: '',
  };
}
