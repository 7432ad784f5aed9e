/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const shreds = [
  'a',
  'b',
  'key',
  '- ',
  '- ',
  '? ',
  ': ',
  ': ',
  ': ',
  ':',
  '\n',
  '\n',
  '\n',
  '\n  ',
  '\n  ',
  '\n    ',
  '\n- ',
  '\n\n',
  '  ',
  ' ',
  '#',
  '# c',
  ' #c',
  '\t',
  '"',
  '"x"',
  "'y'",
  "'",
  '"a\\n"',
  '"\\x41"',
  '[',
  ']',
  '{',
  '}',
  ', ',
  ',',
  '|',
  '>',
  '|-',
  '|+',
  '>-',
  '|2',
  '>1-',
  '&a ',
  '*a',
  '!!str ',
  '!!int ',
  '!foo ',
  '! ',
  '<<: ',
  '<<',
  '~',
  'null',
  'yes',
  '0644',
  '1_000',
  '1e3',
  '.5',
  '-1',
  '0x1F',
  '.inf',
  '2024-01-02',
  '12:30:45',
  'true',
  '%',
  '%YAML 1.1\n',
  '---',
  '\n---\n',
  '\n...\n',
  '@',
  '`',
  'foo bar',
  'x: y',
  'a: 1\n',
  'b:\n  c: 1\n',
  '\r\n',
  '\u2028',
  '\u0085',
  'é',
  '😀',
  '-',
  '?',
  '\\',
];

const scalars = [
  'a',
  'foo bar',
  'yes',
  '"q: x"',
  "'it''s'",
  '1',
  '1.5',
  '0x10',
  '~',
  '',
  '2001-1-1',
  '"\\u00e9"',
  '&a v',
  '*a',
  '!!str 1',
  'x # c',
  '- -',
  'multi\n            line',
  'two\n\n            lines # c',
  'http://a:80/x',
  'a:b',
  '-1',
  '.5',
  '.inf',
  '"a\n    b"',
  "'a\n\n   b'",
  '|\n            lit\n             more\n',
  '|-\n            x\n\n            y',
  '|+\n            k\n\n',
  '>-\n            f1\n            f2\n\n            f3\n',
  '[1, a: b, {c}]',
  '[a, "b", \'c\', -1, d e]',
  '{a: 1, "b":2, ? c : d}',
  '{a: 1, b: {c: [x, y]}, "d e": f}',
  '[\n a,\n b ]',
  '{}',
  '[]',
  '[ ]',
  '"x"',
  '"a\\tb"',
  "''",
  '""',
  '100m',
  '1Gi',
  '8080',
  'v1.2.3',
];

/** What the fast path is made for; most scalars come from here so that it is really put to the test. */
const tameScalars = [
  'a',
  'foo bar',
  'yes',
  '"q: x"',
  '1',
  '1.5',
  '',
  'x # c',
  'http://a:80/x',
  'a:b',
  '-1',
  '[]',
  '{}',
  '"x"',
  "'y'",
  '100m',
  '[a, "b", \'c\', d e]',
  '{a: 1, b: {c: [x, y]}}',
  '|\n            lit\n             more\n',
  'multi\n            line',
  '0644',
  'null',
  '~',
  '"a\\tb"',
  '|-\n            x',
  '>-\n            f1\n            f2\n',
  'v1',
  '8080',
  'two\n\n            lines',
];

const keys = [
  'a',
  'b',
  'c',
  'name',
  '"d"',
  "'q'",
  '1',
  'yes',
  '<<',
  '1.5e7',
  'e f',
  'a/b.c',
  '"x\\ty"',
  'key ',
  '-x',
  '~',
  '__proto__',
  'constructor',
];
const tameKeys = ['a', 'b', 'c', 'name', 'kind', 'e f', 'a/b.c', '"d"', "'q'", 'yes', '__proto__'];
const fillers = ['\n', '# c\n', '   # d\n', '  \n'];

/** Makes texts that look like manifests, and texts that hardly look like YAML at all. */
export class YamlGenerator {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  next(): string {
    return this.#chance(0.15) ? this.#shredded() : this.#stream();
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<T>(list: readonly [T, ...T[]] | readonly T[], fallback: T): T {
    return list[Math.floor(this.#random() * list.length)] ?? fallback;
  }

  #shredded(): string {
    const parts = Array.from({ length: 1 + Math.floor(this.#random() * 12) }, () => this.#pick(shreds, ''));
    return parts.join('');
  }

  #stream(): string {
    const documents = [this.#document()];
    while (this.#chance(0.15)) documents.push(this.#document());
    const text = documents.join('---\n');
    if (this.#chance(0.05)) return text.replaceAll('\n', '\r\n');
    return this.#chance(0.1) ? text.trimEnd() : text;
  }

  #document(): string {
    const text = this.#chance(0.6) ? this.#mapping(0, 0) : this.#sequence(0, 0);
    if (!this.#chance(0.1)) return text;
    // One damaged place, as a slip of the hand makes it.
    const at = Math.floor(this.#random() * text.length);
    return text.slice(0, at) + this.#pick(shreds, '') + text.slice(at + Math.floor(this.#random() * 3));
  }

  #scalar(): string {
    return this.#chance(0.97) ? this.#pick(tameScalars, '') : this.#pick(scalars, '');
  }

  #filler(): string {
    return this.#chance(0.1) ? this.#pick(fillers, '') : '';
  }

  #mapping(column: number, depth: number): string {
    let out = '';
    const used = new Set<string>();
    for (let i = 0; i < 1 + Math.floor(this.#random() * 4); i++) {
      const key = this.#chance(0.95) ? this.#pick(tameKeys, 'a') : this.#pick(keys, 'a');
      if (used.has(key) && this.#chance(0.97)) continue;
      used.add(key);
      out += `${this.#filler()}${' '.repeat(column)}${key}:${this.#value(column, depth)}`;
    }
    return out;
  }

  #value(column: number, depth: number): string {
    if (depth > 3 || this.#chance(0.5)) return ` ${this.#scalar()}${this.#chance(0.1) ? ' # c' : ''}\n`;
    const head = this.#chance(0.1) ? this.#pick([' # c', ' # c', ' ', ' ', ' &a', ' !!map'], '') : '';
    const step = this.#pick([1, 2, 2, 2, 4], 2);
    if (this.#chance(0.6)) return `${head}\n${this.#mapping(column + step, depth + 1)}`;
    return `${head}\n${this.#sequence(column + this.#pick([0, 0, 2, 4], 0), depth + 1)}`;
  }

  #sequence(column: number, depth: number): string {
    let out = '';
    for (let i = 0; i < 1 + Math.floor(this.#random() * 3); i++) {
      out += `${this.#filler()}${' '.repeat(column)}-${this.#item(column, depth)}`;
    }
    return out;
  }

  #item(column: number, depth: number): string {
    if (depth > 3 || this.#chance(0.4)) return ` ${this.#scalar()}\n`;
    const gap = this.#pick([1, 1, 1, 3], 1);
    const inner = column + 1 + gap;
    const block = this.#chance(0.7) ? this.#mapping(inner, depth + 1) : this.#sequence(inner, depth + 1);
    const isCompact = this.#chance(0.8) && block.startsWith(' '.repeat(inner));
    return isCompact ? ' '.repeat(gap) + block.slice(inner) : `\n${block}`;
  }
}
