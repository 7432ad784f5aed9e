import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Certificate, readCertificates } from '@keelson/pki';
import {
  distinguishedNameOf,
  readTrustStore,
  type TrustStoreFolder,
  type TrustStoreType,
  verifySigningChain,
  verifyTimestampingChain,
} from '@keelson/signing';
import type { Tally } from '../suite.ts';
import { filesIn, judgeNow } from './judge.ts';

const refusedStores = /invalid-certs|leaf-certs|symlinks|_SYMLINK|directories|nonCA|nonSelfIssued/;

/** Trust stores by type and name; two lie one level up and count as stores of CAs. */
export function judgeStores(tally: Tally, dir: string): void {
  const copy = mkdtempSync(join(tmpdir(), 'keelson-notation-'));
  try {
    cpSync(dir, copy, { recursive: true });
    makeWritable(copy);
    makeLinks(copy);
    for (const type of ['ca', 'signingAuthority', 'tsa'] as const)
      for (const name of readdirSync(join(copy, type)).sort())
        judgeStore(tally, type, join(copy, type, name));
    for (const name of readdirSync(copy).filter((each) => each.startsWith('trust-store-')))
      judgeStore(tally, 'ca', join(copy, name));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function judgeStore(tally: Tally, type: TrustStoreType, path: string): void {
  const name = basename(path);
  if (name === 'trust-store-with-directories') mkdirSync(join(path, 'folder'), { recursive: true });
  const expected = refusedStores.test(name) ? 'TRUST_STORE_INVALID' : 'loaded';
  judgeNow(tally, `truststore/${type}/${name}`, expected, () => {
    readTrustStore(type, name, folderAt(path));
    return 'loaded';
  });
}

function makeWritable(dir: string): void {
  for (const path of [
    dir,
    ...readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((each) => join(dir, each)),
  ])
    if (statSync(path).isDirectory()) chmodSync(path, 0o755);
}

/** The corpus holds the targets of links as texts. */
function makeLinks(dir: string): void {
  for (const path of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const file = join(dir, path);
    if (!/_SYMLINK(?:\.[a-z]+)?$/.test(file) || statSync(file).isDirectory()) continue;
    const target = readFileSync(file, 'utf8').trim();
    rmSync(file);
    symlinkSync(target, file);
    // A store that is a link itself, beside what it links to.
    if (basename(file) === basename(dirname(file))) {
      const store = dirname(file);
      rmSync(store, { recursive: true });
      symlinkSync(basename(target), store);
    }
  }
}

function folderAt(path: string): TrustStoreFolder {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { kind: 'missing' };
  if (stat.isSymbolicLink()) return { kind: 'symlink' };
  if (!stat.isDirectory()) return { kind: 'file' };
  const entries = readdirSync(path, { withFileTypes: true }).map((entry) => {
    const { name } = entry;
    if (entry.isSymbolicLink()) return { name, kind: 'symlink' as const };
    if (entry.isDirectory()) return { name, kind: 'folder' as const };
    return entry.isFile()
      ? { name, kind: 'file' as const, bytes: readFileSync(join(path, name)) }
      : { name, kind: 'other' as const };
  });
  return { kind: 'folder', entries };
}

/** The certificates of a store of the corpus that loads. */
export function storeAt(dir: string, type: TrustStoreType, name: string): readonly Certificate[] {
  return readTrustStore(type, name, folderAt(join(dir, type, name)));
}

/** Readers of certificates, and the rules for chains. */
export function judgeCertificates(tally: Tally, dir: string, configuration: string, subjects: string): void {
  for (const name of filesIn(dir))
    judgeNow(
      tally,
      `x509/${name}`,
      /invalid/.test(name) ? 'PEM_INVALID' : /multi/.test(name) ? 'several' : 'one',
      () => (readCertificates(readFileSync(join(dir, name))).length > 1 ? 'several' : 'one'),
    );
  judgeNow(tally, 'x509 timestamping chain', 'holds', () => {
    verifyTimestampingChain(
      ['leaf', 'intermediate', 'root'].flatMap((name) =>
        readCertificates(readFileSync(join(dir, `timestamp_${name}.crt`))),
      ),
    );
    return 'holds';
  });
  for (const name of filesIn(join(configuration, 'localkeys')).filter((each) => each.endsWith('.crt')))
    judgeNow(tally, `localkeys/${name}`, /expired/.test(name) ? 'expired' : 'valid', () => {
      const chain = readCertificates(readFileSync(join(configuration, 'localkeys', name)));
      verifySigningChain(chain);
      return chain.every(({ notAfter }) => notAfter > Date.parse('2026-11-23T00:00:00Z'))
        ? 'valid'
        : 'expired';
    });
  for (const name of filesIn(join(configuration, 'timestamp')))
    judgeNow(tally, `timestamp/${name}`, /empty|invalid/i.test(name) ? 'PEM_INVALID' : 'read', () => {
      readCertificates(readFileSync(join(configuration, 'timestamp', name)));
      return 'read';
    });
  for (const name of filesIn(subjects))
    judgeNow(tally, `verifier/${name}`, /bad/.test(name) ? 'refused' : 'taken', () => {
      const [certificate] = readCertificates(readFileSync(join(subjects, name)));
      const subject = certificate && distinguishedNameOf(certificate.subject);
      return subject === undefined || typeof subject === 'string' ? 'refused' : 'taken';
    });
}
