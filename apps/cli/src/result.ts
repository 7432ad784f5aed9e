import { writeFileSync } from 'node:fs';
import { CommandError, reasonOf } from './errors.ts';
import { terminalColumns, writeStdout } from './stdout.ts';

/**
 * Writes a verb's result to the file that `--output` names, or to stdout.
 * @throws CommandError OUTPUT_FAILED
 */
export function writeResult(file: string | undefined, content: string | Buffer): void {
  if (file === undefined || file === '-') {
    writeStdout(
      typeof content === 'string' && terminalColumns() !== undefined ? shownSafely(content) : content,
    );
    return;
  }
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new CommandError('OUTPUT_FAILED', `cannot write ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

const unsafe = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/g;

/**
 * JSON escapes the controls of ASCII alone: those of C1, which a terminal obeys too, and those that reorder what is read stand in it as
 * they are. In a text of JSON the escape means the same.
 */
export function shownSafely(text: string): string {
  return text.replace(unsafe, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
