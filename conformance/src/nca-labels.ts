import type { Labels } from '@keelson/netpol';

/** A test of labels as expected files write it; undefined where a text is no such test but a name. */
export function labelTest(text: string): ((labels: Labels) => boolean) | undefined {
  return /[=()!]/.test(text) ? new LabelParser(text).whole() : undefined;
}

type Test = (labels: Labels) => boolean;

/** `KEY=VALUE`, `KEY in (A,B)`, `has(KEY)`, their opposites, `and`, `or` and brackets. */
class LabelParser {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = text.match(/!=|!has(?=\()|has(?=\()|not in(?= \()|in(?= \()|[=(),]|[^\s=(),!]+/g) ?? [];
  }

  whole(): Test {
    const test = this.#either();
    if (this.#next < this.#tokens.length) throw new Error(`${this.#tokens.join(' ')} cannot be read`);
    return test;
  }

  #either(): Test {
    const tests = [this.#all()];
    while (this.#take('or')) tests.push(this.#all());
    return (labels) => tests.some((test) => test(labels));
  }

  #all(): Test {
    const tests = [this.#one()];
    while (this.#take('and')) tests.push(this.#one());
    return (labels) => tests.every((test) => test(labels));
  }

  #one(): Test {
    if (this.#take('(')) {
      const test = this.#either();
      this.#take(')');
      return test;
    }
    if (this.#take('has')) return this.#has(true);
    if (this.#take('!has')) return this.#has(false);
    const key = this.#word();
    const operator = this.#word();
    const values = this.#take('(') ? this.#list() : [this.#word()];
    const isIn: Test = (labels) => values.includes(labels.get(key) ?? '\0');
    return operator === '=' || operator === 'in' ? isIn : (labels) => !isIn(labels);
  }

  #has(wanted: boolean): Test {
    this.#take('(');
    const key = this.#word();
    this.#take(')');
    return (labels) => labels.has(key) === wanted;
  }

  #list(): string[] {
    const values: string[] = [];
    while (!this.#take(')')) {
      if (!this.#take(',')) values.push(this.#word());
    }
    return values;
  }

  #word(): string {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw new Error(`${this.#tokens.join(' ')} ends too early`);
    return token;
  }

  #take(text: string): boolean {
    if (this.#tokens[this.#next] !== text) return false;
    this.#next++;
    return true;
  }
}
