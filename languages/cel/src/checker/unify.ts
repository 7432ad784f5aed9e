import { dyn, type Type } from './types.ts';

/** What type variables stand for while one expression is checked. */
export class Substitution {
  #bound: Map<string, Type> = new Map();
  #fresh = 0;

  variable(): Type {
    return { name: `_${++this.#fresh}`, parameters: [], variable: true };
  }

  /** A type with its variables replaced by fresh ones, the same for all that share `names`. */
  instantiate(type: Type, names: Map<string, Type>): Type {
    if (type.variable) {
      const known = names.get(type.name) ?? this.variable();
      names.set(type.name, known);
      return known;
    }
    if (type.parameters.length === 0) return type;
    return { ...type, parameters: type.parameters.map((parameter) => this.instantiate(parameter, names)) };
  }

  /** The type with bound variables replaced; `open` is what free ones become. */
  resolve(type: Type, open?: Type): Type {
    if (type.variable) {
      const bound = this.#bound.get(type.name);
      return bound === undefined ? (open ?? type) : this.resolve(bound, open);
    }
    if (type.parameters.length === 0) return type;
    return { ...type, parameters: type.parameters.map((parameter) => this.resolve(parameter, open)) };
  }

  /** True where every `from` can stand where the `to` beside it is wanted; else nothing is bound. */
  assignAll(to: readonly Type[], from: readonly Type[]): boolean {
    if (to.length !== from.length) return false;
    const saved = new Map(this.#bound);
    if (to.every((type, at) => this.#assign(type, from[at] ?? dyn))) return true;
    this.#bound = saved;
    return false;
  }

  assign(to: Type, from: Type): boolean {
    return this.assignAll([to], [from]);
  }

  #assign(to: Type, from: Type): boolean {
    if (to.variable) return this.#assignVariable(to, from, true);
    if (from.variable) return this.#assignVariable(from, to, false);
    if (to.name === 'dyn' || from.name === 'dyn') return true;
    if (to.name === 'wrapper' || from.name === 'wrapper') return this.#assignWrapper(to, from);
    if (from.name === 'null_type') return acceptsNull(to);
    if (to.name === 'type' && from.name === 'type') return true;
    if (to.name !== from.name) return false;
    if (to.parameters.length !== from.parameters.length)
      return to.parameters.length * from.parameters.length === 0;
    return to.parameters.every((type, at) => this.#assign(type, from.parameters[at] ?? dyn));
  }

  #assignVariable(variable: Type, other: Type, toVariable: boolean): boolean {
    const bound = this.#bound.get(variable.name);
    const resolved = this.resolve(other);
    if (resolved.variable && resolved.name === variable.name) return true;
    if (bound === undefined) {
      if (this.#mentions(resolved, variable.name)) return false;
      this.#bound.set(variable.name, resolved);
      return true;
    }
    const fits = toVariable ? this.#assign(bound, resolved) : this.#assign(resolved, bound);
    if (!fits) return false;
    const general = this.mostGeneral(bound, resolved);
    if (!this.#mentions(general, variable.name)) this.#bound.set(variable.name, general);
    return true;
  }

  #assignWrapper(to: Type, from: Type): boolean {
    const inner = (type: Type) => (type.name === 'wrapper' ? (type.parameters[0] ?? dyn) : type);
    if (from.name === 'null_type' || to.name === 'null_type') return true;
    return this.#assign(inner(to), inner(from));
  }

  #mentions(type: Type, name: string): boolean {
    const resolved = this.resolve(type);
    if (resolved.variable) return resolved.name === name;
    return resolved.parameters.some((parameter) => this.#mentions(parameter, name));
  }

  /** Of two compatible types the one that takes more values. */
  mostGeneral(a: Type, b: Type): Type {
    return this.#isMoreGeneral(this.resolve(a), this.resolve(b)) ? a : b;
  }

  #isMoreGeneral(a: Type, b: Type): boolean {
    if (a.name === 'dyn' || a.variable) return true;
    if (b.name === 'dyn' || b.variable) return false;
    if (b.name === 'null_type' && a.name !== 'null_type') return true;
    if (a.name === 'wrapper' && b.name !== 'wrapper') return true;
    if (a.name !== b.name || a.parameters.length !== b.parameters.length) return false;
    return a.parameters.every((parameter, at) => this.#isMoreGeneral(parameter, b.parameters[at] ?? dyn));
  }
}

/** Messages and opaque types may be null; scalars, lists and maps may not. */
function acceptsNull(type: Type): boolean {
  const scalars = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'type'];
  return !scalars.includes(type.name);
}
