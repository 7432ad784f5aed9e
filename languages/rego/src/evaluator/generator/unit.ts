import { EvaluationError, limitError } from '../runtime/failure.ts';

/** A stretch of generated code: lines and, between them, stretches that are still being filled. */
export class Block {
  readonly #parts: (string | Block)[] = [];
  readonly #declarations: string[] = [];

  line(text: string): void {
    this.#parts.push(text);
  }

  /** Opens `{ … }` between `head` and `tail` at this place. */
  open(head: string, tail = ''): Block {
    const inner = new Block();
    this.#parts.push(`${head}{`, inner, `}${tail}`);
    return inner;
  }

  /**
   * Opens a function at this place, to be returned or, with a name, to be called below. It stands in parentheses, which
   * make V8 compile it with the text around it and not read it twice, since a text is made to be run at once.
   */
  function(name: string | undefined, parameters: readonly string[]): Block {
    const before = name === undefined ? 'return' : `const ${name} =`;
    return this.open(`${before} (function (${parameters.join(', ')}) `, ');');
  }

  /** A variable declared at the start of the block, for what is worked out below it once. */
  declare(name: string): void {
    this.#declarations.push(name);
  }

  write(lines: string[]): void {
    if (this.#declarations.length > 0) lines.push(`let ${this.#declarations.join(', ')};`);
    for (const part of this.#parts) {
      if (typeof part === 'string') lines.push(part);
      else part.write(lines);
    }
  }
}

/**
 * One text of generated JavaScript and what it refers to. No text of a policy gets into it but through
 * `literal`; every name comes from a counter, and all else is handed over in the array of constants.
 */
export class Unit<Runtime extends object> {
  readonly root = new Block();
  readonly #maxLength: number;
  readonly #constants: unknown[] = [];
  readonly #names = new Map<unknown, string>();
  readonly #used = new Set<string>();
  #counter = 0;

  /** @param maxLength characters that the text may have. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  fresh(prefix = 't'): string {
    return `${prefix}${this.#counter++}`;
  }

  /** The name of a value that is handed over. */
  constant(value: unknown): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = `k${this.#constants.length}`;
    this.#constants.push(value);
    this.#names.set(value, name);
    return name;
  }

  /** The name of a function of the run time. */
  use(name: keyof Runtime & string): string {
    this.#used.add(name);
    return name;
  }

  text(): string {
    const lines = ["'use strict';"];
    if (this.#used.size > 0) lines.push(`const {${[...this.#used].join(', ')}} = runtime;`);
    if (this.#constants.length > 0)
      lines.push(`const [${this.#constants.map((_, i) => `k${i}`).join(', ')}] = constants;`);
    this.root.write(lines);
    return lines.join('\n');
  }

  /**
   * Runs the text, which returns a function.
   *
   * @throws EvaluationError eval_limit_error where loops are nested deeper than JavaScript can be read, or the
   *   text is too long.
   */
  compile(runtime: Runtime): unknown {
    const text = this.text();
    if (text.length > this.#maxLength) throw limitError('maxCodeLength', this.#maxLength);
    try {
      const factory = new Function('runtime', 'constants', text);
      return factory(runtime, this.#constants);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new EvaluationError('eval_limit_error', 'loops are nested deeper than the call stack allows');
    }
  }
}

/** JavaScript for a text of a policy. */
export function literal(text: string): string {
  // A JSON text is a JavaScript literal; separators of lines are escaped for readers of older grammars.
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
