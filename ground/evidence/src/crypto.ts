/**
 * Node's crypto, taken when something is first hashed: loading it costs a start of the command a tenth of its time,
 * and most scans hash nothing.
 */
export function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}
