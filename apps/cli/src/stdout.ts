import { fstatSync, statSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import { CommandError, reasonOf } from './errors.ts';

const standardOutput = 1;

/**
 * Writes to stdout. `process.stdout` would load Node's streams and sockets, a tenth of a short run, so the file
 * descriptor is written; where it takes no more at once (a pipe that its owner made non-blocking) the stream does
 * the rest. A reader that has gone away, as `head` does, ends the output and nothing else. Bytes that are given must
 * not change later.
 */
export function writeStdout(text: string | Buffer): void {
  let bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(standardOutput, bytes));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN')
        throw new CommandError('OUTPUT_FAILED', `cannot write to stdout: ${reasonOf(error)}`, {
          cause: error,
        });
      process.stdout.on('error', () => undefined);
      process.stdout.write(bytes);
      return;
    }
  }
}

/** Columns of the terminal that stdout is; undefined when it is none. */
export function terminalColumns(): number | undefined {
  const output = fstatSync(standardOutput);
  // Only a character device can be a terminal, and the null device, where output is thrown away, is none.
  if (!output.isCharacterDevice() || output.rdev === statSync(devNull, { throwIfNoEntry: false })?.rdev) {
    return undefined;
  }
  // A terminal that does not know its width says 0.
  return process.stdout.isTTY === true ? process.stdout.columns || 80 : undefined;
}

/** True when a terminal of so many columns is to be painted: no-color.org, and a terminal that knows no colours. */
export function wantsColour(columns: number | undefined): boolean {
  const { NO_COLOR, TERM } = process.env;
  return columns !== undefined && (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}
