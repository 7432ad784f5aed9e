import type { Span } from '@keelson/core';
import type { MappedText } from './mapped-text.ts';
import type { ShellCommand, ShellRedirect } from './model.ts';
import { type DraftCommand, ShellGroups } from './shell-groups.ts';
import { endOfParentheses, type ShellWord, WordScanner } from './shell-word.ts';

export interface ShellLimits {
  /** Commands per instruction. */
  readonly commands: number;
  /** `$(…)` inside `$(…)`. */
  readonly depth: number;
}

const openers = new Set(['if', 'while', 'until', 'for', 'case', 'select', '{']);
const closers = new Set(['fi', 'done', 'esac', '}']);
const passed = new Set(['then', 'else', 'elif', 'do', '!', 'time', 'coproc']);
const assignmentPattern = /^[A-Za-z_]\w*\+?=/;

/**
 * Lists the simple commands of a shell text in order, those inside substitutions after the others. Text
 * that no shell would take is read as well as it goes; nothing is expanded and nothing is run.
 */
export function parseShell(
  text: MappedText,
  limits: ShellLimits,
  options: { escapes: boolean; depth?: number },
): DraftCommand[] {
  const parser = new ShellParser(text, limits, options.escapes, options.depth ?? 0);
  return parser.run();
}

class ShellParser {
  readonly #text: MappedText;
  readonly #source: string;
  readonly #limits: ShellLimits;
  readonly #escapes: boolean;
  readonly #depth: number;
  readonly #scanner: WordScanner;
  readonly #commands: DraftCommand[] = [];
  readonly #substitutions: { start: number; end: number }[] = [];
  readonly #groups = new ShellGroups(this.#commands);
  #current: DraftCommand | undefined;
  #heredocs: { target: string; strip: boolean; redirects: ShellRedirect[]; index: number }[] = [];
  /** What a word means where the parser stands: a command, the words of `for`/`case`, a pattern. */
  #state: 'command' | 'list' | 'pattern' | 'test' = 'command';
  #at = 0;

  constructor(text: MappedText, limits: ShellLimits, escapes: boolean, depth: number) {
    this.#text = text;
    this.#source = text.text;
    this.#limits = limits;
    this.#escapes = escapes;
    this.#depth = depth;
    this.#scanner = new WordScanner(text, escapes);
  }

  run(): DraftCommand[] {
    while (this.#at < this.#source.length && this.#commands.length < this.#limits.commands) this.#step();
    this.#endCommand('end');
    this.#groups.endElement();
    if (this.#depth < this.#limits.depth) this.#readSubstitutions();
    return this.#commands;
  }

  #readSubstitutions(): void {
    for (const range of this.#substitutions) {
      const room = this.#limits.commands - this.#commands.length;
      if (room <= 0) return;
      const inner = this.#text.slice(range.start, range.end);
      const limits = { ...this.#limits, commands: room };
      this.#commands.push(...parseShell(inner, limits, { escapes: this.#escapes, depth: this.#depth + 1 }));
    }
  }

  #step(): void {
    const char = this.#source[this.#at] ?? '';
    if (char === ' ' || char === '\t' || char === '\r') this.#at++;
    else if (char === '\\' && this.#source[this.#at + 1] === '\n') this.#at += 2;
    else if (char === '#') this.#comment();
    else if (char === '\n') this.#newline();
    else if (this.#state === 'pattern' && (char === '|' || char === '(')) this.#at++;
    else if (char === '(') this.#open();
    else if (char === ')') this.#close();
    else if (char === '<' || char === '>') this.#redirect('');
    else if (char === ';' || char === '&' || char === '|') this.#operator(char);
    else this.#word();
  }

  #comment(): void {
    const end = this.#source.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#source.length : end;
  }

  #newline(): void {
    this.#at++;
    this.#readHeredocs();
    if (this.#state === 'list') this.#state = 'command';
    if (this.#current !== undefined) {
      this.#endCommand(';');
      this.#groups.endElement();
    }
  }

  #operator(char: string): void {
    const two = this.#source.slice(this.#at, this.#at + 2);
    if (this.#state === 'test' && (two === '&&' || two === '||')) {
      this.#at += 2;
      return;
    }
    if (two === '&>') {
      this.#redirect('&');
      return;
    }
    if (this.#state === 'list') this.#state = 'command';
    if (two === ';;' || two === ';&') {
      this.#at += 2;
      this.#endCommand(';');
      this.#groups.endElement();
      this.#state = 'pattern';
    } else if (two === '&&' || two === '||') {
      this.#at += 2;
      this.#endCommand(two);
      this.#groups.endElement();
    } else if (char === '|') {
      this.#at += two === '|&' ? 2 : 1;
      this.#endCommand('|');
      this.#groups.pipe();
    } else {
      this.#at++;
      this.#endCommand(char === '&' ? '&' : ';');
      this.#groups.endElement();
    }
  }

  /** `(` begins a subshell, the arguments of a function's name, or arithmetic. */
  #open(): void {
    if (this.#current !== undefined || this.#source[this.#at + 1] === '(') {
      const end = endOfParentheses(this.#source, this.#at + 1, this.#escapes);
      const isFunction = this.#current !== undefined && end === this.#at + 1;
      this.#at = end + 1;
      if (isFunction) {
        // `name()`: what follows is the body, the name is no command
        this.#current = undefined;
      }
      return;
    }
    this.#at++;
    this.#groups.open(')');
  }

  #close(): void {
    this.#at++;
    if (this.#state === 'pattern') {
      this.#state = 'command';
      return;
    }
    this.#endCommand(';');
    this.#groups.close(')');
  }

  #endCommand(next: ShellCommand['next']): void {
    this.#state = this.#state === 'pattern' ? 'pattern' : 'command';
    const current = this.#current;
    if (current === undefined) return;
    current.next = next;
    this.#current = undefined;
    this.#commands.push(current);
    if (current.words.length > 0 || current.assignments.length > 0 || current.redirects.length > 0) {
      this.#groups.link(this.#commands.length - 1);
    }
  }

