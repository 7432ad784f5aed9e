import type { ScanReport } from './report.ts';
import { terminalSafe } from './sanitize.ts';

/** Text on one line that any format can hold: no control characters, nothing that no UTF-8 can write. */
export function plainLine(text: string): string {
  return /^[ -~]*$/.test(text) ? text : terminalSafe(text.toWellFormed());
}

/** The function, asked once for each value: names, messages and words of checks come again and again. */
export function memoized<K, V>(ask: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = ask(key);
    known.set(key, value);
    return value;
  };
}

const tellers = new WeakMap<ScanReport['redact'], (text: string) => string>();

/**
 * What a report tells of a text from the input: redacted and on one line. Many findings say the same and several formats
 * are written of one report, so every text is looked at once.
 */
export function tellerOf(report: ScanReport): (text: string) => string {
  const { redact } = report;
  const known = tellers.get(redact);
  if (known !== undefined) return known;
  const tell = memoized((text: string) => plainLine(redact.message(text)));
  tellers.set(redact, tell);
  return tell;
}

/** What a check says for itself, each text on one line. */
export interface RuleWords {
  title: string;
  why: string;
  remediation: string;
  /** Pages to read, http or https only. */
  references: readonly string[];
  /** Control ids by framework id. */
  controls: readonly (readonly [framework: string, ids: readonly string[]])[];
}

/** The words of each check, made ready once. A check without texts is called by its id. */
export function ruleWordsOf(report: ScanReport): (rule: string) => RuleWords {
  return memoized((rule) => {
    const text = report.texts.get(rule);
    return {
      title: oneLine(text?.title ?? rule),
      why: oneLine(text?.why ?? ''),
      remediation: oneLine(text?.remediation ?? ''),
      references: (text?.references ?? []).filter((link) => /^https?:\/\/\S+$/.test(link)),
      controls: Object.entries(text?.controls ?? {}),
    };
  });
}

/** Texts of checks are broken into lines for their files, not for their readers. */
function oneLine(text: string): string {
  return plainLine(text.replaceAll(/\s+/g, ' ').trim());
}

/** `cis-1.12 5.2.2 5.2.3; mitre T1611`. */
export function controlsText(controls: RuleWords['controls']): string {
  return controls.map(([framework, ids]) => `${framework} ${ids.join(' ')}`).join('; ');
}

/** Adds an `s` where there is not one: `3 findings`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
