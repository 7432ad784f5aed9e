import { type MappedText, textAt } from './mapped-text.ts';
import type { ShellCommand } from './model.ts';
import { parseShell, type ShellLimits } from './shell.ts';
import type { DraftCommand } from './shell-groups.ts';

/** Shells whose `-c` argument and standard input are scripts. */
const shells = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'zsh']);
/** Commands that run the command in their own arguments. */
const wrappers = new Set([
  'sudo',
  'doas',
  'env',
  'exec',
  'command',
  'nohup',
  'time',
  'nice',
  'ionice',
  'setsid',
  'stdbuf',
  'builtin',
  'gosu',
  'su-exec',
  'busybox',
  'chroot',
  'timeout',
  'xargs',
  'tini',
  'dumb-init',
]);
/** Options of the wrappers that take a value of their own. */
const wrapperValues = new Set([
  '-u',
  '-g',
  '-n',
  '-C',
  '-h',
  '-p',
  '-S',
  '-k',
  '-s',
  '-I',
  '-L',
  '-P',
  '-d',
  '-i',
  '-o',
  '-e',
  '--user',
  '--group',
  '--adjustment',
  '--signal',
]);
const operands: Readonly<Record<string, number>> = { gosu: 1, 'su-exec': 1, chroot: 1, timeout: 1 };

/** The name by which a command runs, without its folder and `.exe`. */
export function baseName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
  return name.toLowerCase().endsWith('.exe') ? name.slice(0, -4) : name;
}

/** Where the command proper begins behind `sudo`, `env A=b` and the like, and which of those stand before. */
function unwrapCommand(words: readonly string[]): {
  start: number;
  wrappers: string[];
  assignments: string[];
} {
  const found: string[] = [];
  const assignments: string[] = [];
  let at = 0;
  while (at < words.length) {
    const name = baseName(words[at] ?? '');
    if (!wrappers.has(name)) break;
    found.push(name);
    at = skipOptions(words, at + 1, name, assignments);
    at += operands[name] ?? 0;
  }
  return { start: Math.min(at, words.length), wrappers: found, assignments };
}

/** The program that a command runs, behind `sudo`, `env A=b` and the like. */
export interface Program {
  readonly name: string;
  /** Index of its word; the command's number of words when none is left. */
  readonly start: number;
  readonly wrappers: readonly string[];
  /** `A=b` words of the wrappers. */
  readonly assignments: readonly string[];
}

const programs = new WeakMap<ShellCommand, Program>();

/** Worked out once for each command: every command of a group asks for the one that the group is piped into. */
export function programOf(command: ShellCommand): Program {
  let program = programs.get(command);
  if (program === undefined) {
    const { start, wrappers: before, assignments } = unwrapCommand(command.words);
    program = { name: baseName(command.words[start] ?? ''), start, wrappers: before, assignments };
    programs.set(command, program);
  }
  return program;
}

function skipOptions(words: readonly string[], from: number, wrapper: string, assignments: string[]): number {
  let at = from;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return at + 1;
    // xargs -i, env -i and sudo -i, -s take no value
    const bare = (word === '-i' || word === '-s') && wrapper !== 'timeout';
    if (word.startsWith('-')) at += wrapperValues.has(word) && !bare ? 1 : 0;
    else if (/^[A-Za-z_]\w*=/.test(word)) assignments.push(word);
    else return at;
  }
  return at;
}

/** Commands that a script runs, and commands inside the text that it writes to files. */
export interface ScriptCommands {
  readonly commands: readonly ShellCommand[];
  readonly written: readonly ShellCommand[];
}

/** Commands of a shell text, those of `sh -c '…'`, `eval`, `… | sh` and here-documents for shells included. */
export function readScript(text: MappedText, limits: ShellLimits, escapes: boolean): ScriptCommands {
  return follow(parseShell(text, limits, { escapes }), limits, escapes);
}

