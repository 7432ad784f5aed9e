import type { Check, CheckExamples, CheckText } from '@keelson/checks';
import { checks as generated } from '../generated/checks.js';

/** Every check that keelson brings, ready to run. */
export const checks: readonly Check[] = generated;

/** Titles, reasons and mappings of the checks by id; a module of its own, loaded on demand. */
export async function loadCheckTexts(): Promise<ReadonlyMap<string, CheckText>> {
  const { texts } = await import('../generated/texts.js');
  return new Map(texts.map((text) => [text.id, text]));
}

/** The checks' inline examples, for tests and documentation. */
export async function loadCheckExamples(): Promise<readonly CheckExamples[]> {
  const { examples } = await import('../generated/examples.js');
  return examples;
}
