import type { Body, Expr, Rule, Term } from '../../syntax/ast.ts';
import { isGround } from '../../syntax/build.ts';
import type { Diagnostic } from '../../syntax/diagnostic.ts';
import { printRef, printTerm } from '../../syntax/print.ts';
import { compareDiagnostics, typeError } from '../diagnostics.ts';
import { groundPrefix, isComprehension, isEquality, operatorName, operatorTerms } from '../nodes.ts';
import { ruleKind } from '../rule-tree.ts';
import { walkExpr, walkTerm } from '../walk.ts';
import { either, isUnknown, keysOf, unifies, valuesOf } from './algebra.ts';
import { argumentLines, matchLines } from './details.ts';
import { type FunctionTyper, TypeEnvironment } from './environment.ts';
import { infer, unifyTerms } from './infer.ts';
import { ReferenceChecker, type ReferenceDisplay } from './references.ts';
import { TypeTree } from './tree.ts';
import {
  anyType,
  arrayType,
  type FunctionType,
  isAnything,
  type MaybeType,
  objectType,
  setType,
} from './type.ts';

export interface CheckerContext {
  readonly display: ReferenceDisplay;
  /** The references of the rules that depend on what stands at the reference. */
  readonly dependents: (reference: readonly Term[]) => Iterable<readonly Term[]>;
  /** The path of a rule. */
  readonly path: (rule: Rule) => readonly Term[];
  /** Types of documents that annotations give for one rule: path and type. */
  readonly annotated?: (rule: Rule, environment: TypeEnvironment) => readonly Diagnostic[];
}

