import { isEquality, sides } from '../compiler/nodes.ts';
import { constantValue } from '../evaluator/generator/terms.ts';
import { type JsonResult, toJson } from '../values/index.ts';
import { checkQueries, type FilterFault, fault } from './check.ts';
import { conditionOf, Untranslatable, ucastOf } from './conditions.ts';
import { type Mappings, mappingsFor, shortNames } from './mappings.ts';
import type { PartialOptions, PartialPolicy } from './partial.ts';
import type { PartialResult } from './result.ts';
import { sqlOf } from './sql.ts';
import type { FilterTarget } from './targets.ts';

export interface FilterOptions extends Omit<PartialOptions, 'inlineConditions' | 'namespace'> {
  /** What to write; features are those that all of them have. */
  readonly targets: readonly FilterTarget[];
  readonly mappings?: Mappings;
  /**
   * A reference to the rule whose value tells which columns to mask: `data.app.masks`. Where it is not given, or no
   * unknowns are, the `compile` metadata of the queried document tells.
   */
  readonly maskRule?: string;
}

/** A condition on rows. */
export interface Filter {
  readonly target: FilterTarget['target'];
  readonly dialect: FilterTarget['dialect'];
  /**
   * A UCAST tree, or SQL (`WHERE …`); `{}` or an empty text lets every row through, and undefined none.
   */
  readonly query: JsonResult | undefined;
  /** The value of the mask rule, where it has one and rows may come through. */
  readonly masks?: JsonResult;
}

/** Filters, or the faults for which there are none. */
export type FilterResult =
  | { readonly filters: readonly Filter[]; readonly faults: readonly [] }
  | { readonly filters: readonly []; readonly faults: readonly FilterFault[] };

/**
 * Writes what is left of a query, such as `data.app.include`, as conditions on rows: each unknown `input.table`
 * is a table and `input.table.column` its column.
 *
 * @throws RegoError where a text does not parse or compile, EvaluationError where the evaluation fails.
 */
export function compileFilters(policy: PartialPolicy, query: string, options: FilterOptions): FilterResult {
  const { targets, mappings, ...given } = options;
  const annotated = isReference(query) ? policy.annotatedFilter(query) : undefined;
  const maskRule = given.maskRule ?? annotated?.maskRule;
  const unknowns = given.unknowns ?? (annotated?.unknowns.length ? annotated.unknowns : ['input']);
  const partial = { ...given, unknowns };
  const nondeterministicBuiltins = options.nondeterministicBuiltins ?? true;
  const result = policy.evaluate(query, { ...partial, nondeterministicBuiltins, inlineConditions: true });
  const faults = checkQueries(result, { targets, shortNames: shortNames(mappings) });
  if (faults.length > 0) return { filters: [], faults };
  const masks =
    maskRule === undefined
      ? undefined
      : maskValue(policy, maskRule, { ...partial, nondeterministicBuiltins });
  const filters: Filter[] = [];
  for (const target of targets) {
    const own = mappingsFor(mappings, target.target, target.dialect);
    if ('fault' in own) return { filters: [], faults: [{ code: 'invalid_parameter', message: own.fault }] };
    try {
      filters.push(filterFor(target, result, own.mappings, masks));
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      return { filters: [], faults: [fault(error.message)] };
    }
  }
  return { filters, faults: [] };
}

function filterFor(
  target: FilterTarget,
  { queries }: PartialResult,
  mappings: Mappings,
  masks: JsonResult | undefined,
): Filter {
  const { target: kind, dialect } = target;
  if (queries.length === 0) return { target: kind, dialect, query: undefined };
  const condition = conditionOf(queries, mappings);
  const query = target.target === 'sql' ? sqlOf(condition, target.dialect) : ucastOf(condition);
  return { target: kind, dialect, query, ...(masks === undefined ? {} : { masks }) };
}

/** A query that is just a document of the policy may have metadata. */
function isReference(query: string): boolean {
  return /^data(?:\.[A-Za-z_][A-Za-z0-9_]*)+$/.test(query);
}

/** The value of a rule that needs nothing unknown. */
function maskValue(policy: PartialPolicy, rule: string, options: PartialOptions): JsonResult | undefined {
  const { queries } = policy.evaluate(`${rule} = masks`, { ...options, unknowns: [] });
  for (const expr of queries[0] ?? []) {
    const pair = isEquality(expr) ? sides(expr) : undefined;
    const value = pair?.map((term) => constantValue(term)).find((one) => one !== undefined);
    if (value !== undefined) return toJson(value);
  }
  return undefined;
}
