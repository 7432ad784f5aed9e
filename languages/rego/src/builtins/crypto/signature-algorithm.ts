import type { SignatureScheme } from '../crypto-host.ts';
import { contextTag, DerFault, DerReader } from './der.ts';

export interface SignatureAlgorithm {
  /** Go's number for it; 0 where it is not known. */
  readonly number: number;
  /** Undefined where Go does not verify it. */
  readonly scheme: SignatureScheme | undefined;
}

const unknown: SignatureAlgorithm = { number: 0, scheme: undefined };

const known = new Map<string, SignatureAlgorithm>([
  // MD5 and SHA-1 are read, but nothing is verified with them.
  ['1.2.840.113549.1.1.4', { number: 2, scheme: undefined }],
  ['1.2.840.113549.1.1.5', { number: 3, scheme: undefined }],
  ['1.3.14.3.2.29', { number: 3, scheme: undefined }],
  ['1.2.840.113549.1.1.11', { number: 4, scheme: { type: 'rsa-pkcs1', digest: 'sha256' } }],
  ['1.2.840.113549.1.1.12', { number: 5, scheme: { type: 'rsa-pkcs1', digest: 'sha384' } }],
  ['1.2.840.113549.1.1.13', { number: 6, scheme: { type: 'rsa-pkcs1', digest: 'sha512' } }],
  ['1.2.840.10040.4.3', { number: 7, scheme: undefined }],
  ['2.16.840.1.101.3.4.3.2', { number: 8, scheme: undefined }],
  ['1.2.840.10045.4.1', { number: 9, scheme: undefined }],
  ['1.2.840.10045.4.3.2', { number: 10, scheme: { type: 'ecdsa', digest: 'sha256' } }],
  ['1.2.840.10045.4.3.3', { number: 11, scheme: { type: 'ecdsa', digest: 'sha384' } }],
  ['1.2.840.10045.4.3.4', { number: 12, scheme: { type: 'ecdsa', digest: 'sha512' } }],
  ['1.3.101.112', { number: 16, scheme: { type: 'eddsa' } }],
]);

const pss = '1.2.840.113549.1.1.10';
const pssDigests = new Map<string, SignatureAlgorithm>([
  ['2.16.840.1.101.3.4.2.1', { number: 13, scheme: { type: 'rsa-pss', digest: 'sha256' } }],
  ['2.16.840.1.101.3.4.2.2', { number: 14, scheme: { type: 'rsa-pss', digest: 'sha384' } }],
  ['2.16.840.1.101.3.4.2.3', { number: 15, scheme: { type: 'rsa-pss', digest: 'sha512' } }],
]);

/** The algorithm of an AlgorithmIdentifier, given its contents. */
export function parseSignatureAlgorithm(content: Uint8Array): SignatureAlgorithm {
  const reader = new DerReader(content);
  const oid = reader.oid().join('.');
  if (oid !== pss) return known.get(oid) ?? unknown;
  try {
    const digest = reader.nested().nested(contextTag(0, true)).nested().oid().join('.');
    return pssDigests.get(digest) ?? unknown;
  } catch (error) {
    if (error instanceof DerFault) return unknown;
    throw error;
  }
}
