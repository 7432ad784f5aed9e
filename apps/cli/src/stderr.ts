import { terminalSafe } from '@keelson/report';

/**
 * Writes a note of keelson's to stderr. Names and texts of the input stand in many: what a terminal would obey in them
 * is written as an escape.
 */
export function tell(text: string): void {
  process.stderr.write(`${text.split('\n').map(terminalSafe).join('\n')}\n`);
}
