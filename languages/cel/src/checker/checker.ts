import type { CelEnvironment } from '../environment.ts';
import { type CelError, errorAt } from '../error.ts';
import type { CallExpr, CelExpr, ComprehensionExpr } from '../syntax/ast.ts';
import { qualifiedName } from '../syntax/ast.ts';
import { operatorNames } from './operators.ts';
import { bool, dyn, formatType, int, parseType, simple, type Type } from './types.ts';
import { Substitution } from './unify.ts';

/** Deduces the type of an expression. Throws CelError CEL_TYPE. */
export function checkExpr(expr: CelExpr, environment: CelEnvironment, source: string): Type {
  return new Checker(environment, source).check(expr);
}

const literalTypes = { null: 'null_type' } as const;

class Checker {
  readonly #environment: CelEnvironment;
  readonly #source: string;
  readonly #substitution = new Substitution();
  #scope: ReadonlyMap<string, Type> = new Map();

  constructor(environment: CelEnvironment, source: string) {
    this.#environment = environment;
    this.#source = source;
  }

  check(expr: CelExpr): Type {
    return this.#substitution.resolve(this.#type(expr), dyn);
  }

  #error(message: string, expr: CelExpr): CelError {
    return errorAt('CEL_TYPE', message, this.#source, expr.start);
  }

