import type { CelEnvironment } from '../environment.ts';
import type { CallExpr, CelExpr } from '../syntax/ast.ts';
import { qualifiedName } from '../syntax/ast.ts';
import { generateList, generateMap } from './aggregates.ts';
import { generateComprehension } from './comprehension.ts';
import { Emitter } from './emitter.ts';
import { literalSource, stringSource } from './literal.ts';
import { generateBinary, generateConditional, generateLogical, generateUnary } from './operators.ts';
import { generateOptionalCall, isOptionalChain, optionalAtom } from './optional.ts';
import { generateRegexCall } from './regex.ts';

/** Translates trees to JavaScript statements; methods yield atoms (see Emitter). */
export class Generator {
  readonly out = new Emitter();
  readonly #environment: CelEnvironment;
  readonly trackCost: boolean;
  #scope: ReadonlyMap<string, string> = new Map();

  constructor(environment: CelEnvironment, trackCost = false) {
    this.#environment = environment;
    this.trackCost = trackCost;
  }

  /** Charges a cost, given as JavaScript source, when cost is tracked at all. */
  spend(cost: number | string): void {
    if (!this.trackCost || cost === 0) return;
    this.out.emit(`rt.spend(budget, ${cost});`);
    this.out.markThrowing();
  }

  /** Source that stands only in code that tracks cost. */
  tracked(source: string): string {
    return this.trackCost ? source : '';
  }

  spendCall(name: string, args: readonly string[], result: string): void {
    if (this.trackCost) this.spend(`rt.callCost(${stringSource(name)}, [${args.join(', ')}], ${result})`);
  }

  /** Runs `body` with names bound to JavaScript variables. */
  within<T>(bindings: readonly (readonly [string, string])[], body: () => T): T {
    const saved = this.#scope;
    this.#scope = new Map([...saved, ...bindings]);
    const result = body();
    this.#scope = saved;
    return result;
  }

  isBound(name: string): boolean {
    return this.#scope.has(name);
  }

  value(expr: CelExpr): string {
    switch (expr.kind) {
      case 'literal': {
        const { source, constant } = literalSource(expr.value);
        return constant ? this.out.constant(source) : source;
      }
      case 'ident':
        return this.#named(expr) ?? this.#undeclared(expr.name);
      case 'select':
        return this.#select(expr);
      case 'index':
        return this.#index(expr);
      case 'has':
        return this.#has(expr);
      case 'call':
        return this.#call(expr);
      case 'binary':
        return generateBinary(this, expr);
      case 'unary':
        return generateUnary(this, expr.operator, expr.operand);
      case 'logical':
        return generateLogical(this, expr);
      case 'conditional':
        return generateConditional(this, expr.condition, expr.whenTrue, expr.whenFalse);
      case 'list':
        return generateList(this, expr);
      case 'map':
        return generateMap(this, expr);
      case 'message':
        return this.fails(`rt.fault(${stringSource(`unknown message type: ${expr.name}`)})`);
      case 'comprehension':
        return generateComprehension(this, expr);
      case 'bind': {
        const value = this.value(expr.value);
        return this.within([[expr.name, value]], () => this.value(expr.body));
      }
      case 'optionalMap': {
        return this.#optionalMap(expr.target, expr.name, expr.flat, expr.body);
      }
      case 'block':
        return this.#block(expr.bindings, expr.body);
    }
  }

  fails(fault: string): string {
    const result = this.out.let();
    // The condition keeps what follows reachable, so that every declaration stays in order.
    this.out.emit(`if (${result} === undefined) ${this.out.fail(fault)}`);
    return result;
  }

