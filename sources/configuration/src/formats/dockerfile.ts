import { type JsonValue, objectOf } from '@keelson/core';
import {
  type Dockerfile,
  type DockerfileComment,
  type Instruction,
  parseDockerfile,
  splitQuoted,
} from '@keelson/dockerfile';
import { configurationError } from '../error.ts';
import type { FormatReader } from '../format.ts';
import { Places } from '../places.ts';

/** A Dockerfile: one document, the list of its instructions and of the comments before them. */
export const readDockerfile: FormatReader = (source, { maxTextBytes }) => {
  const { dockerfile, problems } = parseDockerfile(source, { limits: { length: maxTextBytes } });
  const [fault] = problems;
  if (fault !== undefined) throw fault;
  if (dockerfile.stages.length === 0)
    throw configurationError(source, 'CONFIGURATION_SYNTAX', 'there is no instruction', 0);
  const places = new Places();
  const value: JsonValue[] = [];
  const comments = new Comments(dockerfile);
  const add = (instruction: Instruction, stage: number): void => {
    for (const { text, span } of comments.before(instruction)) {
      places.mark(value, value.length, span);
      value.push(command({ name: 'comment', stage, values: [text] }));
    }
    places.mark(value, value.length, instruction.span);
    value.push(instructionCommand(instruction, stage, dockerfile));
  };
  for (const instruction of dockerfile.globalArgs) add(instruction, 0);
  for (const stage of dockerfile.stages)
    for (const instruction of stage.instructions) add(instruction, stage.index);
  return [{ value, locate: places.within(value) }];
};

interface Command {
  readonly name: string;
  readonly stage: number;
  readonly values: readonly string[];
  readonly flags?: readonly string[];
  readonly inner?: string;
  readonly isJson?: boolean;
}

function command({ name, stage, values, flags, inner = '', isJson = false }: Command): JsonValue {
  return objectOf([
    ['Cmd', name],
    ['SubCmd', inner],
    ['JSON', isJson],
    ['Flags', flags === undefined ? null : [...flags]],
    ['Value', values.length === 0 ? null : [...values]],
    ['Stage', stage],
  ]);
}

function instructionCommand(
  instruction: Instruction,
  stage: number,
  { source, escape: escapeChar }: Dockerfile,
): JsonValue {
  const { keyword, onbuild } = instruction;
  const flags = instruction.flags.map(({ name, written, span }) =>
    source.text.slice(span.start, span.end).includes('=') ? `--${name}=${written}` : `--${name}`,
  );
  const { start, end } = onbuild?.keywordSpan ?? { start: 0, end: 0 };
  return command({
    name: keyword.toLowerCase(),
    stage,
    flags,
    inner: source.text.slice(start, end),
    ...argumentsOf(onbuild ?? instruction, escapeChar),
  });
}

/** Arguments as BuildKit splits them, before quotes and variables are looked at. */
function argumentsOf(
  { keyword, value }: Instruction,
  escapeChar: string,
): { values: string[]; isJson: boolean } {
  switch (keyword) {
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
      return jsonOr(value, (text) => [text]);
    case 'ADD':
    case 'COPY':
    case 'VOLUME':
      return jsonOr(value, words);
    case 'HEALTHCHECK': {
      const [type = ''] = value.split(/\s/, 1);
      const { values, isJson } = jsonOr(value.slice(type.length).trimStart(), (text) => [text]);
      return { values: [type, ...values], isJson };
    }
    case 'ENV':
    case 'LABEL':
      return { values: pairs(value, escapeChar), isJson: false };
    case 'ARG':
      return { values: splitQuoted(value, escapeChar).map(({ text }) => text), isJson: false };
    case 'FROM':
    case 'EXPOSE':
      return { values: words(value), isJson: false };
  }
  return { values: value === '' ? [] : [value], isJson: false };
}

function jsonOr(text: string, plain: (text: string) => string[]): { values: string[]; isJson: boolean } {
  const values = text.startsWith('[') ? stringsOf(text) : undefined;
  if (values !== undefined) return { values, isJson: true };
  return { values: text === '' ? [] : plain(text), isJson: false };
}

function stringsOf(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

function words(text: string): string[] {
  return text.split(/[\t\v\f\r ]+/);
}

/** Name, value and the sign between them, for each; the old form `NAME value` has one pair and no sign. */
function pairs(text: string, escapeChar: string): string[] {
  const written = splitQuoted(text, escapeChar).map((word) => word.text);
  if (written[0]?.includes('=') === false) {
    const [name = ''] = words(text);
    return [name, text.slice(name.length).trimStart(), ''];
  }
  return written.flatMap((word) => {
    const equals = word.indexOf('=');
    return [word.slice(0, equals), word.slice(equals + 1), '='];
  });
}

/** Comments that stand on their own before an instruction: not those within one, and none before an empty comment. */
class Comments {
  readonly #all: readonly DockerfileComment[];
  readonly #text: string;
  #next = 0;
  /** Where the instruction before ends. */
  #from = 0;

  constructor({ comments, directives, source }: Dockerfile) {
    this.#all = comments.slice(directives.size);
    this.#text = source.text;
  }

  before({ span }: Instruction): DockerfileComment[] {
    let found: DockerfileComment[] = [];
    for (let next = this.#all[this.#next]; next !== undefined; next = this.#all[++this.#next]) {
      if (next.span.start >= span.start) break;
      if (next.span.start < this.#from) continue;
      const text = this.#textOf(next);
      if (text === '') found = [];
      else found.push({ span: next.span, text });
    }
    this.#from = span.end;
    return found;
  }

  /** BuildKit takes away the first character of the line, which is the `#` only where no blank stands before it. */
  #textOf({ span }: DockerfileComment): string {
    const lineStart = this.#text.lastIndexOf('\n', span.start) + 1;
    return this.#text.slice(lineStart + 1, span.end).trim();
  }
}
