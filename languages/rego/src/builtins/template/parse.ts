import { constantOf } from './constants.ts';
import { functionNames } from './function-names.ts';
import {
  type Branch,
  type Command,
  maxTemplateDepth,
  type Operand,
  type Pipe,
  type Statement,
  type Template,
  type TemplateError,
} from './nodes.ts';
import { fault, type Piece, type Token, tokenize } from './tokens.ts';
import { unquote } from './unquote.ts';

/** Reads a template; throws `TemplateError`. */
export function parseTemplate(text: string): Template {
  return new TemplateParser(text).parse();
}

class TemplateParser {
  readonly #text: string;
  readonly #pieces: readonly Piece[];
  readonly #defined = new Map<string, readonly Statement[]>();
  #piece = 0;
  #tokens: readonly Token[] = [];
  #position = 0;
  #depth = 0;
  #rangeDepth = 0;
  #variables: string[] = ['$'];

  constructor(text: string) {
    this.#text = text;
    this.#pieces = tokenize(text);
  }

  parse(): Template {
    const { body, end } = this.#list(new Set());
    if (end !== undefined) throw this.#fault(`unexpected {{${end}}}`);
    return { text: this.#text, main: body, defined: this.#defined };
  }

  /** Statements up to an action that begins with one of `ends`, or to the end of the text. */
  #list(ends: ReadonlySet<string>): { body: Statement[]; end: string | undefined } {
    const body: Statement[] = [];
    if (++this.#depth > maxTemplateDepth) throw this.#fault('actions nest too deep');
    while (this.#piece < this.#pieces.length) {
      const piece = this.#pieces[this.#piece++];
      if (piece === undefined) break;
      if (piece.kind === 'text') {
        body.push(piece);
        continue;
      }
      this.#tokens = piece.tokens;
      this.#position = 0;
      const word = this.#peekWord();
      if (word !== undefined && ends.has(word)) {
        this.#next();
        this.#depth--;
        return { body, end: word };
      }
      if (word === 'end' || word === 'else') throw this.#fault(`unexpected {{${word}}}`);
      const statement = this.#action(word);
      if (statement !== undefined) body.push(statement);
    }
    this.#depth--;
    if (ends.size > 0) throw this.#fault('unexpected EOF');
    return { body, end: undefined };
  }

  #action(word: string | undefined): Statement | undefined {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        this.#next();
        return this.#branch(word);
      case 'define':
        this.#next();
        this.#define();
        return undefined;
      case 'block':
        this.#next();
        return this.#block();
      case 'template':
        this.#next();
        return this.#call();
      case 'break':
      case 'continue':
        this.#next();
        this.#finish(word);
        if (this.#rangeDepth === 0) throw this.#fault(`{{${word}}} outside {{range}}`);
        return { kind: word };
    }
    const pipe = this.#pipe('command');
    this.#finish('command');
    return { kind: 'action', pipe };
  }

