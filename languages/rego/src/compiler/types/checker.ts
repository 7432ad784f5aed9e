import type { Body, Expr, Rule, Term } from '../../syntax/ast.ts';
import { isGround } from '../../syntax/build.ts';
import type { Diagnostic } from '../../syntax/diagnostic.ts';
import { printRef } from '../../syntax/print.ts';
import { walkExpr, walkTerm } from '../../syntax/visit.ts';
import { compareDiagnostics } from '../diagnostics.ts';
import { groundPrefix, isComprehension } from '../nodes.ts';
import { ruleKind } from '../rule-tree.ts';
import { either } from './algebra.ts';
import { type FunctionTyper, TypeEnvironment } from './environment.ts';
import { ReferenceChecker, type ReferenceDisplay } from './references.ts';
import { checkStatement } from './statements.ts';
import { TypeTree } from './tree.ts';
import { anyType, arrayType, type FunctionType, type MaybeType, objectType, setType } from './type.ts';

export interface CheckerContext {
  readonly display: ReferenceDisplay;
  /** The references of the rules that depend on what stands at the reference. */
  readonly dependents: (reference: readonly Term[]) => Iterable<readonly Term[]>;
  /** The path of a rule. */
  readonly path: (rule: Rule) => readonly Term[];
  /** Types of documents that annotations give for one rule: path and type. */
  readonly annotated?: (rule: Rule, environment: TypeEnvironment) => readonly Diagnostic[];
}

interface CheckedBody {
  readonly environment: TypeEnvironment;
  readonly errors: readonly Diagnostic[];
}

interface CheckedClosure extends CheckedBody {
  readonly outer: TypeEnvironment;
  readonly version: number;
}

/** Infers types of variables and rules, and tells what can never have a value. */
export class TypeChecker {
  readonly #context: CheckerContext;
  readonly #closures = new WeakMap<Body, CheckedClosure[]>();
  readonly #relaxed = new Map<string, TypeTree | undefined>();

  constructor(context: CheckerContext) {
    this.#context = context;
  }

