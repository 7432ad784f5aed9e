import { type Digest, mediaTypes } from '@keelson/oci';
import type { StoredSignature } from '@keelson/signing';
import type { ImageEvidence } from '../model/evidence.ts';

/** An image with Sigstore's signatures beside it. */
export function evidenceOf(digest: Digest, found: readonly StoredSignature[] = []): ImageEvidence {
  const none = { found: [], unreadable: [] };
  return {
    descriptor: { mediaType: mediaTypes.ociManifest, digest, size: 2 },
    repository: 'r.example/a',
    stored: { found, unreadable: [], others: [] },
    notary: { ...none, read: () => Promise.reject(new Error('there is none')) },
  };
}
