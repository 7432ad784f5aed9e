import type { RegoValue } from '../values/index.ts';
import type { FunctionDeclaration, TypeDeclaration } from './builtin.ts';

const closing: ReadonlySet<string> = new Set([']', ')', ',']);

const token = /\s*("[^"]*"|->|\.\.\.|[a-z]+|[()[\]{}|,:])/y;

/** Reads the notation of `signatures.ts`, which is ours: a text that is not in it is a fault of the program. */
export function parseSignature(text: string): FunctionDeclaration {
  return new SignatureReader(text).function();
}

class SignatureReader {
  readonly #tokens: string[] = [];
  #position = 0;

  constructor(text: string) {
    token.lastIndex = 0;
    for (let found = token.exec(text); found !== null; found = token.exec(text))
      this.#tokens.push(found[1] ?? '');
  }

  function(): FunctionDeclaration {
    const args: TypeDeclaration[] = [];
    let variadic: TypeDeclaration | undefined;
    this.#expect('(');
    while (!this.#take(')')) {
      if (this.#take('...')) variadic = this.#type();
      else args.push(this.#type());
      this.#take(',');
    }
    const result = this.#take('->') ? this.#type() : undefined;
    return {
      type: 'function',
      ...(args.length === 0 ? {} : { args }),
      ...(result === undefined ? {} : { result }),
      ...(variadic === undefined ? {} : { variadic }),
    };
  }

  #type(): TypeDeclaration {
    const first = this.#single();
    if (!this.#take('|')) return first;
    const of = [first];
    // A bar at the end is a choice of one, which is how OPA declares some arguments.
    do {
      if (closing.has(this.#tokens[this.#position] ?? '')) break;
      of.push(this.#single());
    } while (this.#take('|'));
    return { type: 'any', of };
  }

  #single(): TypeDeclaration {
    const word = this.#next();
    switch (word) {
      case 'any':
      case 'null':
      case 'boolean':
      case 'number':
      case 'string':
        return { type: word };
      case '[':
        return { type: 'array', static: this.#list(']') };
      case '{':
        return this.#members();
      case 'array':
        return { type: 'array', dynamic: this.#bracketed() };
      case 'set':
        return { type: 'set', of: this.#bracketed() };
      case 'object':
        return { type: 'object', dynamic: this.#pair(this.#expect('[')) };
    }
    throw new Error(`"${word}" is no type of a signature`);
  }

  #bracketed(): TypeDeclaration {
    this.#expect('[');
    const type = this.#type();
    this.#expect(']');
    return type;
  }

  /** `K: V]`, after the bracket that opens it. */
  #pair(_opened: string): { key: TypeDeclaration; value: TypeDeclaration } {
    const key = this.#type();
    this.#expect(':');
    const value = this.#type();
    this.#expect(']');
    return { key, value };
  }

  #list(close: string): TypeDeclaration[] {
    const types: TypeDeclaration[] = [];
    while (!this.#take(close)) {
      types.push(this.#type());
      this.#take(',');
    }
    return types;
  }

  #members(): TypeDeclaration {
    const members: { key: RegoValue; value: TypeDeclaration }[] = [];
    let dynamic: { key: TypeDeclaration; value: TypeDeclaration } | undefined;
    while (!this.#take('}')) {
      const name = this.#tokens[this.#position] ?? '';
      const key = name.startsWith('"') ? undefined : this.#type();
      if (key === undefined) this.#position++;
      this.#expect(':');
      const value = this.#type();
      if (key === undefined) members.push({ key: name.slice(1, -1), value });
      else dynamic = { key, value };
      this.#take(',');
    }
    return { type: 'object', static: members, ...(dynamic === undefined ? {} : { dynamic }) };
  }

  #next(): string {
    return this.#tokens[this.#position++] ?? '';
  }

  #take(text: string): boolean {
    if (this.#tokens[this.#position] !== text) return false;
    this.#position++;
    return true;
  }

  #expect(text: string): string {
    if (!this.#take(text)) throw new Error(`"${text}" is missing in a signature`);
    return text;
  }
}