  /** An environment that knows built-in functions, and the types of the documents that `declared` names. */
  root(
    functions: FunctionTyper,
    declared: Iterable<readonly [path: readonly Term[], type: MaybeType]> = [],
  ): TypeEnvironment {
    const environment = new TypeEnvironment((term, at) => this.#closureType(term, at), functions);
    for (const [path, type] of declared) environment.tree.put(path, type);
    return environment;
  }

  /** Checks the rules, each after those it depends on; what they define is put into the environment. */
  rules(rules: readonly Rule[], environment: TypeEnvironment): Diagnostic[] {
    const errors = rules.flatMap((rule) => [...this.#rule(rule, environment)]);
    return errors.sort(compareDiagnostics);
  }

  /** Checks a body inside of the environment. */
  body(body: Body, outer: TypeEnvironment): CheckedBody {
    const environment = outer.inner();
    const references = new ReferenceChecker(environment, this.#context.display);
    const errors: Diagnostic[] = [];
    for (const expr of body) this.#expression(expr, environment, references, errors);
    return { environment, errors };
  }

  #rule(rule: Rule, outer: TypeEnvironment): readonly Diagnostic[] {
    const own = outer.inner();
    const annotationErrors = this.#context.annotated?.(rule, own) ?? [];
    const { environment, errors } = this.body(rule.body, own);
    const path = this.#context.path(rule);
    if (errors.length > 0) {
      // What depends on the rule shall not fail as well.
      outer.tree.put(path, anyType);
      return [...annotationErrors, ...errors];
    }
    const isFunction = rule.head.args !== undefined && rule.head.args.length > 0;
    const type = isFunction ? functionOf(rule, environment) : documentOf(rule, environment);
    if (isFunction) outer.tree.insert(path, type, (key) => outer.typeOf(key));
    else {
      const document = nested(path.slice(groundPrefix(path).length), type, environment);
      if (document !== undefined) outer.tree.insert(groundPrefix(path), document, (key) => outer.typeOf(key));
    }
    return annotationErrors;
  }

  #expression(
    expr: Expr,
    environment: TypeEnvironment,
    references: ReferenceChecker,
    errors: Diagnostic[],
  ): void {
    const before = errors.length;
    const isReplaced = expr.with.length > 0;
    const at = isReplaced ? this.#replaced(expr, environment) : environment;
    errors.push(...this.#closureErrors(expr, at));
    const checker = isReplaced ? new ReferenceChecker(at, this.#context.display) : references;
    errors.push(...checker.check(expr));
    const found = checkStatement(expr, at);
    // An error that comes of a type that is not known says nothing new beside another one.
    if (found !== undefined && !(errors.length > before && found.fromUnknown)) errors.push(found.error);
  }

  /**
   * The errors of the last outermost comprehension of the expression that has some. Comprehensions are sides of
   * equalities or statements by now: whatever else needed their value has a variable for it.
   */
  #closureErrors(expr: Expr, environment: TypeEnvironment): readonly Diagnostic[] {
    let errors: readonly Diagnostic[] = [];
    const check = (term: Term): boolean => {
      if (!isComprehension(term) || !('body' in term)) return false;
      const found = this.#closure(term.body, environment).errors;
      if (found.length > 0) errors = found;
      return true;
    };
    const { terms } = expr;
    if (terms.type === 'term') check(terms.term);
    else if (terms.type === 'call') for (const operand of terms.operands) check(operand);
    else walkExpr(expr, { term: check });
    return errors;
  }

  /** The check of a closure's body, which is the same until something around it is learned. */
  #closure(body: Body, outer: TypeEnvironment): CheckedBody {
    const known = this.#closures.get(body) ?? [];
    this.#closures.set(body, known);
    const { version } = outer;
    const same = known.find((entry) => entry.outer === outer && entry.version === version);
    if (same !== undefined) return same;
    const checked = { ...this.body(body, outer), outer, version };
    const at = known.findIndex((entry) => entry.outer === outer);
    if (at < 0) known.push(checked);
    else known[at] = checked;
    return checked;
  }

  #closureType(term: Term, outer: TypeEnvironment): MaybeType {
    if (!isComprehension(term) || !('body' in term)) return undefined;
    const { environment, errors } = this.#closure(term.body, outer);
    if (errors.length > 0) return undefined;
    switch (term.type) {
      case 'arraycomprehension':
        return arrayType([], environment.typeOf(term.term));
      case 'setcomprehension':
        return setType(environment.typeOf(term.term));
      case 'objectcomprehension':
        return objectType([], { key: environment.typeOf(term.key), value: environment.typeOf(term.value) });
    }
  }

  /** Replaced documents may be of the new type too; rules that depend on them may be anything. */
  #replaced(expr: Expr, environment: TypeEnvironment): TypeEnvironment {
    let layered = environment;
    const targets: [path: readonly Term[], type: MaybeType][] = [];
    for (const { target, value } of expr.with) {
      if (target.type !== 'ref') continue;
      const known = environment.reference(target.terms);
      const isFunction = known?.kind === 'function';
      const relaxed = this.#relaxedBy(target.terms, isFunction);
      if (relaxed !== undefined) layered = layered.layer(relaxed);
      if (isFunction) continue;
      const given = isGround(target) && known !== undefined ? environment.typeOf(value) : undefined;
      const type = given === undefined ? anyType : (either(known, given) ?? anyType);
      targets.push([groundPrefix(target.terms), type]);
    }
    if (targets.length === 0) return layered;
    layered = layered.layer();
    for (const [path, type] of targets) layered.tree.put(path, type);
    return layered;
  }

  #relaxedBy(target: readonly Term[], isFunction: boolean): TypeTree | undefined {
    const name = printRef(target);
    const key = isFunction ? `function ${name}` : name;
    if (this.#relaxed.has(key)) return this.#relaxed.get(key);
    let tree: TypeTree | undefined;
    for (const path of this.#context.dependents(target)) {
      if (isFunction && printRef(path) === name) continue;
      tree ??= new TypeTree();
      tree.put(path, anyType);
    }
    this.#relaxed.set(key, tree);
    return tree;
  }
}

function functionOf({ head }: Rule, environment: TypeEnvironment): FunctionType {
  const args = head.args ?? [];
  for (const argument of args) {
    walkTerm(argument, {
      term: (term) => {
        if (term.type === 'var' && environment.typeOf(term) === undefined)
          environment.variables.put([term], anyType);
        return false;
      },
    });
  }
  const result = head.value === undefined ? undefined : environment.typeOf(head.value);
  return {
    kind: 'function',
    args: args.map((argument) => environment.typeOf(argument)),
    result,
    variadic: undefined,
  };
}

function documentOf(rule: Rule, environment: TypeEnvironment): MaybeType {
  const { key, value } = rule.head;
  if (ruleKind(rule) === 'single') return value === undefined ? undefined : environment.typeOf(value);
  const item = key === undefined ? undefined : environment.typeOf(key);
  return item === undefined ? undefined : setType(item);
}

/** Objects of objects, one for each term of the path; undefined where something is not known. */
function nested(path: readonly Term[], type: MaybeType, environment: TypeEnvironment): MaybeType {
  const [first, ...others] = path;
  if (first === undefined) return type;
  const value = nested(others, type, environment);
  const key = environment.typeOf(first);
  return value === undefined || key === undefined ? undefined : objectType([], { key, value });
}
