import { constantPrefix } from '../compiler/nodes.ts';
import { RegoError } from '../errors.ts';
import { constantValue } from '../evaluator/generator/terms.ts';
import type { Expr, Term } from '../syntax/ast.ts';
import { printRef } from '../syntax/print.ts';
import { type Visitor, walkExpr, walkTerm } from '../syntax/visit.ts';
import { entriesOf, isObjectValue, objectOf, type RegoValue } from '../values/index.ts';
import { evaluateStep } from './body.ts';
import type { Path } from './paths.ts';
import { replacesFunction, saveWhole } from './save.ts';
import type { DisabledPath, Scope } from './scope.ts';
import type { Next, Place } from './session.ts';
import { termOf } from './values.ts';

/**
 * Evaluates an expression below its `with` modifiers. What is left of it keeps them, so no rule that it names is
 * inlined; where a value for `input` or `data` is unknown, the whole expression is left.
 */
export function evaluateWith(place: Place, expr: Expr, next: Next): void {
  const { session, frame } = place;
  const documents = expr.with.filter(({ target }) => !replacesFunction(place, target));
  if (documents.some(({ value }) => session.unknowns.isWithin(value, frame))) {
    saveWhole(place, expr, next);
    return;
  }
  const scope = scopeBelow(place, expr, disabledBy(place, expr));
  evaluateStep({ ...place, scope }, next);
}

function disabledBy(place: Place, expr: Expr): DisabledPath[] {
  const found: DisabledPath[] = [];
  const visitor: Visitor = {
    term: (term) => {
      if (term.type === 'ref') found.push({ path: constantPrefix(term.terms), internal: true });
      return false;
    },
  };
  for (const { target, value } of expr.with) {
    if (!replacesFunction(place, target)) walkTerm(target, visitor);
    walkTerm(value, visitor);
  }
  walkExpr({ ...expr, with: [] }, visitor);
  return found;
}

function scopeBelow(place: Place, expr: Expr, disabled: readonly DisabledPath[]): Scope {
  const outer = place.scope;
  const mocks = new Map(outer.mocks);
  const targets: Path[] = [...outer.targets];
  let input = outer.input === undefined ? undefined : constantValue(outer.input);
  let { data } = outer;
  for (const { target, value } of expr.with) {
    if (target.type !== 'ref') continue;
    const plugged = place.frame.plug(value);
    if (replacesFunction(place, target)) {
      mocks.set(printRef(target.terms), plugged);
      continue;
    }
    const keys = target.terms.slice(1).map((term) => constantValue(term) ?? null);
    const replacement = constantValue(plugged) ?? null;
    if (isNamed(target.terms, 'input')) input = withValue(input, keys, replacement);
    else data = withValue(data, keys, replacement);
    targets.push(target.terms);
  }
  return {
    input: input === undefined ? undefined : termOf(input),
    data,
    targets,
    mocks,
    disabled: [...outer.disabled, ...disabled],
    cache: new Map(),
  };
}

function isNamed([head]: readonly Term[], name: string): boolean {
  return head?.type === 'var' && head.name === name;
}

function withValue(
  document: RegoValue | undefined,
  [key, ...rest]: readonly RegoValue[],
  value: RegoValue,
): RegoValue {
  if (key === undefined) return value;
  if (document !== undefined && !isObjectValue(document))
    throw new RegoError('eval_with_merge_error', 'conflicting input value');
  const entries = document === undefined ? [] : [...entriesOf(document)];
  const object = objectOf(entries);
  object.set(key, withValue(object.get(key), rest, value));
  return object;
}
