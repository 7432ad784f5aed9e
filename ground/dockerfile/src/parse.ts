import type { KeelsonError, SourceText } from '@keelson/core';
import { type DockerfileErrorCode, ProblemList } from './error.ts';
import { heredocStarts, LineIndex, readHeredocs } from './heredoc.ts';
import { keywordOf, readInstruction } from './instruction.ts';
import { physicalLines, readDirectives, readLogicalLine, skipBlanks } from './line-reader.ts';
import type { Dockerfile, DockerfileComment, Instruction } from './model.ts';
import { StageBuilder } from './stage.ts';
import { splitFlags } from './words.ts';

/** Bounds on what is read; passing one is a problem `DOCKERFILE_LIMIT`. */
export interface DockerfileLimits {
  /** UTF-16 code units of the file. BuildKit refuses more than 2 MiB. */
  readonly length: number;
  readonly instructions: number;
  /** Shell commands per instruction. */
  readonly commands: number;
  /** `$(…)` in `$(…)`, `sh -c` in `sh -c`. */
  readonly depth: number;
  /**
   * Characters that the expansion of variables may add to the file, or compare with patterns, each variable that a
   * stage inherits counting as 16: `ENV A=$A$A` doubles with every line.
   */
  readonly expansion: number;
}

export const defaultLimits: DockerfileLimits = {
  length: 2 * 1024 * 1024,
  instructions: 5_000,
  commands: 20_000,
  depth: 12,
  expansion: 4 * 1024 * 1024,
};

export interface DockerfileOptions {
  /** `--build-arg` values: they win over the defaults of ARG. */
  readonly buildArgs?: ReadonlyMap<string, string>;
  readonly limits?: Partial<DockerfileLimits>;
}

export interface ParsedDockerfile {
  readonly dockerfile: Dockerfile;
  /** What BuildKit would refuse, in input order; everything else was read all the same. */
  readonly problems: readonly KeelsonError<DockerfileErrorCode>[];
}

/** Keywords whose line may open here-documents. */
const heredocKeywords = new Set(['RUN', 'COPY', 'ADD']);

/** Reads a Dockerfile as BuildKit's frontend does. Never throws on input and runs nothing. */
export function parseDockerfile(source: SourceText, options: DockerfileOptions = {}): ParsedDockerfile {
  const limits = { ...defaultLimits, ...options.limits };
  const problems = new ProblemList(source);
  const text = source.text.slice(0, limits.length);
  if (text.length < source.text.length) {
    const span = { start: text.length, end: text.length };
    problems.add('DOCKERFILE_LIMIT', `longer than the limit "length" of ${limits.length}`, span);
  }
  const lines = physicalLines(text);
  const { directives, escape: escapeChar } = readDirectives(source, lines, problems);
  const comments: DockerfileComment[] = [];
  const stages = new StageBuilder({
    escape: escapeChar,
    limits,
    problems,
    buildArgs: options.buildArgs ?? new Map(),
  });
  const lineIndex = new LineIndex(text, lines);
  let count = 0;
  for (let index = 0; index < lines.length; ) {
    const line = lines[index];
    if (line === undefined) break;
    const start = skipBlanks(text, line.start, line.end);
    if (start === line.end) {
      index++;
      continue;
    }
    if (text[start] === '#') {
      comments.push({ span: { start, end: line.end }, text: text.slice(start + 1, line.end).trim() });
      index++;
      continue;
    }
    const logical = readLogicalLine(source, lines, index, escapeChar, comments);
    index = logical.next;
    if (logical.text.text.trim() === '') continue;
    if (++count > limits.instructions) {
      problems.add('DOCKERFILE_LIMIT', `more than the limit "instructions" of ${limits.instructions}`, line);
      break;
    }
    const starts = opensHeredocs(logical.text.text, escapeChar)
      ? heredocStarts(logical.text.text, escapeChar)
      : [];
    const bodies = readHeredocs(text, lines, index, starts, lineIndex, problems);
    index = bodies.next;
    const context = keywordOf(logical.text.text).keyword === 'FROM' ? stages.fromContext() : stages.context();
    const instruction = readInstruction(logical.text, bodies.heredocs, context);
    if (instruction !== undefined) stages.add(instruction);
  }
  const built = stages.finish();
  // a file without any instruction is empty, not broken: nothing of it is lost
  if (count > 0 && problems.items.length === 0 && built.stages.length === 0)
    problems.add('DOCKERFILE_NO_FROM', 'no FROM', { start: 0, end: 0 });
  return {
    dockerfile: { source, directives, escape: escapeChar, comments, ...built },
    problems: problems.items,
  };
}

function opensHeredocs(line: string, escapeChar: string): boolean {
  const outer = keywordOf(line);
  if (outer.keyword !== 'ONBUILD') return heredocKeywords.has(outer.keyword);
  return heredocKeywords.has(keywordOf(line.slice(splitFlags(line, escapeChar, outer.end).rest)).keyword);
}

/** Every instruction of a Dockerfile in order, the triggers of ONBUILD after the ONBUILD that holds them. */
export function allInstructions(dockerfile: Dockerfile): Instruction[] {
  const top = [...dockerfile.globalArgs, ...dockerfile.stages.flatMap((stage) => stage.instructions)];
  return top.flatMap((item) => (item.onbuild === undefined ? [item] : [item, item.onbuild]));
}
