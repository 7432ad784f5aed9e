import { createObject, type JsonObject, type JsonValue, objectOf, type SourceText } from '@keelson/core';
import type { InstructionFlag, ShellCommand } from './model.ts';
import { packageCommand } from './package-manager.ts';
import { programOf } from './shell-script.ts';
import type { SpanTable } from './span-table.ts';

/** Elements of a pipeline that are followed. */
const longestPipeline = 16;

/** Flags of an instruction by name: a list each, since `--mount` may stand several times. */
export function flagsOf(
  flags: readonly InstructionFlag[],
  field: 'value' | 'written',
  spans: SpanTable,
): JsonObject {
  const out = createObject();
  const grouped = Map.groupBy(flags, (flag) => flag.name);
  for (const [name, same] of grouped) {
    const values = same.map((flag) => flag[field]);
    out[name] = spans.markItems(
      values,
      same.map((flag) => flag.span),
    );
    const first = same[0];
    if (first !== undefined) spans.mark(values, first.span);
  }
  return out;
}

/** A shell command as plain values. */
export function commandValue(command: ShellCommand, source: SourceText, spans: SpanTable): JsonObject {
  const { name, start, wrappers, assignments } = programOf(command);
  const receivers = receiversOf(command);
  const args = command.words.slice(start + 1);
  const asked = packageCommand(name, command.words, start);
  const out = createObject();
  out['name'] = name;
  out['wrappers'] = [...wrappers];
  out['words'] = spans.markItems([...command.words], command.wordSpans);
  out['args'] = spans.markItems(args, command.wordSpans.slice(start + 1));
  out['text'] = command.words.join(' ');
  out['flags'] = optionsOf(args);
  out['assignments'] = assignmentsOf([...command.assignments, ...assignments]);
  out['next'] = command.next;
  out['pipedTo'] = receivers.map((receiver) => receiver.name);
  out['runBy'] = receivers.find((receiver) => receiver.runsItsInput)?.name ?? '';
  out['redirects'] = command.redirects.map(({ operator, target }) =>
    objectOf(Object.entries({ operator, target })),
  );
  out['depth'] = command.depth;
  out['nesting'] = command.nesting;
  out['manager'] = asked?.manager ?? '';
  out['action'] = asked?.action ?? '';
  out['packages'] = (asked?.packages ?? []).map((item) => {
    const entries = objectOf(Object.entries({ name: item.name, pinned: item.pinned }));
    return spans.mark(entries, command.wordSpans[item.word] ?? command.span);
  });
  out['line'] = source.position(command.span.start).line;
  return spans.mark(out, command.span);
}

/** Options as written without their `=value`, and the single letters of `-abc`. */
function optionsOf(args: readonly string[]): JsonValue[] {
  const found = new Set<string>();
  for (const word of args) {
    if (word === '--') break;
    if (!word.startsWith('-') || word.length < 2) continue;
    const equals = word.indexOf('=');
    found.add(equals < 0 ? word : word.slice(0, equals));
    if (/^-[A-Za-z]{2,}$/.test(word) && word.length <= 16)
      for (const letter of word.slice(1)) found.add(`-${letter}`);
  }
  return [...found];
}

function assignmentsOf(words: readonly string[]): JsonObject {
  const out = createObject();
  for (const word of words) {
    const equals = word.indexOf('=');
    out[word.slice(0, equals).replace(/\+$/, '')] = word.slice(equals + 1);
  }
  return out;
}

/** A command that others are piped into. */
interface Receiver {
  readonly name: string;
  /** True when the program takes its standard input as a script. */
  readonly runsItsInput: boolean;
}

const knownReceivers = new WeakMap<ShellCommand, Receiver>();

/** Worked out once for each command: thousands may be piped into one. */
function receiverOf(command: ShellCommand): Receiver {
  let receiver = knownReceivers.get(command);
  if (receiver === undefined) {
    const { name, start } = programOf(command);
    receiver = { name, runsItsInput: runsItsInput(name, command.words.slice(start + 1)) };
    knownReceivers.set(command, receiver);
  }
  return receiver;
}

/** The commands that its output goes through, in order. */
function receiversOf(command: ShellCommand): Receiver[] {
  const found: Receiver[] = [];
  let next = command.pipedTo;
  while (next !== undefined && found.length < longestPipeline) {
    found.push(receiverOf(next));
    next = next.pipedTo;
  }
  return found;
}

/** A program runs its standard input when no script is named among its arguments. */
function runsItsInput(name: string, args: readonly string[]): boolean {
  if (/^(?:sh|bash|dash|ash|ksh|zsh)$/.test(name)) {
    if (args.some((arg) => /^-[a-z]*s$/.test(arg))) return true;
    // `-o pipefail` takes a value of its own
    const rest = args.filter((_, i) => !/^-[a-z]*o$/.test(args[i - 1] ?? ''));
    return !rest.some((arg) => !arg.startsWith('-') || /^-[a-z]*c$/.test(arg));
  }
  if (!/^(?:python[\d.]*|perl|ruby|node|php)$/.test(name)) return false;
  return args.length === 0 || args[0] === '-';
}