  #undeclared(name: string): string {
    const container = this.#environment.container;
    return this.fails(
      `rt.fault(${stringSource(`undeclared reference to '${name}' (in container '${container}')`)})`,
    );
  }

  /** A variable or constant the dotted name of `expr` stands for, if any. */
  #named(expr: CelExpr): string | undefined {
    const name = qualifiedName(expr);
    if (name === undefined) return undefined;
    if (!name.absolute && this.#scope.has(name.root)) {
      if (expr.kind !== 'ident') return undefined;
      this.spend(1);
      return this.#scope.get(name.root);
    }
    const found = this.#environment.resolve(name.name, name.absolute);
    if (found === undefined) return undefined;
    if (found.kind === 'variable') this.spend(1);
    if (found.kind === 'type') return this.out.constant(`rt.type(${stringSource(found.name)})`);
    if (found.kind === 'constant') {
      const { source, constant } = literalSource(found.value);
      return constant ? this.out.constant(source) : source;
    }
    return this.#variable(found.name);
  }

  #variable(name: string): string {
    const key = stringSource(name);
    const source = isInherited(name) ? `rt.fieldOf(variables, ${key})` : `variables[${key}]`;
    const variable = this.out.let(source);
    this.out.emit(
      `if (${variable} === undefined) ${this.out.fail(`rt.fault("no such attribute: " + ${key})`)}`,
    );
    return variable;
  }

  #select(expr: CelExpr & { kind: 'select' }): string {
    if (isOptionalChain(expr)) return this.out.let(`rt.optional(${optionalAtom(this, expr)})`);
    const named = this.#named(expr);
    if (named !== undefined) return named;
    const operand = this.value(expr.operand);
    this.spendQualifier(expr.operand);
    const key = stringSource(expr.field);
    const result = this.out.let(fieldSource(operand, expr.field));
    this.out.emit(`if (${result} === undefined) ${this.out.fail(`rt.selectFault(${operand}, ${key})`)}`);
    return result;
  }

  /** A field or index costs 1, and 1 more where it starts from a computed value (cel-go's attributes). */
  spendQualifier(operand: CelExpr): void {
    const attribute = operand.kind === 'ident' || operand.kind === 'select' || operand.kind === 'index';
    this.spend(attribute ? 1 : 2);
  }

  #index(expr: CelExpr & { kind: 'index' }): string {
    if (isOptionalChain(expr)) return this.out.let(`rt.optional(${optionalAtom(this, expr)})`);
    const operand = this.value(expr.operand);
    this.spendQualifier(expr.operand);
    const { index } = expr;
    if (index.kind === 'literal' && index.value.type === 'string') {
      const result = this.out.let(fieldSource(operand, index.value.value));
      this.out.emit(`if (${result} === undefined) ${result} = rt.index(${operand}, ${this.value(index)});`);
      this.out.markThrowing();
      return result;
    }
    return this.out.letThrowing(`rt.index(${operand}, ${this.value(index)})`);
  }

  #has(expr: CelExpr & { kind: 'has' }): string {
    const chain = isOptionalChain(expr.operand);
    const operand = chain ? optionalAtom(this, expr.operand) : this.value(expr.operand);
    return this.out.let(`${fieldSource(operand, expr.field, 'optionalField')} !== undefined`);
  }

  #call(expr: CallExpr): string {
    const special = generateOptionalCall(this, expr) ?? generateRegexCall(this, expr);
    if (special !== undefined) return special;
    const { name, target } = expr;
    if (target !== undefined) {
      const scope = qualifiedName(target);
      if (scope !== undefined && (scope.absolute || !this.#scope.has(scope.root))) {
        const global = this.#environment.resolveFunction(`${scope.name}.${name}`, scope.absolute);
        if (global !== undefined) return this.#invoke(global, expr.args);
      }
      if (this.#environment.hasFunction(`.${name}`)) return this.#invoke(`.${name}`, [target, ...expr.args]);
    } else {
      const global = this.#environment.resolveFunction(name, expr.absolute);
      if (global !== undefined) return this.#invoke(global, expr.args);
    }
    return this.fails(`rt.fault(${stringSource(`unbound function: ${name}`)})`);
  }

  #invoke(name: string, args: readonly CelExpr[]): string {
    const values = args.map((arg) => this.value(arg));
    const signatures = this.#environment.signatures(name);
    const fits = signatures.some((signature) => signature.parameters.length === args.length);
    if (signatures.length > 0 && !fits) return this.fails('rt.noSuchOverload()');
    const implementation = this.out.constant(`rt.functions[${stringSource(name)}]`);
    const result = this.out.letThrowing(`${implementation}(${values.join(', ')})`);
    this.out.emit(`if (${result} === undefined) ${this.out.fail('rt.noSuchOverload()')}`);
    this.spendCall(name, values, result);
    return result;
  }

  requireBool(expr: CelExpr, value: string): void {
    if (this.isBool(expr)) return;
    this.out.emit(`if (typeof ${value} !== "boolean") ${this.out.fail('rt.noSuchOverload()')}`);
  }

  /** True where generated code yields a bool whatever the input. */
  isBool(expr: CelExpr): boolean {
    switch (expr.kind) {
      case 'literal':
        return expr.value.type === 'bool';
      case 'has':
      case 'logical':
        return true;
      case 'unary':
        return expr.operator === '!';
      case 'binary':
        return !['+', '-', '*', '/', '%'].includes(expr.operator);
      case 'comprehension':
        return ['all', 'exists', 'existsOne'].includes(expr.macro);
      case 'call':
        return expr.name === 'hasValue' && expr.args.length === 0;
      default:
        return false;
    }
  }

  /** An expression of optional type as an atom that is undefined for none. */
  optionalOperand(expr: CelExpr): string {
    if (isOptionalChain(expr)) return optionalAtom(this, expr);
    return this.out.letThrowing(`rt.optionalValue(${this.value(expr)})`);
  }

  #optionalMap(target: CelExpr, name: string, flat: boolean, body: CelExpr): string {
    const value = this.optionalOperand(target);
    const result = this.out.let('rt.none');
    this.out.emit(`if (${value} !== undefined) {`);
    const mapped = this.within([[name, value]], () => this.value(body));
    this.out.emit(`${result} = ${flat ? mapped : `rt.optional(${mapped})`};`);
    this.out.emit('}');
    return result;
  }

  #block(bindings: readonly CelExpr[], body: CelExpr): string {
    const [first, ...rest] = bindings;
    const bound = bindings.length;
    if (first === undefined) return this.value(body);
    const names: [string, string][] = [];
    for (const [at, binding] of [first, ...rest].entries()) {
      names.push([`@index${at}`, this.within(names, () => this.value(binding))]);
    }
    return this.within(names.slice(0, bound), () => this.value(body));
  }
}

/** Names that plain JavaScript objects inherit must be asked for as own properties. */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}

/** Source of a field read that is undefined where the field is absent. */
export function fieldSource(
  operand: string,
  field: string,
  reader: 'fieldOf' | 'optionalField' = 'fieldOf',
): string {
  const key = stringSource(field);
  const slow = `rt.${reader}(${operand}, ${key})`;
  return isInherited(field) ? slow : `(rt.isMap(${operand}) ? ${operand}[${key}] : ${slow})`;
}
