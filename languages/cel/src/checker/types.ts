/** A type: a name with parameters, or a type variable of a signature. */
export interface Type {
  readonly name: string;
  readonly parameters: readonly Type[];
  readonly variable: boolean;
}

export function simple(name: string, ...parameters: Type[]): Type {
  return { name, parameters, variable: false };
}

export const dyn: Type = simple('dyn');
export const bool: Type = simple('bool');
export const int: Type = simple('int');

/** `list(int)`: the notation of cel-spec. */
export function formatType(type: Type): string {
  return type.parameters.length === 0
    ? type.name
    : `${type.name}(${type.parameters.map(formatType).join(', ')})`;
}

export interface Signature {
  /** The name as run-time tables have it: `.name` for members. */
  readonly name: string;
  readonly parameters: readonly Type[];
  readonly result: Type;
}

const word = /\s*([A-Za-z_@][\w@]*(?:\.[A-Za-z_][\w]*)*)\s*/y;

/** Reads types and signatures. They come from libraries, so a fault in one is a fault of the program. */
class TypeReader {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  name(): string {
    word.lastIndex = this.at;
    const found = word.exec(this.#text);
    if (found === null) throw new TypeError(`invalid CEL type or signature: ${this.#text}`);
    this.at = word.lastIndex;
    return found[1] ?? '';
  }

  accept(text: string): boolean {
    while (this.#text[this.at] === ' ') this.at++;
    if (!this.#text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  type(): Type {
    return this.typeAfter(this.name());
  }

  typeAfter(name: string): Type {
    return { name, parameters: this.accept('(') ? this.list() : [], variable: /^[A-Z]\d?$/.test(name) };
  }

  list(): Type[] {
    const types: Type[] = [];
    if (this.accept(')')) return types;
    do types.push(this.type());
    while (this.accept(','));
    if (!this.accept(')')) throw new TypeError(`invalid CEL type or signature: ${this.#text}`);
    return types;
  }
}

export function parseType(text: string): Type {
  return new TypeReader(text).type();
}

const primitives = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'dyn', 'type', 'null_type']);

/** `string.charAt(int) -> string` is a member, `math.abs(int) -> int` a global function in a namespace. */
export function parseSignature(text: string): Signature {
  const reader = new TypeReader(text);
  const first = reader.name();
  const dot = first.lastIndexOf('.');
  const owner = first.slice(0, Math.max(dot, 0));
  if (primitives.has(owner) || /(?:^|\.)[A-Z]\w*$/.test(owner)) {
    return signature(reader, `.${first.slice(dot + 1)}`, [parseType(owner)]);
  }
  const start = reader.at;
  if (reader.accept('(')) {
    const inner = reader.list();
    if (reader.accept('.')) {
      const target: Type = { name: first, parameters: inner, variable: false };
      return signature(reader, `.${reader.name()}`, [target]);
    }
  }
  reader.at = start;
  return signature(reader, first, []);
}

function signature(reader: TypeReader, name: string, target: readonly Type[]): Signature {
  reader.accept('(');
  const parameters = [...target, ...reader.list()];
  reader.accept('->');
  return { name, parameters, result: reader.type() };
}
