import { VariableCollector } from '../compiler/variables.ts';
import type { Body, Expr, Module, Rule, Term } from '../syntax/ast.ts';
import { arrayTerm, nameRef, stringTerm, varTerm } from '../syntax/build.ts';
import { copyModule, copyTerm } from '../syntax/copy.ts';
import type { Location } from '../syntax/location.ts';
import { printRef } from '../syntax/print.ts';

/** A rule that is a test: a step of its name begins with `test_`, or with `todo_test_` where it is not to run. */
export interface RegoTest {
  /** As `data.app_test`. */
  readonly package: string;
  /** As `test_allow`; tests of one name in one package are numbered: `test_allow#01`. */
  readonly name: string;
  /** The query that gives the test's value. */
  readonly query: string;
  readonly location: Location | undefined;
  readonly skipped: boolean;
  /** The rule is an object of cases: `test_allow[name]`. */
  readonly hasCases: boolean;
}

export interface FoundTests {
  /** Modules in which each test has a name of its own, and cases tell when they begin. */
  readonly modules: ReadonlyMap<string, Module>;
  readonly tests: readonly RegoTest[];
}

/** The built-in function that a case calls, with an array of its names, before anything of it can fail. */
export const testCaseFunction = 'internal.test_case';

/** The tests of modules, in order of files and of their text. The modules are not changed. */
export function findTests(modules: ReadonlyMap<string, Module>): FoundTests {
  const known = new Map<string, number>();
  const tests: RegoTest[] = [];
  const changed = new Map<string, Module>();
  for (const [file, module] of [...modules].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const copy = copyModule(module);
    changed.set(file, copy);
    for (const rule of copy.rules) {
      const test = testOf(rule, copy, known);
      if (test !== undefined) tests.push(test);
    }
  }
  return { modules: changed, tests };
}

function testOf(rule: Rule, module: Module, known: Map<string, number>): RegoTest | undefined {
  const { reference } = rule.head;
  const ground = groundLength(reference);
  const at = reference.slice(0, ground).findIndex((term) => /^(?:todo_)?test_/.test(nameOf(term)));
  if (at < 0) return undefined;
  const skipped = nameOf(reference[at]).startsWith('todo_');
  if (!skipped) number(rule, at, module, known);
  const name = reference.slice(0, at + 1);
  const cases = reference.slice(at + 1);
  const hasCases = cases.length > 0 && rule.head.args === undefined;
  if (hasCases && !skipped && ground === at + 1) markCases(rule, cases);
  const path = printRef(module.package.path);
  return {
    package: path,
    name: printRef(name),
    query: printRef([...module.package.path, ...name.map((term) => stringTerm(nameOf(term)))]),
    location: rule.location,
    skipped,
    hasCases,
  };
}

/** How many terms stand before the first variable behind the head. */
function groundLength(reference: readonly Term[]): number {
  const at = reference.findIndex((term, index) => index > 0 && term.type !== 'string');
  return at < 0 ? reference.length : at;
}

function nameOf(term: Term | undefined): string {
  if (term?.type === 'var') return term.name;
  return term?.type === 'string' ? term.value : '';
}

/** Two rules of one name would be one test, of which one failing half would go unseen. */
function number(rule: Rule, at: number, module: Module, known: Map<string, number>): void {
  const { reference } = rule.head;
  const key = printRef([...module.package.path, ...reference.slice(0, at + 1)]);
  const count = known.get(key) ?? 0;
  known.set(key, count + 1);
  if (count === 0) return;
  const name = `${nameOf(reference[at])}#${String(count).padStart(2, '0')}`;
  const location = reference[at]?.location;
  reference[at] = at === 0 ? varTerm(name, location) : stringTerm(name, location);
  if (at === 0 && rule.head.name !== '') rule.head.name = name;
}

/** Puts the call behind the first expression by which every variable of the cases' names has been seen. */
function markCases(rule: Rule, cases: readonly Term[]): void {
  if (rule.body.some(isCaseCall)) return;
  const wanted = new VariableCollector().terms(cases).names;
  const seenAt = [...wanted].map((name) => firstUse(rule.body, name));
  const place = Math.max(-1, ...seenAt.filter((at) => at < rule.body.length)) + 1;
  const location = rule.body[0]?.location;
  const call: Expr = {
    terms: {
      type: 'call',
      operator: nameRef(testCaseFunction.split('.'), location),
      operands: [arrayTerm(cases.map(copyTerm), location)],
    },
    with: [],
    index: place,
    generated: false,
    negated: false,
    // Without a place: what is reached is told of what was written.
    location: undefined,
  };
  const body: Body = [...rule.body.slice(0, place), call, ...rule.body.slice(place)];
  rule.body = body.map((expr, index) => ({ ...expr, index }));
}

/** A declaration without a domain, `some x`, gives no value and does not count. */
function firstUse(body: Body, name: string): number {
  const at = body.findIndex((expr) => namesIn(expr).has(name));
  return at < 0 ? body.length : at;
}

function namesIn(expr: Expr): ReadonlySet<string> {
  if (expr.terms.type !== 'some') return new VariableCollector().body([expr]).names;
  const domains = expr.terms.symbols.flatMap((term) => (term.type === 'call' ? term.operands : []));
  return new VariableCollector().terms(domains).names;
}

function isCaseCall({ terms }: Expr): boolean {
  return (
    terms.type === 'call' &&
    terms.operator.type === 'ref' &&
    printRef(terms.operator.terms) === testCaseFunction
  );
}
