import { isKeelsonError } from '@keelson/core';
import { parseSubject, type Subject } from '@keelson/evidence';

/** The subject that an identity names; undefined for a text that is none. */
export function subjectOf(identity: string): Subject | undefined {
  try {
    return parseSubject(identity);
  } catch (error) {
    if (isKeelsonError(error)) return undefined;
    throw error;
  }
}
