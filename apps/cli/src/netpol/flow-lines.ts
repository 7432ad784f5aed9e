import { createReadStream, existsSync } from 'node:fs';
import { JsonSyntaxError, parseJson } from '@keelson/core';
import { FlowReader, maxFlowLine } from '@keelson/netpol';
import { terminalSafe } from '@keelson/report';
import { CommandError, reasonOf } from '../errors.ts';
import { readText } from '../policy/files.ts';
import { tell } from '../stderr.ts';

/** Values of a log that is one JSON text and not lines of it. */
const wholeLimits = { maxDepth: 64, maxValues: 20_000_000 };

/**
 * The connections of flow logs, each once; `-` is stdin. What cannot be read is told with its line.
 * @throws CommandError USAGE for a file that is not there
 */
export async function readFlowFiles(files: readonly string[], { quiet }: { quiet: boolean }) {
  const missing = files.find((file) => file !== '-' && !existsSync(file));
  if (missing !== undefined) throw new CommandError('USAGE', `${missing}: no such file`);
  let isPartial = false;
  const reader = new FlowReader();
  for (const file of files) {
    try {
      await readFile(file, reader);
    } catch (error) {
      isPartial = true;
      tell(`${file}: error: ${reasonOf(error)}`);
    }
    const { problems, unread, notes } = reader.endLog();
    for (const { line, message } of problems)
      tell(`${file}:${line}: error: the line ${terminalSafe(message)}`);
    if (unread > problems.length) tell(`${file}: error: ${unread - problems.length} more lines are not read`);
    if (!quiet) for (const note of notes) tell(`${file}: note: ${note}`);
    isPartial ||= unread > 0;
  }
  return { flows: reader.flows(), isPartial };
}

async function readFile(file: string, reader: FlowReader): Promise<void> {
  let isFirst = true;
  for await (const line of linesOf(file)) {
    // A log over several lines is one JSON text, as pages of an API are.
    if (isFirst && /^\s*[[{]\s*$/.test(line) && file !== '-') return readWhole(file, reader);
    if (line.trim() !== '') isFirst = false;
    reader.add(line);
  }
}

function readWhole(file: string, reader: FlowReader): void {
  try {
    const value = parseJson(readText(file), wholeLimits);
    reader.addValue(value);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new Error(`it is not JSON: ${error.message}`, { cause: error });
  }
}

/** Lines of a file of any size. Of a line that is too long only so much is kept that its length shows. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = file === '-' ? process.stdin : createReadStream(file);
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxFlowLine) rest = rest.slice(0, maxFlowLine + 1);
    yield* lines;
  }
  if (rest !== '') yield rest;
}