  #word(): void {
    const word = this.#scanner.scan(this.#at);
    this.#at = Math.max(word.end, this.#at + 1);
    for (const range of word.substitutions) this.#substitutions.push(range);
    if (/^\d+$/.test(word.value) && !word.quoted && '<>'.includes(this.#source[this.#at] ?? ' ')) {
      this.#redirect(word.value);
      return;
    }
    if (this.#state === 'pattern') {
      if (word.value === 'esac' && !word.quoted) {
        this.#state = 'command';
        this.#groups.close('esac');
      }
      return;
    }
    if (this.#state === 'list') {
      if (word.value === 'in' && this.#groups.closer === 'case') this.#state = 'pattern';
      return;
    }
    if (this.#current === undefined && !word.quoted && this.#keyword(word)) return;
    this.#add(word);
  }

  /** Reserved words (POSIX.1-2024, 2.4), known only where a command may begin. */
  #keyword(word: ShellWord): boolean {
    const { value } = word;
    if (passed.has(value)) return true;
    if (openers.has(value)) {
      this.#groups.open(value);
      if (value === 'for' || value === 'select' || value === 'case') this.#state = 'list';
      return true;
    }
    if (closers.has(value)) {
      this.#groups.close(value);
      return true;
    }
    if (value === 'function') {
      this.#at = this.#scanner.scan(skipSpaces(this.#source, this.#at)).end;
      return true;
    }
    return false;
  }

  #add(word: ShellWord): void {
    const span = this.#text.span(word.start, word.end);
    const current = this.#command(span);
    current.span = { start: current.span.start, end: Math.max(current.span.end, span.end) };
    if (current.words.length === 0 && assignmentPattern.test(word.value)) {
      current.assignments.push(word.value);
      return;
    }
    current.words.push(word.value);
    current.wordSpans.push(span);
    if (current.words[0] === '[[') this.#state = word.value === ']]' ? 'command' : 'test';
  }

  #command(span: Span): DraftCommand {
    this.#current ??= {
      assignments: [],
      words: [],
      wordSpans: [],
      redirects: [],
      next: 'end',
      pipedTo: undefined,
      depth: this.#depth,
      nesting: this.#groups.depth,
      span,
    };
    return this.#current;
  }

  #redirect(descriptor: string): void {
    const start = this.#at;
    if (this.#state === 'test') {
      this.#at++;
      return;
    }
    if (descriptor === '&') this.#at++;
    const operator =
      /^(?:<<<|<<-?|<>|<&|>>|>\||>&|[<>])/.exec(this.#source.slice(this.#at, this.#at + 3))?.[0] ?? '>';
    this.#at += operator.length;
    if ((operator === '<' || operator === '>') && this.#source[this.#at] === '(') {
      // process substitution: its commands count as substituted ones
      const end = endOfParentheses(this.#source, this.#at + 1, this.#escapes);
      this.#substitutions.push({ start: this.#at + 1, end });
      this.#command(this.#text.span(start, end)).words.push(this.#source.slice(start, end + 1));
      this.#current?.wordSpans.push(this.#text.span(start, end));
      this.#at = end + 1;
      return;
    }
    const word = this.#scanner.scan(skipSpaces(this.#source, this.#at));
    for (const range of word.substitutions) this.#substitutions.push(range);
    this.#at = word.end;
    const command = this.#command(this.#text.span(start, word.end));
    command.span = { start: command.span.start, end: this.#text.span(start, word.end).end };
    command.redirects.push({ operator: descriptor + operator, target: word.value });
    if (operator === '<<' || operator === '<<-') {
      const index = command.redirects.length - 1;
      const strip = operator === '<<-';
      this.#heredocs.push({ target: word.value, strip, redirects: command.redirects, index });
    }
  }

  /** Bodies of the here-documents of the line that just ended (POSIX.1-2024, 2.7.4). */
  #readHeredocs(): void {
    for (const heredoc of this.#heredocs) {
      const body: string[] = [];
      const start = this.#at;
      while (this.#at < this.#source.length) {
        const newline = this.#source.indexOf('\n', this.#at);
        const end = newline < 0 ? this.#source.length : newline;
        const raw = this.#source.slice(this.#at, end);
        const line = heredoc.strip ? raw.replace(/^\t+/, '') : raw;
        this.#at = Math.min(end + 1, this.#source.length);
        if (line.replace(/\r$/, '') === heredoc.target) break;
        body.push(line);
      }
      const redirect = heredoc.redirects[heredoc.index];
      if (redirect === undefined) continue;
      const bodyStart = this.#text.at(start);
      heredoc.redirects[heredoc.index] = {
        ...redirect,
        body: body.map((line) => `${line}\n`).join(''),
        bodyStart,
      };
    }
    this.#heredocs = [];
  }
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (at < text.length && (text[at] === ' ' || text[at] === '\t')) at++;
  return at;
}
