import { callOf, isScalar, rootNames } from '../compiler/nodes.ts';
import type { Body, Every, Expr, Term } from '../syntax/ast.ts';
import { newBody, newExpr, refTerm, varTerm } from '../syntax/build.ts';
import { copyTerm } from '../syntax/copy.ts';
import { evaluateBody } from './body.ts';
import { isUnknownBody, isUnknownTerm } from './dynamic.ts';
import { VariableMapper } from './expressions.ts';
import { holds } from './holds.ts';
import { pluggedBodyTerms } from './logical.ts';
import { saveExpr } from './save.ts';
import { closure, type Next, type Place } from './session.ts';

/** The most elements whose conditions are written out one by one. */
const mostRepeated = 32;

/** `every`: of a known collection the conditions of each element, else what is left of the whole. */
export function evaluateEvery(place: Place, expr: Expr, every: Every, next: Next): void {
  const isDomainUnknown = isUnknownTerm(place, every.domain);
  if (isDomainUnknown || isUnknownBody(place, every.body)) {
    const elements = isDomainUnknown ? undefined : elementsOf(place, every);
    if (elements === undefined || Math.max(elements.length, 1) * place.repeated > mostRepeated) {
      saveExpr(place, pluggedEvery(place, expr, every), next);
      return;
    }
    const body = newBody(elements.flatMap((element) => elementBody(place, every, element)));
    const repeated = place.repeated * Math.max(elements.length, 1);
    evaluateBody({ ...closure(place, body), repeated }, next);
    return;
  }
  if (elementsOf(place, every) === undefined) return;
  if (allHold(place, every)) next();
}

function generator({ key, value, domain }: Every): Body {
  const step = key ?? varTerm('$_every_key');
  return newBody([newExpr(callOf('eq', [refTerm([domain, step]), value], undefined))]);
}

function allHold(place: Place, every: Every): boolean {
  let isTrue = true;
  evaluateBody(closure(place, generator(every)), () => {
    isTrue &&= holds(place, every.body);
  });
  return isTrue;
}

type Element = readonly [key: Term | undefined, value: Term];

/** Undefined where the domain is no collection. */
function elementsOf(place: Place, every: Every): readonly Element[] | undefined {
  const { frame } = place;
  const { type } = frame.plug(every.domain);
  if (type !== 'array' && type !== 'set' && type !== 'object') return undefined;
  const elements: Element[] = [];
  evaluateBody(closure(place, generator(every)), () => {
    elements.push([every.key === undefined ? undefined : frame.plug(every.key), frame.plug(every.value)]);
  });
  return elements;
}

/** The body for one element, with variables of its own. */
function elementBody(place: Place, every: Every, element: Element): Expr[] {
  const { frame, session } = place;
  const suffix = `__e${++session.counters.variable}`;
  const values = new Map<string, Term>();
  const bound: Expr[] = [];
  [every.key, every.value].forEach((variable, at) => {
    const value = element[at];
    if (variable?.type !== 'var' || value === undefined) return;
    if (isScalar(value)) {
      values.set(variable.name, value);
      return;
    }
    const fresh = varTerm(`${variable.name}${suffix}`);
    values.set(variable.name, fresh);
    bound.push(newExpr(callOf('eq', [fresh, value], undefined)));
  });
  const mapper = new VariableMapper((variable) => {
    const { name } = variable;
    const value = values.get(name);
    if (value !== undefined) return copyTerm(value);
    const isOuter = rootNames.has(name) || frame.values.has(name) || isUnknownTerm(place, variable);
    return isOuter ? { ...variable } : varTerm(`${name}${suffix}`);
  });
  return [...bound, ...mapper.body(every.body)];
}

export function pluggedEvery(place: Place, expr: Expr, every: Every): Expr {
  const { frame, session } = place;
  const plug = (term: Term): Term => frame.plug(term, session.home);
  return {
    ...expr,
    terms: {
      ...every,
      key: every.key === undefined ? undefined : plug(every.key),
      value: plug(every.value),
      domain: plug(every.domain),
      body: pluggedBodyTerms(place, every.body),
    },
  };
}