  #branch(kind: Branch['kind']): Branch {
    const known = this.#variables.length;
    const pipe = this.#pipe(kind);
    this.#finish(kind);
    if (kind === 'range') this.#rangeDepth++;
    const { body, end } = this.#list(new Set(['end', 'else']));
    if (kind === 'range') this.#rangeDepth--;
    const otherwise = end === 'else' ? this.#otherwise(kind) : [];
    this.#variables.length = known;
    return { kind, pipe, body, otherwise };
  }

  /** What follows `else`: `else if` and `else with` are a branch whose end is that of this one. */
  #otherwise(kind: Branch['kind']): readonly Statement[] {
    const word = this.#peekWord();
    if ((word === 'if' && kind === 'if') || (word === 'with' && kind === 'with')) {
      this.#next();
      return [this.#branch(word)];
    }
    this.#finish('else');
    return this.#list(new Set(['end'])).body;
  }

  #define(): void {
    const name = this.#name('define clause');
    this.#finish('define clause');
    this.#defined.set(name, this.#separate());
  }

  /** The body of a template of its own, which sees no variables of those around it. */
  #separate(): readonly Statement[] {
    const variables = this.#variables;
    const rangeDepth = this.#rangeDepth;
    this.#variables = ['$'];
    this.#rangeDepth = 0;
    const { body } = this.#list(new Set(['end']));
    this.#variables = variables;
    this.#rangeDepth = rangeDepth;
    return body;
  }

  #block(): Statement {
    const at = this.#peek()?.at ?? 0;
    const name = this.#name('block clause');
    const pipe = this.#pipe('block clause');
    this.#finish('block clause');
    this.#defined.set(name, this.#separate());
    return { kind: 'template', at, name, pipe };
  }

  #call(): Statement {
    const at = this.#peek()?.at ?? 0;
    const name = this.#name('template clause');
    const hasPipe = this.#peek() !== undefined;
    const pipe = hasPipe ? this.#pipe('template clause') : undefined;
    this.#finish('template clause');
    return { kind: 'template', at, name, pipe };
  }

  #name(context: string): string {
    const token = this.#next();
    if (token?.kind !== 'string') throw this.#unexpected(token, context);
    return unquote(token.text) ?? '';
  }

  #pipe(context: string): Pipe {
    const at = this.#peek()?.at ?? 0;
    const { variables, assigns } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const command = this.#command(context);
      if (command.operands.length === 0) throw this.#fault(`missing value for ${context}`);
      if (commands.length > 0 && !canBeGiven(command)) {
        throw this.#fault(`non executable command in pipeline stage ${commands.length + 1}`);
      }
      commands.push(command);
      if (!this.#takeMark('|')) break;
      if (this.#peek() === undefined) throw this.#fault(`missing value for ${context}`);
    }
    return { at, variables, assigns, commands };
  }

  /** `$x :=`, `$x =`, and for `range` `$i, $x :=`. */
  #declarations(context: string): { variables: string[]; assigns: boolean } {
    const start = this.#position;
    const variables: string[] = [];
    for (let token = this.#peek(); token?.kind === 'variable' && token.text !== '$'; token = this.#peek()) {
      this.#next();
      variables.push(token.text);
      if (this.#takeMark(':=')) {
        this.#variables.push(...variables);
        return { variables, assigns: false };
      }
      if (this.#takeMark('=')) return { variables, assigns: true };
      if (context !== 'range' || variables.length === 2 || !this.#takeMark(',')) break;
    }
    this.#position = start;
    return { variables: [], assigns: false };
  }

  #command(context: string): Command {
    const first = this.#peek();
    const operands: Operand[] = [];
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if (token.kind === 'mark' && (token.text === '|' || token.text === ')')) break;
      if (operands.length > 0 && this.#tokens[this.#position]?.kind !== 'space')
        throw this.#unexpected(token, 'operand');
      operands.push(this.#operand(context));
    }
    const at = first?.at ?? 0;
    const end = this.#tokens[this.#position - 1];
    return {
      at,
      text: this.#text.slice(at, end === undefined ? at : end.at + end.text.length).trim(),
      operands,
    };
  }

  #operand(context: string): Operand {
    const token = this.#next();
    if (token === undefined) throw this.#fault(`missing value for ${context}`);
    const { kind, text, at } = token;
    // A chain of fields is told with the place of its second link, as in Go.
    const chained = this.#tokens[this.#position];
    const place = chained?.kind === 'field' ? chained.at : at;
    if (kind === 'field') return { kind: 'field', at: place, names: [text.slice(1), ...this.#fields()] };
    if (kind === 'variable') {
      if (!this.#variables.includes(text)) throw this.#fault(`undefined variable "${text}"`);
      return { kind: 'variable', at: place, name: text, names: this.#fields() };
    }
    if (kind === 'word') return this.#word(token);
    if (kind === 'mark' && text === '.') return { kind: 'dot', at };
    if (kind === 'mark' && text === '(') return this.#parenthesis(at);
    const value = constantOf(token);
    if (value === undefined) throw this.#unexpected(token, 'operand');
    return { kind: 'constant', at, value };
  }

  #word({ text, at }: Token): Operand {
    if (text === 'true' || text === 'false') return { kind: 'constant', at, value: text === 'true' };
    if (text === 'nil') return { kind: 'nil', at };
    if (!functionNames.has(text)) throw this.#fault(`function "${text}" not defined`);
    return { kind: 'function', at, name: text };
  }

  #parenthesis(at: number): Operand {
    if (++this.#depth > maxTemplateDepth) throw this.#fault('actions nest too deep');
    const pipe = this.#pipe('parenthesized pipeline');
    if (!this.#takeMark(')')) throw this.#fault('unclosed left paren');
    this.#depth--;
    return { kind: 'pipe', at, pipe, names: this.#fields() };
  }

  /** Fields that follow without a blank. */
  #fields(): string[] {
    const names: string[] = [];
    for (
      let token = this.#tokens[this.#position];
      token?.kind === 'field';
      token = this.#tokens[this.#position]
    ) {
      names.push(token.text.slice(1));
      this.#position++;
    }
    return names;
  }

  /** The next token that is no blank, which stays. */
  #peek(): Token | undefined {
    const token = this.#tokens[this.#position];
    return token?.kind === 'space' ? this.#tokens[this.#position + 1] : token;
  }

  #peekWord(): string | undefined {
    const token = this.#peek();
    return token?.kind === 'word' ? token.text : undefined;
  }

  #next(): Token | undefined {
    const token = this.#peek();
    if (token !== undefined) this.#position = this.#tokens.indexOf(token, this.#position) + 1;
    return token;
  }

  #takeMark(text: string): boolean {
    const token = this.#peek();
    if (token?.kind !== 'mark' || token.text !== text) return false;
    this.#next();
    return true;
  }

  #finish(context: string): void {
    const token = this.#peek();
    if (token !== undefined) throw this.#unexpected(token, context);
  }

  #unexpected(token: Token | undefined, context: string): TemplateError {
    return this.#fault(`unexpected ${token === undefined ? 'end' : `"${token.text}"`} in ${context}`);
  }

  #fault(message: string): TemplateError {
    const at = this.#tokens[Math.min(this.#position, this.#tokens.length - 1)]?.at ?? this.#text.length;
    return fault(this.#text, message === 'unexpected EOF' ? this.#text.length : at, message);
  }
}

/** Whether a command may be given the value of the one before it. */
function canBeGiven({ operands: [first] }: Command): boolean {
  return first !== undefined && first.kind !== 'constant' && first.kind !== 'dot' && first.kind !== 'nil';
}
