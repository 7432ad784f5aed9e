import type { ExpressionTry, WatchedNode } from '../evaluator/runtime/watch.ts';
import type { Expr, Module } from '../syntax/ast.ts';
import type { Location } from '../syntax/location.ts';
import { walkModule } from '../syntax/visit.ts';
import type {
  ExplainedFailure,
  ExplainedLocation,
  ExplainedRule,
  ExplainedVariable,
  ExplainOptions,
  Explanation,
} from './explanation.ts';
import type { Recorder, RuleTry } from './record.ts';
import { ShownValues } from './shown-values.ts';
import { nodeText } from './trace.ts';

/** Deeper than this, rules that rules asked for are left out. */
const maxDepth = 200;

/** Makes an explanation of what was recorded; `modules` are those that were parsed, by file. */
export function explain(
  recorder: Recorder,
  modules: ReadonlyMap<string, Module>,
  { redact }: ExplainOptions,
): Explanation {
  const values = new ShownValues(redact);
  learn(recorder.root, values);
  const explainer = new Explainer(values, new Statements(modules));
  const { root } = recorder;
  return {
    rules: root.asked.map((rule) => explainer.rule(rule, 0)),
    failures: root.asked.length === 0 ? root.failures.map((failure) => explainer.failure(failure)) : [],
    truncated: recorder.truncated,
  };
}

function learn(rule: RuleTry, values: ShownValues): void {
  const waiting = [rule];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { reads } of next.results) values.learn(reads.reads);
    for (const { reads } of next.failures) values.learn(reads.reads);
    for (const asked of next.asked) waiting.push(asked);
  }
}

class Explainer {
  readonly #values: ShownValues;
  readonly #statements: Statements;

  constructor(values: ShownValues, statements: Statements) {
    this.#values = values;
    this.#statements = statements;
  }

  rule(rule: RuleTry, depth: number): ExplainedRule {
    const held = rule.resultCount > 0;
    return {
      name: rule.node?.name ?? '',
      location: placeOf(rule.node),
      held,
      results: rule.results.map(({ value, reads }) => ({
        value: value === undefined ? true : this.#values.show(value),
        reads: this.#values.reads(reads.reads),
      })),
      resultCount: rule.resultCount,
      failures: held ? [] : rule.failures.map((failure) => this.failure(failure)),
      failureCount: held ? 0 : rule.failureCount,
      asked: depth >= maxDepth ? [] : rule.asked.map((asked) => this.rule(asked, depth + 1)),
    };
  }

  failure(failure: ExpressionTry): ExplainedFailure {
    const { point, reads } = failure;
    const statement = this.#statements.around(point.location);
    return {
      text: statement?.text ?? nodeText(point),
      location: locationOf(statement ?? point.location),
      variables: this.#variables(failure),
      reads: this.#values.reads(reads.reads),
    };
  }

  #variables({ point: { variables, names }, values }: ExpressionTry): readonly ExplainedVariable[] {
    return variables.flatMap((local, i) => {
      const name = names.get(local) ?? (local.startsWith('__local') ? undefined : local);
      const value = values[i];
      if (name === undefined || name.startsWith('$') || value === undefined) return [];
      return [{ name, value: this.#values.show(value) }];
    });
  }
}

function placeOf(node: WatchedNode | undefined): ExplainedLocation | undefined {
  return locationOf(node?.location);
}

function locationOf(at: Location | undefined): ExplainedLocation | undefined {
  return at === undefined ? undefined : { file: at.file, row: at.row, col: at.col };
}

/** The statements of the modules as they were written, by place. */
class Statements {
  readonly #modules: ReadonlyMap<string, Module>;
  readonly #byFile = new Map<string, readonly Location[]>();

  constructor(modules: ReadonlyMap<string, Module>) {
    this.#modules = modules;
  }

  /** The statement of a rule that a place lies in. */
  around(at: Location | undefined): Location | undefined {
    if (at === undefined) return undefined;
    let found: Location | undefined;
    for (const place of this.#ofFile(at.file)) {
      if (place.start > at.offset) break;
      if (at.offset < place.end) found = place;
    }
    return found;
  }

  #ofFile(file: string): readonly Location[] {
    const known = this.#byFile.get(file);
    if (known !== undefined) return known;
    const places: Location[] = [];
    const module = this.#modules.get(file);
    const take = ({ location }: Expr) => {
      if (location !== undefined) places.push(location);
      // Statements within others, of comprehensions and `every`, are told as a part of them.
      return true;
    };
    if (module !== undefined) walkModule(module, { head: () => true, expr: take });
    places.sort((a, b) => a.start - b.start);
    this.#byFile.set(file, places);
    return places;
  }
}
