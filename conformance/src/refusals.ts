import { isKeelsonError } from '@keelson/core';

/** True where an action ends with an error of keelson; any other error is a crash and is thrown on. */
export function isRefused(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (error) {
    if (isKeelsonError(error)) return true;
    throw error;
  }
}
