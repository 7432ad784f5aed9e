import type { PathStep } from '@keelson/core';
import { crypto } from './crypto.ts';

/** What makes two judgements the same one, wherever and whenever they are made. */
export interface FingerprintParts {
  rule: string;
  /**
   * The subject's identity without what differs between two places that hold the same thing: no cluster,
   * no file. For an object `group/Kind/namespace/name`.
   */
  subject: string;
  /** Path in the subject in which list items are named, not numbered (see `stablePath` of the checks engine). */
  path: readonly PathStep[];
  /** What tells apart two judgements of one rule at one path. */
  detail?: string;
}

/** Hex SHA-256, the same under moved lines, in every cluster and on every machine. */
export function fingerprint(parts: FingerprintParts): string {
  const text = JSON.stringify([parts.rule, parts.subject, parts.path, parts.detail ?? '']);
  return crypto().hash('sha256', text);
}
