import { terminalSafe } from '@keelson/core';

/** Lines for people to read: what a terminal would obey in them is written as an escape. */
export function linesSafe(text: string): string {
  return text.split('\n').map(terminalSafe).join('\n');
}
