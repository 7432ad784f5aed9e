import type { Span } from '@keelson/core';
import type { ShellCommand, ShellRedirect } from './model.ts';

/** A command while it is being read. */
export interface DraftCommand extends ShellCommand {
  readonly assignments: string[];
  readonly words: string[];
  readonly wordSpans: Span[];
  readonly redirects: ShellRedirect[];
  next: ShellCommand['next'];
  pipedTo: ShellCommand | undefined;
  span: Span;
}

/** A list of commands between an opening word and its end: the whole text, a subshell, a loop. */
interface Group {
  /** Index of the group's first command. */
  readonly first: number;
  /** Index of the first command of the pipeline element that is being read. */
  element: number;
  /** Range of the element before the last `|`, which waits for the command that it is piped into. */
  waiting: { from: number; to: number } | undefined;
  readonly closer: string;
}

/**
 * The groups that are open while a shell text is read, and which commands are piped into which (POSIX.1-2024,
 * 2.9.2 Pipelines and 2.9.4 Compound Commands).
 */
export class ShellGroups {
  readonly #commands: readonly DraftCommand[];
  readonly #outer: Group[] = [];
  #group: Group = { first: 0, element: 0, waiting: undefined, closer: '' };

  /** `commands` is the list that the reader appends to. */
  constructor(commands: readonly DraftCommand[]) {
    this.#commands = commands;
  }

  /** How many groups are open around the next command. */
  get depth(): number {
    return this.#outer.length;
  }

  /** The word that opened the innermost group, `)` for a subshell, empty for the whole text. */
  get closer(): string {
    return this.#group.closer;
  }

  open(closer: string): void {
    const first = this.#commands.length;
    this.#outer.push(this.#group);
    this.#group = { first, element: first, waiting: undefined, closer };
  }

  /** Ends the innermost group; a word cannot end a subshell, nor a parenthesis anything else. */
  close(closer: string): void {
    const outer = this.#outer.at(-1);
    if (outer === undefined || (this.closer === ')') !== (closer === ')')) return;
    const { first } = this.#group;
    this.#outer.pop();
    this.#group = outer;
    this.link(first);
  }

  /** What stands before a `|` waits for the command behind it. */
  pipe(): void {
    const to = this.#commands.length;
    this.#group.waiting = { from: this.#group.element, to };
    this.#group.element = to;
  }

  /** The element that waits before a `|` is piped into the command at `index`, where there is one. */
  link(index: number): void {
    const { waiting } = this.#group;
    const target = this.#commands[index];
    if (waiting === undefined || target === undefined) return;
    for (let i = waiting.from; i < waiting.to; i++) {
      const command = this.#commands[i];
      if (command !== undefined) command.pipedTo ??= target;
    }
    this.#group.waiting = undefined;
  }

  /** `;`, `&&` and the like: the next command begins an element of its own. */
  endElement(): void {
    this.#group.waiting = undefined;
    this.#group.element = this.#commands.length;
  }
}
