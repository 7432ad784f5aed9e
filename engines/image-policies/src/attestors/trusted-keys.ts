import { createHash } from 'node:crypto';
import type { Certificate } from '@keelson/pki';
import { readTrustedRoot, type TrustedRoot } from '@keelson/signing';

export interface AuthorityChain {
  readonly uri: string;
  /** The root is the last. */
  readonly certificates: readonly Certificate[];
}

export interface LogKey {
  readonly url: string;
  readonly hashAlgorithm?: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array;
}

/** Keys and certificates that are trusted at any time: policies give no bounds with them. */
export interface TrustedKeys {
  readonly certificateAuthorities?: readonly AuthorityChain[];
  readonly timestampAuthorities?: readonly AuthorityChain[];
  readonly transparencyLogs?: readonly LogKey[];
  readonly certificateLogs?: readonly LogKey[];
}

const validFor = { start: '1970-01-01T00:00:00Z' };
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/**
 * What keys say in the form of a trusted root, which has one reader. A log goes by the hash of its key, as those of Rekor v1 do.
 *
 * @throws SigningError TRUST_ROOT_INVALID, SIGNING_LIMIT
 */
export function trustedRootOfKeys(keys: TrustedKeys): TrustedRoot {
  const authority = ({ uri, certificates }: AuthorityChain) => ({
    uri,
    validFor,
    certChain: { certificates: certificates.map(({ bytes }) => ({ rawBytes: base64(bytes) })) },
  });
  const log = ({ url, hashAlgorithm = 'sha-256', spki }: LogKey) => ({
    baseUrl: url,
    hashAlgorithm,
    publicKey: { rawBytes: base64(spki), validFor },
    logId: { keyId: createHash('sha256').update(spki).digest('base64') },
  });
  return readTrustedRoot(
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: (keys.certificateAuthorities ?? []).map(authority),
      timestampAuthorities: (keys.timestampAuthorities ?? []).map(authority),
      tlogs: (keys.transparencyLogs ?? []).map(log),
      ctlogs: (keys.certificateLogs ?? []).map(log),
    }),
  );
}
