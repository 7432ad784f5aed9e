/** Numbers from a seed, so that a difference can be found again. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  odds(chance: number): boolean {
    return this.next() < chance;
  }
}

interface RuleName {
  readonly name: string;
  readonly kind: 'value' | 'set' | 'object' | 'deep' | 'function';
}

/** Documents that generated policies speak of. */
export const data = {
  d: {
    nums: [1, 2, 3, 2, -1],
    objs: [
      { id: 'a', n: 1, tags: ['x', 'y'], in: { k: 'a' } },
      { id: 'b', n: 2, tags: [], in: { k: 'b', l: 2 } },
      { id: 'c', n: 2, tags: ['y', 'z'], in: { k: 'a' } },
      { id: 'd', tags: ['x'], off: false },
    ],
    map: { a: { n: 1 }, b: { n: 2, m: null }, c: { n: 3 } },
  },
  t: { base: { p: 1 } },
};

export const input = {
  a: { b: 1, c: [1, 2, 'x'] },
  list: ['a', 'b', 'a'],
  s: 'a',
  n: 2,
  f: false,
  z: null,
  one: 1,
  two: 2,
  k: { k: 'a' },
  pair: ['a', 1],
  m: { a: 1, b: 'x' },
};

/** A policy of small rules that refer to those before them. */
export function generatePolicy(seed: number): string {
  return new Generator(new Chance(seed)).policy();
}

class Generator {
  readonly #chance: Chance;
  readonly #rules: RuleName[] = [];
  #locals: string[] = [];
  #counter = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  policy(): string {
    const lines = ['package t', ''];
    const count = 3 + this.#chance.below(6);
    for (let i = 0; i < count; i++) lines.push(...this.#rule(i), '');
    return lines.join('\n');
  }

  #rule(i: number): readonly string[] {
    const kind = this.#chance.pick<RuleName['kind']>(['value', 'value', 'set', 'object', 'deep', 'function']);
    const name = `${kind === 'function' ? 'f' : 'r'}${i}`;
    const lines: string[] = [];
    if (kind === 'value' && this.#chance.odds(0.2))
      lines.push(`default ${name} := ${this.#chance.pick(['0', '"none"', 'false'])}`);
    const definitions =
      kind === 'value' || kind === 'function'
        ? 1 + Number(this.#chance.odds(0.15))
        : 1 + this.#chance.below(3);
    for (let n = 0; n < definitions; n++) lines.push(this.#definition(name, kind));
    this.#rules.push({ name, kind });
    return lines;
  }

  #definition(name: string, kind: RuleName['kind']): string {
    this.#locals = kind === 'function' ? ['x'] : [];
    const body = this.#body(1 + this.#chance.below(3));
    const value = this.#chance.odds(0.4) ? this.#chance.pick(['1', 'true', '"v"', 'false']) : this.#term(1);
    switch (kind) {
      case 'value': {
        const other = this.#chance.odds(0.3) ? ` else := ${this.#chance.pick(['3', '"e"', 'input.n'])}` : '';
        return `${name} := ${value} if {\n${body}\n}${other}`;
      }
      case 'set':
        return `${name} contains ${this.#term(1)} if {\n${body}\n}`;
      case 'object':
        return `${name}[${this.#key()}] := ${value} if {\n${body}\n}`;
      case 'deep':
        return this.#chance.odds(0.5)
          ? `${name}[${this.#key()}].k[${this.#key()}] := ${value} if {\n${body}\n}`
          : `${name}[${this.#key()}] contains ${this.#term(0)} if {\n${body}\n}`;
      case 'function':
        return `${name}(x) := ${value} if {\n${body}\n}`;
    }
  }

  #key(): string {
    const local = this.#locals.at(-1);
    return local !== undefined && this.#chance.odds(0.8)
      ? local
      : this.#chance.pick(['"a"', '"b"', 'input.s']);
  }

