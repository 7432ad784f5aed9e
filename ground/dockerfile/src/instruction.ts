import type { Span } from '@keelson/core';
import type { ProblemList } from './error.ts';
import { expandWord, type Lookup } from './expand.ts';
import type { ExpansionAllowance } from './expansion-allowance.ts';
import {
  type CommandBody,
  type CommandContext,
  type HeredocText,
  readCommands,
} from './instruction-commands.ts';
import { isBlank } from './line-reader.ts';
import type { MappedText } from './mapped-text.ts';
import type { Instruction, InstructionPair, InstructionWord } from './model.ts';
import { type RawWord, splitBlanks, splitFlags, splitQuoted, unquote } from './words.ts';

/** Keywords and the least number of arguments. */
const keywords: ReadonlyMap<string, number> = new Map([
  ['FROM', 1],
  ['RUN', 1],
  ['CMD', 0],
  ['LABEL', 1],
  ['MAINTAINER', 1],
  ['EXPOSE', 1],
  ['ENV', 1],
  ['ADD', 2],
  ['COPY', 2],
  ['ENTRYPOINT', 0],
  ['VOLUME', 1],
  ['USER', 1],
  ['WORKDIR', 1],
  ['ARG', 1],
  ['ONBUILD', 1],
  ['STOPSIGNAL', 1],
  ['HEALTHCHECK', 1],
  ['SHELL', 1],
]);

/** Flags that may stand without a value. */
const bareFlags = new Set(['link', 'parents', 'keep-git-dir', 'unpack']);

const jsonForms = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'SHELL', 'ADD', 'COPY', 'VOLUME']);
const expanding = new Set([
  'FROM',
  'LABEL',
  'EXPOSE',
  'ENV',
  'ADD',
  'COPY',
  'VOLUME',
  'USER',
  'WORKDIR',
  'ARG',
  'STOPSIGNAL',
]);

/** What reading an instruction needs of the place where it stands. */
export interface InstructionContext extends CommandContext {
  readonly lookup: Lookup;
  readonly user: string | undefined;
  readonly problems: ProblemList;
  readonly allowance: ExpansionAllowance;
}

function expand(text: string, context: InstructionContext): string {
  return expandWord(text, context.escape, context.lookup, context.allowance);
}

/** Where the keyword of a logical line ends. */
export function keywordOf(line: string): { keyword: string; end: number } {
  let end = 0;
  while (end < line.length && !isBlank(line.charCodeAt(end))) end++;
  return { keyword: line.slice(0, end).toUpperCase(), end };
}

/** Reads one logical line; undefined when its keyword is none (which is reported). */
export function readInstruction(
  line: MappedText,
  heredocs: readonly HeredocText[],
  context: InstructionContext,
): Instruction | undefined {
  const { keyword, end } = keywordOf(line.text);
  const keywordSpan = line.span(0, end);
  const least = keywords.get(keyword);
  if (least === undefined) {
    const shown = keyword.length > 40 ? `${keyword.slice(0, 40)}…` : keyword;
    context.problems.add('DOCKERFILE_UNKNOWN_INSTRUCTION', `unknown instruction ${shown}`, keywordSpan);
    return undefined;
  }
  const raw = splitFlags(line.text, context.escape, end);
  const flags = raw.flags.map((flag) => ({
    name: flag.name,
    value: expand(flag.value, context),
    written: flag.value,
    span: line.span(flag.start, flag.end),
  }));
  for (const flag of raw.flags) {
    if (flag.hasValue || bareFlags.has(flag.name)) continue;
    const shown = flag.name.slice(0, 40);
    context.problems.add('DOCKERFILE_ARGUMENTS', `--${shown} has no value`, line.span(flag.start, flag.end));
  }
  const body = readBody(keyword, line, raw.rest, context);
  const lastHeredoc = heredocs.at(-1)?.heredoc.span.end;
  const span = { start: keywordSpan.start, end: lastHeredoc ?? line.span(0, line.text.length).end };
  if (body.args.length < least) {
    context.problems.add('DOCKERFILE_ARGUMENTS', `${keyword} has too few arguments`, keywordSpan);
  }
  const onbuild = keyword === 'ONBUILD' ? readOnbuild(line, raw.rest, heredocs, context) : undefined;
  const script = readCommands(keyword, line, raw.rest, body, heredocs, context);
  if (script.commands.length + script.written.length >= context.limits.commands) {
    const message = `more shell commands than the limit "commands" of ${context.limits.commands}`;
    context.problems.add('DOCKERFILE_LIMIT', message, keywordSpan);
  }
  return {
    keyword,
    flags,
    args: body.args,
    form: body.form,
    pairs: body.pairs,
    value: line.text.slice(raw.rest).trim(),
    heredocs: heredocs.map((entry) => entry.heredoc),
    commands: script.commands,
    written: script.written,
    onbuild,
    user: context.user,
    shell: context.shell,
    span,
    keywordSpan,
  };
}

