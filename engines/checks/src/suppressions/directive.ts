import type { SourceLocation } from '@keelson/core';
import type { LineRange } from './finding-index.ts';

/** A request, written in the input itself, to leave a rule out for the lines or the object it stands at. */
export interface Directive {
  /** Ids as written: ours, or another tool's. */
  rules: string[];
  reason: string;
  /** Whose spelling it is. */
  tool: string;
  location: SourceLocation;
  /** First and last line that it covers; undefined = the whole object or file. */
  lines: LineRange | undefined;
}

interface Spelling {
  tool: string;
  pattern: RegExp;
  /** Where ids and reason stand in the match. */
  read: (match: RegExpExecArray) => { rules: string; reason: string };
}

/**
 * Spellings of ignore comments. keelson's own needs a reason; those of other tools are read as they are,
 * so that a team can come over without touching its files (docs/scan.md, exceptions).
 */
const spellings: readonly Spelling[] = [
  {
    tool: 'keelson',
    pattern: /^keelson:ignore\s+([\w,./-]+)(?:\s+(.*))?$/,
    read: ([, rules = '', reason = '']) => ({ rules, reason }),
  },
  {
    tool: 'checkov',
    pattern: /^(?:checkov|bridgecrew):skip=([\w,-]+)(?::(.*))?$/,
    read: ([, rules = '', reason = '']) => ({ rules, reason: reason || 'checkov:skip' }),
  },
  {
    tool: 'trivy',
    pattern: /^(?:trivy|tfsec):ignore:([\w,-]+)(?:\s+(.*))?$/,
    read: ([, rules = '', reason = '']) => ({ rules, reason: reason || 'trivy:ignore' }),
  },
  {
    tool: 'hadolint',
    pattern: /^hadolint\s+(?:global\s+)?ignore=([\w,]+)(?:\s+(.*))?$/,
    read: ([, rules = '', reason = '']) => ({ rules, reason: reason || 'hadolint ignore' }),
  },
];

/** Quick test whether a text can hold a directive at all. */
export function mayHoldDirective(text: string): boolean {
  return text.includes(':ignore') || text.includes(':skip=') || text.includes('ignore=');
}

/** Reads a comment (without its `#`); undefined when it is no directive. */
export function readDirective(comment: string): Pick<Directive, 'rules' | 'reason' | 'tool'> | undefined {
  const text = comment.trim();
  for (const { tool, pattern, read } of spellings) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const { rules, reason } = read(match);
    return { tool, rules: rules.split(',').filter((rule) => rule !== ''), reason: reason.trim() };
  }
  return undefined;
}
