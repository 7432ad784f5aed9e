import { linesSafe } from './lines-safe.ts';

/** Writes a note of keelson's to stderr, whose names and texts may be those of the input. */
export function tell(text: string): void {
  process.stderr.write(`${linesSafe(text)}\n`);
}