function readOnbuild(
  line: MappedText,
  rest: number,
  heredocs: readonly HeredocText[],
  context: InstructionContext,
): Instruction | undefined {
  const inner = line.slice(rest, line.text.length);
  const { keyword, end } = keywordOf(inner.text);
  if (keyword === 'ONBUILD' || keyword === 'FROM' || keyword === 'MAINTAINER') {
    context.problems.add('DOCKERFILE_ARGUMENTS', `${keyword} is no trigger for ONBUILD`, inner.span(0, end));
    return undefined;
  }
  return inner.text === '' ? undefined : readInstruction(inner, heredocs, context);
}

interface Body extends CommandBody {
  readonly args: InstructionWord[];
  readonly pairs: readonly InstructionPair[];
}

function readBody(keyword: string, line: MappedText, rest: number, context: InstructionContext): Body {
  const text = line.text;
  if (keyword === 'ENV' || keyword === 'LABEL') return readPairs(keyword, line, rest, context);
  if (keyword === 'ARG') return readArguments(line, rest, context);
  if (keyword === 'HEALTHCHECK') return readHealthcheck(line, rest, context);
  const shellForm = { pairs: [], form: 'shell', scriptStart: rest } as const;
  if (jsonForms.has(keyword)) {
    const items = readJsonForm(line, rest);
    if (items !== undefined) {
      const args = expanding.has(keyword) ? items.map((item) => expandItem(item, context)) : items;
      return { ...shellForm, args, form: 'exec' };
    }
    if (keyword === 'SHELL') {
      context.problems.add('DOCKERFILE_ARGUMENTS', 'SHELL needs the JSON form', line.span(rest, text.length));
    }
  }
  if (keyword === 'USER' || keyword === 'WORKDIR' || keyword === 'STOPSIGNAL' || keyword === 'MAINTAINER') {
    const whole = text.slice(rest).trimEnd();
    const word = { text: whole, start: rest, end: rest + whole.length };
    return { ...shellForm, args: whole === '' ? [] : [wordOf(word, keyword, line, context)] };
  }
  const words =
    keyword === 'FROM' || keyword === 'EXPOSE' || keyword === 'VOLUME'
      ? splitBlanks(text, rest)
      : splitQuoted(text, context.escape, rest);
  const args = words.map((word) => wordOf(word, keyword, line, context));
  return { ...shellForm, args: keyword === 'EXPOSE' ? args.flatMap(splitExpanded) : args };
}

function wordOf(
  word: RawWord,
  keyword: string,
  line: MappedText,
  context: InstructionContext,
): InstructionWord {
  const value = unquote(word.text, context.escape);
  const expanded = expanding.has(keyword) ? expand(word.text, context) : value;
  return { value, expanded, span: line.span(word.start, word.end) };
}

function expandItem(item: InstructionWord, context: InstructionContext): InstructionWord {
  return { ...item, expanded: expand(item.value, context) };
}

/** EXPOSE splits a word again after expansion. */
function splitExpanded(word: InstructionWord): InstructionWord[] {
  const parts = splitBlanks(word.expanded);
  if (parts.length < 2) return [word];
  return parts.map((part) => ({ value: word.value, expanded: part.text, span: word.span }));
}