/** As `readScript`, for the words of an exec form. */
export function readExecForm(
  words: readonly { value: string; span: { start: number; end: number } }[],
  limits: ShellLimits,
  escapes: boolean,
): ScriptCommands {
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return { commands: [], written: [] };
  // no program has blanks in its name: the writer meant words, as in ["apt-get update"]
  const parts = words.flatMap((word, i) =>
    i === 0 ? word.value.split(' ').map((value) => ({ value, span: word.span })) : [word],
  );
  const command: DraftCommand = {
    assignments: [],
    words: parts.map((word) => word.value),
    wordSpans: parts.map((word) => word.span),
    redirects: [],
    next: 'end',
    pipedTo: undefined,
    depth: 0,
    nesting: 0,
    span: { start: first.span.start, end: last.span.end },
  };
  return follow([command], limits, escapes);
}

function follow(first: readonly DraftCommand[], limits: ShellLimits, escapes: boolean): ScriptCommands {
  const commands: ShellCommand[] = [];
  const written: ShellCommand[] = [];
  let level: readonly { command: ShellCommand; written: boolean }[] = first.map((command) => ({
    command,
    written: false,
  }));
  for (let depth = 0; depth <= limits.depth && level.length > 0; depth++) {
    const next: { command: ShellCommand; written: boolean }[] = [];
    for (const entry of level) {
      (entry.written ? written : commands).push(entry.command);
      for (const script of scriptsOf(entry.command)) {
        const room = limits.commands - commands.length - written.length - next.length;
        if (room <= 0) break;
        const inner = parseShell(script.text, { ...limits, commands: room }, { escapes, depth: depth + 1 });
        for (const command of inner) next.push({ command, written: entry.written || script.written });
      }
    }
    level = next;
  }
  return { commands, written };
}

interface Script {
  readonly text: MappedText;
  readonly written: boolean;
}

function scriptsOf(command: ShellCommand): Script[] {
  const { name, start } = programOf(command);
  const out: Script[] = [];
  if (shells.has(name) || name === 'su') {
    const script = scriptArgument(command, start);
    if (script !== undefined) out.push(script);
    if (shells.has(name)) out.push(...bodies(command, false));
  } else if (name === 'eval') {
    out.push({
      text: textAt(command.words.slice(start + 1).join(' '), command.wordSpans[start + 1]?.start ?? 0),
      written: false,
    });
  } else if (name === 'echo' || name === 'printf' || name === 'cat' || name === 'tee') {
    out.push(...printed(command, name, start));
  }
  return out;
}

/** The word after `-c`, `-ec`, `-lc`. */
function scriptArgument(command: ShellCommand, start: number): Script | undefined {
  const options = command.words.slice(start + 1);
  const flag = options.findIndex((word) => /^-[A-Za-z]*c[A-Za-z]*$/.test(word));
  const text = flag < 0 ? undefined : options[flag + 1];
  const span = command.wordSpans[start + flag + 2];
  if (text === undefined || span === undefined) return undefined;
  return { text: textAt(text, span.start + 1), written: false };
}

function bodies(command: ShellCommand, written: boolean): Script[] {
  const out: Script[] = [];
  for (const redirect of command.redirects) {
    if (redirect.body === undefined) continue;
    out.push({ text: textAt(redirect.body, redirect.bodyStart ?? command.span.start), written });
  }
  return out;
}

/** Text that `echo`, `printf`, `cat` or `tee` hand to a file or to a shell. */
function printed(command: ShellCommand, name: string, start: number): Script[] {
  const toFile = command.redirects.some((r) => /^\d*&?>/.test(r.operator) && r.target !== '/dev/null');
  const target = command.pipedTo === undefined ? '' : programOf(command.pipedTo).name;
  const written = !shells.has(target);
  if (written && !toFile && target !== 'tee' && name !== 'tee') return [];
  const out = bodies(command, written);
  if (name === 'echo' || name === 'printf') {
    const from = command.words.findIndex((word, i) => i > start && !/^-[neE]+$/.test(word));
    if (from > 0) {
      const text = command.words.slice(from).join(' ').replaceAll('\\n', '\n').replaceAll('\\t', ' ');
      out.push({ text: textAt(text, (command.wordSpans[from]?.start ?? 0) + 1), written });
    }
  }
  return out;
}