  #body(statements: number): string {
    return Array.from({ length: statements }, () => `\t${this.#statement()}`).join('\n');
  }

  #fresh(): string {
    return `v${this.#counter++}`;
  }

  #statement(): string {
    const name = this.#fresh();
    switch (this.#chance.below(14)) {
      case 0:
      case 1:
      case 2: {
        const text = `some ${name} in ${this.#collection()}`;
        this.#locals.push(name);
        return text;
      }
      case 3: {
        const key = this.#fresh();
        const text = `some ${key}, ${name} in ${this.#collection()}`;
        this.#locals.push(key, name);
        return text;
      }
      case 4:
      case 5: {
        const text = `${name} := ${this.#term(2)}`;
        this.#locals.push(name);
        return text;
      }
      case 6:
      case 7:
        return this.#comparison();
      case 8:
        return `not ${this.#chance.odds(0.5) ? this.#comparison() : this.#reference()}`;
      case 9: {
        const outer = [...this.#locals];
        const domain = this.#collection();
        this.#locals = [...outer, name];
        const body = `${name} ${this.#chance.pick(['==', '!=', '>='])} ${this.#term(1)}`;
        this.#locals = outer;
        return `every ${name} in ${domain} { ${body} }`;
      }
      case 10: {
        const text = `${name} := ${this.#reference()} with input.${this.#chance.pick(['s', 'n', 'list', 'a.b'])} as ${this.#term(0)}`;
        this.#locals.push(name);
        return text;
      }
      case 11: {
        const text = `${name} := ${this.#reference()} with data.d.${this.#chance.pick(['nums', 'map.a', 'objs'])} as ${this.#chance.pick(['[3, 4]', '{"n": 9}', '[]'])}`;
        this.#locals.push(name);
        return text;
      }
      case 12: {
        const row = this.#fresh();
        const text = `${row} := data.d.objs[_]; ${row}.${this.#chance.pick(['id', 'n', 'in.k'])} == ${this.#term(0)}; ${name} := ${row}.${this.#chance.pick(['id', 'tags', 'in'])}`;
        this.#locals.push(row, name);
        return text;
      }
      default:
        return `${this.#term(0)} in ${this.#collection()}`;
    }
  }

  #comparison(): string {
    return `${this.#term(1)} ${this.#chance.pick(['==', '!=', '<', '>=', '='])} ${this.#term(1)}`;
  }

  #reference(): string {
    const rule = this.#rules[this.#chance.below(this.#rules.length + 1)];
    if (rule === undefined || this.#chance.odds(0.3))
      return this.#chance.pick([
        'input.a.b',
        'input.s',
        'input.missing',
        'input.list[1]',
        'data.d.map.a.n',
        'data.d.objs[2].in.k',
        'data.d.map',
        'data.t.base',
        'input.f',
      ]);
    switch (rule.kind) {
      case 'value':
        return rule.name;
      case 'function':
        return `${rule.name}(${this.#term(0)})`;
      case 'set':
        return this.#chance.odds(0.5) ? rule.name : `${rule.name}[${this.#term(0)}]`;
      default:
        return this.#chance.odds(0.4) ? rule.name : `${rule.name}[${this.#key()}]`;
    }
  }

  #term(depth: number): string {
    const local = this.#locals[this.#chance.below(this.#locals.length + 1)];
    if (local !== undefined && this.#chance.odds(0.6)) return local;
    if (depth === 0)
      return this.#chance.pick([
        'input.one',
        'input.two',
        'input.s',
        'input.n',
        'input.z',
        'input.list[0]',
        'input.a.c[2]',
        'input.k.k',
      ]);
    switch (this.#chance.below(9)) {
      case 0:
        return `[${this.#term(depth - 1)}, ${this.#term(depth - 1)}]`;
      case 1:
        return `{"k": ${this.#term(depth - 1)}}`;
      case 2:
        return `count(${this.#collection()})`;
      case 3:
        return this.#comprehension();
      case 4:
        return `{${this.#term(depth - 1)}}`;
      default:
        return this.#reference();
    }
  }

  #comprehension(): string {
    const name = this.#fresh();
    const outer = this.#locals;
    const collection = this.#collection();
    this.#locals = [...outer, name];
    const filter = this.#chance.odds(0.5) ? `; ${this.#comparison()}` : '';
    const term = this.#term(0);
    this.#locals = outer;
    const body = `some ${name} in ${collection}${filter}`;
    return this.#chance.pick([`[${term} | ${body}]`, `{${term} | ${body}}`, `{${name}: ${term} | ${body}}`]);
  }

  #collection(): string {
    const rule = this.#rules[this.#chance.below(this.#rules.length + 1)];
    if (rule !== undefined && rule.kind !== 'function' && rule.kind !== 'value' && this.#chance.odds(0.5))
      return rule.name;
    const local = this.#locals.at(-1);
    if (local !== undefined && this.#chance.odds(0.15)) return local;
    return this.#chance.pick([
      'data.d.nums',
      'data.d.objs',
      'data.d.map',
      'input.list',
      'input.a',
      'input.a.c',
      'input.m',
      'input.pair',
      '{x | some x in input.a.c}',
      'data.d.objs[0].tags',
    ]);
  }
}
