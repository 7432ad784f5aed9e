import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { readTrustRoot } from './trust-root.ts';

const log = (key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }) => ({
  baseURL: 'https://log.example',
  hashAlgorithm: 'sha-256',
  publicKey: Buffer.from(key.export({ type: 'spki', format: 'pem' })).toString('base64'),
});
const ecdsa = log(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const ed25519 = log(generateKeyPairSync('ed25519').publicKey);
const ofLogs = (lists: object) => ({
  apiVersion: 'policy.sigstore.dev/v1alpha1',
  kind: 'TrustRoot',
  metadata: { name: 'r' },
  spec: { sigstoreKeys: { certificateAuthorities: [], timestampAuthorities: [], ...lists } },
});

// pkg/reconciler/trustroot, ReconcileKind: the webhook lets such a root in, and nothing is trusted by it.
test('a transparency log with another key than of ECDSA is refused, one of certificates is not', () => {
  const messageOf = (lists: object) => {
    try {
      readTrustRoot(ofLogs(lists));
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  expect(messageOf({ tLogs: [ecdsa], ctLogs: [ed25519] })).not.toContain('ECDSA');
  expect(messageOf({ tLogs: [ecdsa, ed25519] })).toMatch(
    /not ECDSA: spec\.sigstoreKeys\.tLogs\[1\]\.publicKey/,
  );
});
