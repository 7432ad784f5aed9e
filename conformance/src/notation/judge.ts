import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isKeelsonError } from '@keelson/core';
import type { NotationVerdict } from '@keelson/signing';
import type { Tally } from '../suite.ts';

/** One case: what came of it, as a text, is the text that it should be. */
export async function judge(
  tally: Tally,
  id: string,
  expected: string,
  run: () => string | Promise<string>,
): Promise<void> {
  judgeOutcome(tally, id, expected, await outcomeOf(run));
}

/** The same for what is done at once. */
export function judgeNow(tally: Tally, id: string, expected: string, run: () => string): void {
  let outcome: string;
  try {
    outcome = run();
  } catch (error) {
    outcome = codeOf(error);
  }
  judgeOutcome(tally, id, expected, outcome);
}

function judgeOutcome(tally: Tally, id: string, expected: string, outcome: string): void {
  if (outcome === expected) tally.pass();
  else tally.fail(id, `ends with ${outcome}, not with ${expected}`);
}

async function outcomeOf(run: () => string | Promise<string>): Promise<string> {
  try {
    return await run();
  } catch (error) {
    return codeOf(error);
  }
}

/** Anything but an error of keelson's own is a crash. */
function codeOf(error: unknown): string {
  return isKeelsonError(error) ? error.code : `a crash: ${String(error)}`;
}

/** `accepted`, `skipped`, or the code of what refused. */
export function shortly({ outcome, fault }: NotationVerdict): string {
  return fault?.code ?? outcome;
}

/** Names of the files of a folder, in order. */
export function filesIn(dir: string): readonly string[] {
  return readdirSync(dir)
    .filter((name) => statSync(join(dir, name)).isFile())
    .sort();
}
