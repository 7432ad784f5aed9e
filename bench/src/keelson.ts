import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './measure.ts';

/** The command as this checkout built it, started by the Node that runs the benchmark. */
export function keelson(name: string, ...args: string[]): Command {
  const shim = fileURLToPath(new URL('../../apps/cli/bin/keelson.cjs', import.meta.url));
  return { name, program: process.execPath, args: [shim, ...args] };
}

/** A corpus's folder: below `KEELSON_CORPORA`, or `../shared/corpora` beside the checkout. */
export function corpus(name: string): string {
  const fallback = fileURLToPath(new URL('../../../shared/corpora', import.meta.url));
  return resolve(process.env['KEELSON_CORPORA'] ?? fallback, name);
}