/** `NAME value` in the old form, else `NAME=value …`. */
function readPairs(keyword: string, line: MappedText, rest: number, context: InstructionContext): Body {
  const words = splitQuoted(line.text, context.escape, rest);
  const args = words.map((word) => wordOf(word, keyword, line, context));
  const body = { args, form: 'shell', scriptStart: rest } as const;
  const first = words[0];
  if (first === undefined) return { ...body, pairs: [] };
  if (!first.text.includes('=')) {
    const name = unquote(first.text, context.escape);
    const text = line.text.slice(first.end).trim();
    const span = line.span(rest, line.text.length);
    if (text === '') {
      context.problems.add('DOCKERFILE_ARGUMENTS', `${keyword} ${name.slice(0, 80)} has no value`, span);
    }
    return { ...body, pairs: [{ name, value: expand(text, context), span }] };
  }
  const pairs: InstructionPair[] = [];
  for (const word of words) {
    const pair = pairOf(word, line, context);
    if (pair.value !== undefined) pairs.push(pair);
    else context.problems.add('DOCKERFILE_ARGUMENTS', `no "=" in an argument of ${keyword}`, pair.span);
  }
  return { ...body, pairs };
}

function readArguments(line: MappedText, rest: number, context: InstructionContext): Body {
  const words = splitQuoted(line.text, context.escape, rest);
  return {
    args: words.map((word) => wordOf(word, 'ARG', line, context)),
    pairs: words.map((word) => pairOf(word, line, context)),
    form: 'shell',
    scriptStart: rest,
  };
}

function pairOf(word: RawWord, line: MappedText, context: InstructionContext): InstructionPair {
  const equals = word.text.indexOf('=');
  const span = line.span(word.start, word.end);
  if (equals < 0) return { name: unquote(word.text, context.escape), value: undefined, span };
  const name = unquote(word.text.slice(0, equals), context.escape);
  return { name, value: expand(word.text.slice(equals + 1), context), span };
}

function readHealthcheck(line: MappedText, rest: number, context: InstructionContext): Body {
  const type = splitBlanks(line.text.slice(rest, rest + 64))[0];
  if (type === undefined) return { args: [], pairs: [], form: 'shell', scriptStart: rest };
  const kind = type.text.toUpperCase();
  const head = { value: kind, expanded: kind, span: line.span(rest + type.start, rest + type.end) };
  if (kind !== 'CMD' && kind !== 'NONE') {
    context.problems.add('DOCKERFILE_ARGUMENTS', 'HEALTHCHECK needs CMD or NONE', head.span);
  }
  const scriptStart = rest + type.end;
  const items = readJsonForm(line, scriptStart);
  if (items !== undefined) return { args: [head, ...items], pairs: [], form: 'exec', scriptStart };
  const words = splitQuoted(line.text, context.escape, scriptStart);
  const args = [head, ...words.map((word) => wordOf(word, 'HEALTHCHECK', line, context))];
  return { args, pairs: [], form: 'shell', scriptStart };
}

/** A JSON array of strings and nothing else; anything else is the shell form. */
function readJsonForm(line: MappedText, rest: number): InstructionWord[] | undefined {
  const text = line.text.slice(rest).trim();
  if (!text.startsWith('[')) return undefined;
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(items)) return undefined;
  const spans = stringSpans(line, rest);
  const args: InstructionWord[] = [];
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'string') return undefined;
    args.push({ value: item, expanded: item, span: spans[index] ?? line.span(rest, rest + 1) });
  }
  return args;
}

/** Ranges of the strings of a JSON array that is known to be well formed. */
function stringSpans(line: MappedText, from: number): Span[] {
  const spans: Span[] = [];
  for (let at = from; at < line.text.length; at++) {
    if (line.text[at] !== '"') continue;
    const start = at++;
    while (at < line.text.length && line.text[at] !== '"') at += line.text[at] === '\\' ? 2 : 1;
    spans.push(line.span(start, at + 1));
  }
  return spans;
}
