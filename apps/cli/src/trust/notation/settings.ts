import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  readTrustStore,
  type TrustStoreEntry,
  type TrustStoreFolder,
  type TrustStores,
} from '@keelson/signing';
import { CommandError } from '../../errors.ts';
import { noteRead } from '../files-read.ts';

/** Bytes of one file of a trust store. */
const maxFileBytes = 4 << 20;

/** Where notation keeps its settings (notaryproject/notation, specs: directory structure). */
export function notationFolder(): string {
  const { XDG_CONFIG_HOME: config = '' } = process.env;
  return join(config === '' ? join(homedir(), '.config') : config, 'notation');
}

/** The first of the names under which notation's programs keep a trust policy that is there. */
export function policyFile(names: readonly string[]): string {
  const folder = notationFolder();
  const found = names.map((name) => join(folder, name)).find((file) => kindOf(file) === 'file');
  if (found !== undefined) return found;
  throw new CommandError('USAGE', `there is no ${names.join(' or ')} in ${folder}: give --trust-policy FILE`);
}

/**
 * The trust stores of the folder that was given, else of notation's own: `x509/<type>/<name>` below it.
 *
 * @throws CommandError USAGE for a folder that is not there; SigningError TRUST_STORE_INVALID, when a store is asked for
 */
export function trustStoresOf(given: string | undefined): TrustStores {
  if (given !== undefined && statSync(given, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CommandError('USAGE', `--trust-store ${given} is no folder`);
  const folder = given ?? join(notationFolder(), 'truststore');
  return {
    certificates: (type, name) => readTrustStore(type, name, folderAt(join(folder, 'x509', type, name))),
  };
}

function folderAt(path: string): TrustStoreFolder {
  const kind = kindOf(path);
  if (kind !== 'folder') return { kind, place: path };
  return {
    kind,
    entries: readdirSync(path)
      .sort()
      .map((name) => entryAt(path, name)),
  };
}

function entryAt(folder: string, name: string): TrustStoreEntry {
  const path = join(folder, name);
  const kind = kindOf(path);
  if (kind === 'file' && lstatSync(path).size <= maxFileBytes) {
    noteRead(path);
    return { name, kind, bytes: readFileSync(path) };
  }
  return { name, kind: kind === 'symlink' || kind === 'folder' ? kind : 'other' };
}

function kindOf(path: string): 'file' | 'folder' | 'symlink' | 'other' | 'missing' {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'missing';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'other';
}
