import { isKeelsonError } from '@keelson/core';
import { terminalSafe } from '@keelson/report';

/** Why something was refused, for people. */
export function faultText(fault: Error): string {
  return terminalSafe(isKeelsonError(fault) ? fault.format() : fault.message);
}

/** The same for programs. */
export function faultJson(fault: Error): { readonly code: string; readonly message: string } {
  return { code: isKeelsonError(fault) ? fault.code : 'INTERNAL', message: fault.message };
}
