import { writeFileSync } from 'node:fs';
import { CommandError, reasonOf } from './errors.ts';
import { writeStdout } from './stdout.ts';

/**
 * Writes a verb's result to the file that `--output` names, or to stdout.
 * @throws CommandError OUTPUT_FAILED
 */
export function writeResult(file: string | undefined, content: string | Buffer): void {
  if (file === undefined || file === '-') {
    writeStdout(content);
    return;
  }
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new CommandError('OUTPUT_FAILED', `cannot write ${file}: ${reasonOf(error)}`, { cause: error });
  }
}
