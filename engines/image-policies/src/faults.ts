import { isKeelsonError } from '@keelson/core';
import { ImagePolicyError, type ImagePolicyErrorCode } from './errors.ts';

/** The error for what breaks a rule of policies. */
export const invalid = (message: string, cause?: unknown) => fault('IMAGE_POLICY_INVALID', message, cause);

/** The error for what a policy does not let pass. */
export const refused = (message: string, cause?: unknown) => fault('IMAGE_POLICY_REFUSED', message, cause);

function fault(code: ImagePolicyErrorCode, message: string, cause: unknown): ImagePolicyError {
  return new ImagePolicyError(code, message, cause === undefined ? {} : { cause });
}

/** An error of keelson as a value, which lets nothing pass; all others are thrown on. */
export function keelsonError(error: unknown): Error {
  if (isKeelsonError(error)) return error;
  throw error;
}

/** The error for what keelson does not do. */
export const unsupported = (place: string, what: string) =>
  new ImagePolicyError('IMAGE_POLICY_UNSUPPORTED', `${place}: keelson does not do ${what}`);

/** The error for what a policy refers to and the caller did not give. */
export const lacking = (place: string, what: string) =>
  new ImagePolicyError('IMAGE_POLICY_UNSUPPORTED', `${place}: ${what} was not given`);

/** What is told of a regular expression that means less than it seems; undefined where it means the whole text. */
export function looseness(place: string, pattern: string): string | undefined {
  return /^(?:\^|\\A)(?:[^|]*|\((?:\?:)?[^()]*\))(?:\$|\\z)$/.test(pattern)
    ? undefined
    : `${place}: /${pattern}/ matches anywhere in a text; write ^(?:...)$ to mean the whole of it`;
}
