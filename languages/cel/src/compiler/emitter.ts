/** Where generated code goes when an evaluation step fails inside the operand of an absorbing operator. */
interface FailTarget {
  readonly error: string;
  readonly label: string;
  used: boolean;
}

/**
 * Writes the statements of one generated function. Every value an expression yields is an atom: a literal
 * or a variable, so that it may be repeated freely. Names are `t1`, `k2`…: never text of the expression.
 */
export class Emitter {
  #lines: string[] = [];
  readonly #constants = new Map<string, string>();
  #counter = 0;
  #target: FailTarget | undefined;
  #throws = false;

  emit(line: string): void {
    this.#lines.push(line);
  }

  name(prefix: string): string {
    return `${prefix}${++this.#counter}`;
  }

  /** Declares a variable holding a value that cannot fail to be computed. */
  let(source?: string): string {
    const name = this.name('t');
    this.emit(source === undefined ? `let ${name};` : `let ${name} = ${source};`);
    return name;
  }

  /** As `let`, for source that may throw a fault. */
  letThrowing(source: string): string {
    this.#throws = true;
    return this.let(source);
  }

  /** Notes that the statements being written may throw a fault. */
  markThrowing(): void {
    this.#throws = true;
  }

  /** A constant computed once, before the first evaluation. */
  constant(source: string): string {
    let name = this.#constants.get(source);
    if (name === undefined) {
      name = this.name('k');
      this.#constants.set(source, name);
    }
    return name;
  }

  /** The statement that ends evaluation of the current operand with a fault. */
  fail(fault: string): string {
    if (this.#target === undefined) {
      this.#throws = true;
      return `throw ${fault};`;
    }
    this.#target.used = true;
    return `{ ${this.#target.error} = ${fault}; break ${this.#target.label}; }`;
  }

  /**
   * Writes what `body` writes so that a fault in it lands in the variable `error`. Yields whether one can
   * happen at all; if not, the code stands as it is.
   */
  absorbing(error: string, body: () => void): boolean {
    const saved = { lines: this.#lines, target: this.#target, throws: this.#throws };
    const target: FailTarget = { error, label: this.name('f'), used: false };
    this.#lines = [];
    this.#target = target;
    this.#throws = false;
    body();
    const written = this.#lines;
    const throws = this.#throws;
    this.#lines = saved.lines;
    this.#target = saved.target;
    this.#throws = saved.throws;
    if (throws) written.unshift('try {');
    if (throws) written.push(`} catch (x) { ${error} = rt.absorbable(x); }`);
    this.emit(target.used ? `${target.label}: {` : '{');
    for (const line of written) this.emit(line);
    this.emit('}');
    return throws || target.used;
  }

  /** The whole function expression `(rt) => (variables) => value`. */
  finish(result: string): string {
    const constants = Array.from(this.#constants, ([source, name]) => `const ${name} = ${source};`);
    const body = [...this.#lines, `return ${result};`].join('\n');
    return `(rt) => {\n"use strict";\n${constants.join('\n')}\nreturn rt.program((variables, budget) => {\n${body}\n});\n}`;
  }
}
