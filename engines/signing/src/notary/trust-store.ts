import { type Certificate, isSelfSigned, PkiError, readCertificates } from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { subjectOf } from './certificate-rules.ts';
import { isStoreName, type TrustStoreType } from './trust-policy/document.ts';

/** Trust stores by type and name. */
export interface TrustStores {
  /**
   * The certificates of a store; never none.
   *
   * @throws SigningError TRUST_STORE_INVALID for a store that is missing or broken
   */
  certificates(type: TrustStoreType, name: string): readonly Certificate[] | Promise<readonly Certificate[]>;
}

/** What stands in the place of a store or of a file of it, links not followed. */
export type TrustStoreEntry =
  | { readonly name: string; readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly name: string; readonly kind: 'symlink' | 'folder' | 'other' };

/** A store as it lies on a disk: `truststore/x509/<type>/<name>`. */
export type TrustStoreFolder =
  | { readonly kind: 'folder'; readonly entries: readonly TrustStoreEntry[] }
  | {
      readonly kind: 'missing' | 'symlink' | 'file' | 'other';
      /** Where it was looked for. */
      readonly place?: string;
    };

/**
 * The certificates of a store, by the rules for what may stand in one (trust-store-trust-policy.md, trust store): nothing but files of
 * certificates, no links, no folders; CAs, or certificates that signed themselves; for timestamps roots alone.
 *
 * @throws SigningError TRUST_STORE_INVALID
 */
export function readTrustStore(
  type: TrustStoreType,
  name: string,
  folder: TrustStoreFolder,
): readonly Certificate[] {
  const store = `the trust store ${type}:${name.slice(0, 100)}`;
  if (!isStoreName(name)) throw invalid(store, 'has no name of letters, digits, _, . and -');
  if (folder.kind !== 'folder') {
    const what = folder.kind === 'missing' ? 'does not exist' : `is a ${folder.kind}, no folder`;
    throw invalid(store, folder.place === undefined ? what : `${what} (${folder.place})`);
  }
  const found = folder.entries.flatMap((entry) => {
    const place = `${store}: ${entry.name.slice(0, 100)}`;
    if (entry.kind !== 'file') throw invalid(place, `is a ${entry.kind}, no file of certificates`);
    return certificatesOf(entry.bytes, place, type);
  });
  if (found.length === 0) throw invalid(store, 'has no certificates');
  return found;
}

function certificatesOf(bytes: Uint8Array, place: string, type: TrustStoreType): readonly Certificate[] {
  try {
    const certificates = readCertificates(bytes);
    for (const each of certificates) checkAnchor(each, place, type);
    return certificates;
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new SigningError('TRUST_STORE_INVALID', `${place}: ${error.message}`, { cause: error });
  }
}

function checkAnchor(certificate: Certificate, place: string, type: TrustStoreType): void {
  const isCa = certificate.basicConstraints?.ca === true;
  const subject = subjectOf(certificate);
  if (type === 'tsa') {
    if (!isCa || !certificate.isSelfIssued || !isSelfSigned(certificate))
      throw invalid(place, `holds ${subject}, which is no root CA`);
  } else if (!isCa && !isSelfSigned(certificate))
    throw invalid(place, `holds ${subject}, which is neither a CA nor signed by itself`);
}

function invalid(place: string, reason: string): SigningError {
  return new SigningError('TRUST_STORE_INVALID', `${place} ${reason}`);
}