  #within<T>(bindings: readonly (readonly [string, Type])[], body: () => T): T {
    const saved = this.#scope;
    this.#scope = new Map([...saved, ...bindings]);
    const result = body();
    this.#scope = saved;
    return result;
  }

  #type(expr: CelExpr): Type {
    switch (expr.kind) {
      case 'literal':
        return simple(expr.value.type === 'null' ? literalTypes.null : expr.value.type);
      case 'ident':
        return this.#named(expr) ?? this.#undeclared(expr.name, expr);
      case 'select':
        return this.#named(expr) ?? this.#field(this.#type(expr.operand), expr, expr.optional);
      case 'has':
        this.#field(this.#type(expr.operand), expr, false);
        return bool;
      case 'index':
        return this.#index(expr);
      case 'call':
        return this.#call(expr);
      case 'binary': {
        const args = [this.#type(expr.left), this.#type(expr.right)];
        return this.#overload(operatorNames[expr.operator] ?? '', `_${expr.operator}_`, args, expr);
      }
      case 'unary': {
        const name = expr.operator === '!' ? 'op_not' : 'op_neg';
        return this.#overload(name, `${expr.operator}_`, [this.#type(expr.operand)], expr);
      }
      case 'logical':
        for (const operand of expr.operands) this.#require(bool, operand);
        return bool;
      case 'conditional':
        this.#require(bool, expr.condition);
        return this.#same(this.#type(expr.whenTrue), this.#type(expr.whenFalse), expr);
      case 'list':
        return simple(
          'list',
          this.#join(expr.elements.map((item) => this.#element(item.value, item.optional))),
        );
      case 'map': {
        const keys = this.#join(expr.entries.map((entry) => this.#type(entry.key)));
        const values = this.#join(expr.entries.map((entry) => this.#element(entry.value, entry.optional)));
        return simple('map', keys, values);
      }
      case 'message':
        throw this.#error(`undeclared reference to '${expr.name}'`, expr);
      case 'comprehension':
        return this.#comprehension(expr);
      case 'bind': {
        const value = this.#type(expr.value);
        return this.#within([[expr.name, value]], () => this.#type(expr.body));
      }
      case 'optionalMap': {
        const target = this.#optionalOf(this.#type(expr.target), expr.target);
        const body = this.#within([[expr.name, target]], () => this.#type(expr.body));
        return simple('optional_type', expr.flat ? this.#optionalOf(body, expr.body) : body);
      }
      case 'block': {
        const names: [string, Type][] = [];
        expr.bindings.forEach((binding, at) => {
          names.push([`@index${at}`, this.#within(names, () => this.#type(binding))]);
        });
        return this.#within(names, () => this.#type(expr.body));
      }
    }
  }

  #undeclared(name: string, expr: CelExpr): never {
    throw this.#error(
      `undeclared reference to '${name}' (in container '${this.#environment.container}')`,
      expr,
    );
  }

  #require(wanted: Type, expr: CelExpr): void {
    const found = this.#type(expr);
    if (this.#substitution.assign(wanted, found)) return;
    throw this.#error(
      `expected type '${formatType(wanted)}' but found '${formatType(this.#substitution.resolve(found))}'`,
      expr,
    );
  }

  #named(expr: CelExpr): Type | undefined {
    const name = qualifiedName(expr);
    if (name === undefined) return undefined;
    if (!name.absolute && this.#scope.has(name.root)) {
      return expr.kind === 'ident' ? this.#scope.get(name.root) : undefined;
    }
    const found = this.#environment.resolve(name.name, name.absolute);
    if (found === undefined) return undefined;
    if (found.kind === 'variable') return this.#substitution.instantiate(parseType(found.type), new Map());
    if (found.kind === 'constant')
      return simple(found.value.type === 'null' ? 'null_type' : found.value.type);
    return simple('type', this.#typeNamed(found.name));
  }

  #typeNamed(name: string): Type {
    if (name === 'list') return simple('list', dyn);
    if (name === 'map') return simple('map', dyn, dyn);
    return simple(name);
  }

  /** The type of a field; through an optional the field is optional too. */
  #field(operandType: Type, expr: CelExpr & { kind: 'select' | 'has' }, optional: boolean): Type {
    const type = this.#substitution.resolve(operandType);
    const wrap = (field: Type) => (optional ? simple('optional_type', field) : field);
    if (type.name === 'optional_type') {
      const field = this.#field(type.parameters[0] ?? dyn, expr, false);
      return simple('optional_type', field);
    }
    if (type.variable || type.name === 'dyn') return wrap(dyn);
    if (type.name === 'map') return wrap(type.parameters[1] ?? dyn);
    throw this.#error(`type '${formatType(type)}' does not support field selection`, expr);
  }

  #index(expr: CelExpr & { kind: 'index' }): Type {
    const operand = this.#substitution.resolve(this.#type(expr.operand));
    const index = this.#type(expr.index);
    const through = operand.name === 'optional_type';
    const target = through ? (operand.parameters[0] ?? dyn) : operand;
    const element = this.#overload('op_index', '_[_]', [target, index], expr);
    return through || expr.optional ? simple('optional_type', element) : element;
  }

  #optionalOf(type: Type, expr: CelExpr): Type {
    const inner = this.#substitution.variable();
    if (this.#substitution.assign(simple('optional_type', inner), type)) {
      return type.name === 'dyn' ? dyn : inner;
    }
    throw this.#error(`expected type 'optional_type(A)' but found '${formatType(type)}'`, expr);
  }

  #element(expr: CelExpr, optional: boolean): Type {
    const type = this.#type(expr);
    return optional ? this.#optionalOf(this.#substitution.resolve(type), expr) : type;
  }

  /** The one type of several values, dyn where they differ. */
  #join(types: readonly Type[]): Type {
    const [first, ...rest] = types;
    if (first === undefined) return this.#substitution.variable();
    let joined = first;
    for (const type of rest) {
      joined = this.#substitution.assign(joined, type) ? this.#substitution.mostGeneral(joined, type) : dyn;
    }
    return joined;
  }

  /** Both branches of a conditional have one type. */
  #same(a: Type, b: Type, expr: CelExpr): Type {
    const shared = this.#substitution.variable();
    if (this.#substitution.assignAll([shared, shared], [a, b])) return shared;
    throw this.#noOverload('_?_:_', [bool, a, b], expr);
  }

  #noOverload(shown: string, args: readonly Type[], expr: CelExpr): CelError {
    const types = args.map((arg) => formatType(this.#substitution.resolve(arg, dyn))).join(', ');
    return this.#error(`found no matching overload for '${shown}' applied to '(${types})'`, expr);
  }

  #overload(name: string, shown: string, args: readonly Type[], expr: CelExpr): Type {
    let result: Type | undefined;
    for (const signature of this.#environment.signatures(name)) {
      const names = new Map<string, Type>();
      const parameters = signature.parameters.map((type) => this.#substitution.instantiate(type, names));
      if (!this.#substitution.assignAll(parameters, args)) continue;
      const found = this.#substitution.resolve(this.#substitution.instantiate(signature.result, names));
      if (result === undefined) result = found;
      else if (formatType(result) !== formatType(found)) result = dyn;
    }
    if (result === undefined) throw this.#noOverload(shown, args, expr);
    return result;
  }

  #call(expr: CallExpr): Type {
    const { name, target } = expr;
    const signature = this.#globalName(expr);
    if (signature !== undefined) {
      return this.#overload(
        signature,
        signature,
        expr.args.map((arg) => this.#type(arg)),
        expr,
      );
    }
    if (target !== undefined && this.#environment.signatures(`.${name}`).length > 0) {
      return this.#overload(
        `.${name}`,
        name,
        [target, ...expr.args].map((arg) => this.#type(arg)),
        expr,
      );
    }
    return this.#undeclared(name, expr);
  }

  #globalName(expr: CallExpr): string | undefined {
    const { name, target } = expr;
    if (target === undefined) return this.#environment.resolveFunction(name, expr.absolute);
    const scope = qualifiedName(target);
    if (scope === undefined || (!scope.absolute && this.#scope.has(scope.root))) return undefined;
    return this.#environment.resolveFunction(`${scope.name}.${name}`, scope.absolute);
  }

  #comprehension(expr: ComprehensionExpr): Type {
    const range = this.#substitution.resolve(this.#type(expr.range));
    const [keys, values] = this.#rangeTypes(range, expr);
    const [first = '', second] = expr.variables;
    const list = range.name === 'list';
    const bindings: [string, Type][] =
      second === undefined
        ? [[first, list ? values : keys]]
        : [
            [first, keys],
            [second, values],
          ];
    return this.#within(bindings, () => this.#comprehensionResult(expr, list ? values : keys, keys));
  }

  #rangeTypes(range: Type, expr: ComprehensionExpr): [Type, Type] {
    if (range.name === 'list') return [int, range.parameters[0] ?? dyn];
    if (range.name === 'map') return [range.parameters[0] ?? dyn, range.parameters[1] ?? dyn];
    if (range.name === 'dyn' || range.variable) return [dyn, dyn];
    const message = `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
    throw this.#error(message, expr.range);
  }

  #comprehensionResult(expr: ComprehensionExpr, element: Type, key: Type): Type {
    if (expr.filter !== undefined) this.#require(bool, expr.filter);
    switch (expr.macro) {
      case 'all':
      case 'exists':
      case 'existsOne':
        this.#require(bool, expr.body);
        return bool;
      case 'filter':
        this.#require(bool, expr.body);
        return simple('list', element);
      case 'sortBy':
        this.#type(expr.body);
        return simple('list', element);
      case 'transformMap':
        return simple('map', key, this.#type(expr.body));
      case 'transformMapEntry':
        return this.#type(expr.body);
      default:
        return simple('list', this.#type(expr.body));
    }
  }
}