/** An error, and whether it may only come from a type that is not known. */
interface Found {
  readonly error: Diagnostic;
  readonly fromUnknown: boolean;
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
    const errors: Diagnostic[] = [];
    for (const expr of body) errors.push(...this.#expression(expr, environment));
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

  #expression(expr: Expr, environment: TypeEnvironment): Diagnostic[] {
    const at = expr.with.length > 0 ? this.#replaced(expr, environment) : environment;
    const closureErrors = this.#closureErrors(expr, at);
    const referenceErrors = new ReferenceChecker(at, this.#context.display).check(expr);
    const found = this.#statement(expr, at);
    const errors = [...closureErrors, ...referenceErrors];
    // An error that comes of a type that is not known says nothing new beside another one.
    if (found !== undefined && !(errors.length > 0 && found.fromUnknown)) errors.push(found.error);
    return errors;
  }

  /** The errors of the last outermost comprehension of the expression that has some. */
  #closureErrors(expr: Expr, environment: TypeEnvironment): readonly Diagnostic[] {
    let errors: readonly Diagnostic[] = [];
    walkExpr(expr, {
      term: (term) => {
        if (!isComprehension(term) || !('body' in term)) return false;
        const found = this.#closure(term.body, environment).errors;
        if (found.length > 0) errors = found;
        return true;
      },
    });
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

  #statement(expr: Expr, environment: TypeEnvironment): Found | undefined {
    const replacement = checkReplacements(expr, environment);
    if (replacement !== undefined) return replacement;
    if (expr.terms.type !== 'call') return undefined;
    const { operator, operands } = expr.terms;
    if (isEquality(expr)) return checkEquality(expr, operands, environment);
    const name = operatorName(operator);
    if (name === 'internal.member_2' || name === 'internal.member_3') {
      const error = checkMember(expr, operands, name === 'internal.member_3', environment);
      if (error !== undefined) return error;
    }
    return checkArguments(expr, operator, operands, environment);
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

/** A function may only be replaced by one that takes the same arguments. */
function checkReplacements(expr: Expr, environment: TypeEnvironment): Found | undefined {
  for (const { target, value, location } of expr.with) {
    const wanted = environment.typeOf(target);
    const given = environment.typeOf(value);
    if (wanted?.kind !== 'function' || given?.kind !== 'function' || unifies(wanted, given)) continue;
    const details = argumentLines(given.args, wanted, false);
    return {
      error: typeError(location, `${printTerm(target)}: arity mismatch`, details),
      fromUnknown: given.args.some((arg) => isUnknown(arg)),
    };
  }
  return undefined;
}

function checkEquality(
  expr: Expr,
  operands: readonly Term[],
  environment: TypeEnvironment,
): Found | undefined {
  const [left, right, extra] = operands;
  if (left === undefined || right === undefined || extra !== undefined) {
    const wanted: FunctionType = {
      kind: 'function',
      args: [anyType, anyType],
      result: undefined,
      variadic: undefined,
    };
    const what = extra === undefined ? 'too few arguments' : 'too many arguments';
    return argumentError(expr, 'eq', what, typesOf(operands, environment), wanted);
  }
  const types: [MaybeType, MaybeType] = [environment.typeOf(left), environment.typeOf(right)];
  return unifyTerms(environment, left, right) ? undefined : matchError(expr, types);
}

function matchError(expr: Expr, [left, right]: readonly [MaybeType, MaybeType]): Found {
  return {
    error: typeError(expr.location, 'match error', matchLines(left, right)),
    fromUnknown: isUnknown(left) || isUnknown(right),
  };
}

/** What is looked for with `in` must be able to be in there. */
function checkMember(
  expr: Expr,
  operands: readonly Term[],
  withKey: boolean,
  environment: TypeEnvironment,
): Found | undefined {
  const [first, second, third] = operands;
  const [key, value, collection] = withKey ? [first, second, third] : [undefined, first, second];
  if (collection === undefined || value === undefined) return undefined;
  const type = environment.typeOf(collection);
  const values = valuesOf(type);
  if (values === undefined) return undefined;
  const keyError = key === undefined ? undefined : checkMemberOperand(expr, key, keysOf(type), environment);
  return keyError ?? checkMemberOperand(expr, value, values, environment);
}

function checkMemberOperand(
  expr: Expr,
  term: Term,
  wanted: MaybeType,
  environment: TypeEnvironment,
): Found | undefined {
  if (isUnknown(wanted)) return undefined;
  const have = environment.typeOf(term);
  if ((isUnknown(have) || unifies(have, wanted)) && infer(environment, term, wanted)) return undefined;
  return matchError(expr, [have, wanted]);
}

function checkArguments(
  expr: Expr,
  operator: Term,
  operands: readonly Term[],
  environment: TypeEnvironment,
): Found | undefined {
  const name = printTerm(operator);
  const type = environment.reference(operatorTerms(operator));
  if (isAnything(type)) return undefined;
  if (type?.kind !== 'function') {
    return { error: typeError(expr.location, `undefined function ${name}`), fromUnknown: false };
  }
  const wanted = type.result === undefined ? type.args : [...type.args, type.result];
  const have = typesOf(operands, environment);
  if (operands.length > wanted.length && type.variadic === undefined) {
    return argumentError(expr, name, 'too many arguments', have, type, true);
  }
  if (operands.length < type.args.length)
    return argumentError(expr, name, 'too few arguments', have, type, true);
  for (const [index, operand] of operands.entries()) {
    const want = index < wanted.length ? wanted[index] : type.variadic;
    if (!isUnknown(have[index]) && !unifies(have[index], want)) {
      return argumentError(expr, name, 'invalid argument(s)', have, type, true);
    }
    if (!infer(environment, operand, want)) {
      return argumentError(expr, name, 'invalid argument(s)', typesOf(operands, environment), type, true);
    }
  }
  return undefined;
}

function typesOf(terms: readonly Term[], environment: TypeEnvironment): MaybeType[] {
  return terms.map((term) => environment.typeOf(term));
}

function argumentError(
  expr: Expr,
  name: string,
  what: string,
  have: readonly MaybeType[],
  wanted: FunctionType,
  withResult = false,
): Found {
  return {
    error: typeError(expr.location, `${name}: ${what}`, argumentLines(have, wanted, withResult)),
    fromUnknown: have.some((type) => isUnknown(type)),
  };
}
