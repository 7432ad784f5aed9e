import type { ScanReport } from './report.ts';
import { terminalSafe } from './sanitize.ts';

/** Text on one line that any format can hold: no control characters, nothing that no UTF-8 can write. */
export function plainLine(text: string): string {
  return /^[ -~]*$/.test(text) ? text : terminalSafe(text.toWellFormed());
}

/** `plainLine` as JSON. */
export function jsonLine(text: string): string {
  return JSON.stringify(plainLine(text));
}

/** Texts of checks and frameworks are broken into lines for their files, not for their readers: blanks join them. */
export function oneLine(text: string): string {
  return plainLine(text.replaceAll(/\s+/g, ' ').trim());
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

/**
 * What a report is asked for by several of the formats that are written of it, made once. `partsOf` names all parts of a report
 * on which it depends: they are the same in reports that share it.
 */
export function shared<T>(
  partsOf: (report: ScanReport) => readonly [object, ...unknown[]],
  make: (report: ScanReport) => T,
): (report: ScanReport) => T {
  const known = new WeakMap<object, { parts: readonly unknown[]; value: T }>();
  return (report) => {
    const parts = partsOf(report);
    const before = known.get(parts[0]);
    if (before?.parts.every((part, i) => part === parts[i]) === true) return before.value;
    const value = make(report);
    known.set(parts[0], { parts, value });
    return value;
  };
}

/**
 * What a report tells of a text from the input: redacted and on one line. Many findings say the same and several formats
 * are written of one report, so every text is looked at once.
 */
export const tellerOf = shared(
  ({ redact }) => [redact],
  ({ redact }) => memoized((text: string) => plainLine(redact.message(text))),
);

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
export const ruleWordsOf = shared(
  ({ texts }) => [texts],
  ({ texts }) =>
    memoized((rule: string): RuleWords => {
      const text = texts.get(rule);
      return {
        title: oneLine(text?.title ?? rule),
        why: oneLine(text?.why ?? ''),
        remediation: oneLine(text?.remediation ?? ''),
        references: (text?.references ?? []).filter((link) => /^https?:\/\/\S+$/.test(link)),
        controls: Object.entries(text?.controls ?? {}),
      };
    }),
);

/** `cis-1.12 5.2.2 5.2.3; mitre T1611`. */
export function controlsText(controls: RuleWords['controls']): string {
  return controls.map(([framework, ids]) => `${framework} ${ids.join(' ')}`).join('; ');
}

/** Adds an `s` where there is not one: `3 findings`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
