import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueCertificate, keyUsage } from '@keelson/pki';
import { openStore } from '@keelson/registry';
import {
  notaryMediaTypes,
  notarySignatures,
  notarySignerOf,
  readNotaryEnvelope,
  readPayload,
  readTrustPolicy,
  readTrustStore,
  signNotation,
  storeNotarySignature,
  verifyNotationImage,
} from '@keelson/signing';
import type { Tally } from '../suite.ts';
import { judge, judgeNow } from './judge.ts';

const digest = 'sha256:19dbd2e48e921426ee8ace4dc892edfb2ecdc1d1a72d5416c83670c30acecef0';
const now = Date.parse('2026-11-23T00:00:00Z');

/** An image layout: signed in both formats, the signatures listed, and verified; and a signature of it that lies beside. */
export async function judgeLayout(tally: Tally, dir: string): Promise<void> {
  judgeNow(tally, 'jws_signature.sig', digest, () => {
    const envelope = readNotaryEnvelope(readFileSync(join(dir, 'jws_signature.sig')), notaryMediaTypes.jws);
    return readPayload(envelope.payload).target.digest;
  });
  const copy = mkdtempSync(join(tmpdir(), 'keelson-notation-'));
  try {
    cpSync(join(dir, 'oci-layout'), copy, { recursive: true });
    for (const path of ['.', ...readdirSync(copy, { recursive: true, encoding: 'utf8' })])
      chmodSync(join(copy, path), statSync(join(copy, path)).isDirectory() ? 0o755 : 0o644);
    await judge(tally, 'oci-layout unsigned', 'refused with 0 tried', () => outcomeOf(copy, false));
    await judge(tally, 'oci-layout signed', '2 listed; accepted', () => outcomeOf(copy, true));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const certificate = issueCertificate({
  subject: [
    ['C', 'DE'],
    ['ST', 'Hessen'],
    ['O', 'Layout'],
  ],
  key: privateKey,
  notBefore: now - 1_000,
  notAfter: now + 1_000,
  extensions: [keyUsage(['digitalSignature'])],
});

async function outcomeOf(path: string, isSigned: boolean): Promise<string> {
  const store = await openStore({ kind: 'oci', path });
  try {
    const descriptor = await store.manifest({ digest });
    if (isSigned)
      for (const format of ['jws', 'cose'] as const) {
        const signature = await signNotation(descriptor, {
          format,
          signer: notarySignerOf(privateKey),
          chain: [certificate],
          signingTime: now,
        });
        await storeNotarySignature(store, descriptor, signature, now);
      }
    const verdict = await verifyNotationImage(
      store,
      { kind: 'image', descriptor, repository: 'localhost:5000/alpine' },
      {
        policy,
        trustStores: {
          certificates: (type, name) =>
            readTrustStore(type, name, {
              kind: 'folder',
              entries: [{ name: 'own.crt', kind: 'file', bytes: certificate.bytes }],
            }),
        },
        now,
      },
    );
    const { found } = await notarySignatures(store, digest);
    return isSigned
      ? `${found.length} listed; ${verdict.outcome}`
      : `${verdict.outcome} with ${verdict.refused.length} tried`;
  } finally {
    await store.close();
  }
}

const policy = readTrustPolicy(
  {
    version: '1.0',
    trustPolicies: [
      {
        name: 'layout',
        registryScopes: ['*'],
        signatureVerification: { level: 'strict' },
        trustStores: ['ca:own'],
        trustedIdentities: ['x509.subject: C=DE, ST=Hessen, O=Layout'],
      },
    ],
  },
  'oci',
);
