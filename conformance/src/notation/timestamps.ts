import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTimeStampToken, verifyTimeStamp } from '@keelson/pki';
import {
  notaryMediaTypes,
  readNotaryEnvelope,
  readPayload,
  readTrustPolicy,
  verifyNotation,
} from '@keelson/signing';
import type { Tally } from '../suite.ts';
import { filesIn, judge, judgeNow, shortly } from './judge.ts';
import { storeAt } from './trust-stores.ts';

const repository = 'registry.acme-rockets.io/software/net-monitor';
const now = Date.parse('2026-11-23T00:00:00Z');

/** Countersignatures: tokens alone, and in envelopes. Whether a time-stamp authority was revoked is not asked: that needs a network. */
export async function judgeTimestamps(tally: Tally, dir: string, core: string): Promise<void> {
  const stores = join(dir, 'truststore', 'x509');
  const roots = storeAt(stores, 'tsa', 'test-timestamp');
  for (const folder of [join(dir, 'timestamp', 'countersignature'), core])
    for (const name of filesIn(folder))
      judgeNow(tally, `countersignature/${name}`, expectedToken(name), () => {
        const token = readTimeStampToken(readFileSync(join(folder, name)));
        verifyTimeStamp(token, { roots, digest: token.messageImprint.digest });
        return 'holds';
      });
  const envelopes = join(dir, 'timestamp', 'sigEnv');
  for (const name of filesIn(envelopes)) {
    const bytes = readFileSync(join(envelopes, name));
    for (const [store, expected] of [
      ['test-timestamp', expectedEnvelope(name)],
      ['test-mismatch', /without/.test(name) ? 'TIMESTAMP_MISSING' : 'TIMESTAMP_WRONG'],
    ] as const)
      await judge(tally, `sigEnv/${name} by ${store}`, expected, () => outcomeOf(bytes, stores, store));
  }
  tally.notes.push(
    'timestamps are judged without asking whether their authority was revoked: that needs a network',
  );
}

function expectedToken(name: string): string {
  if (/WithoutCertificate/.test(name)) return 'TIMESTAMP_SIGNER';
  if (/ContentType/.test(name)) return 'TIMESTAMP_INVALID';
  return /InvalidSignature/.test(name) ? 'TIMESTAMP_SIGNATURE' : 'holds';
}

function expectedEnvelope(name: string): string {
  if (/without/.test(name)) return 'TIMESTAMP_MISSING';
  return /NotAfter|NotBefore/.test(name) ? 'NOTARY_CERTIFICATE_TIME' : 'accepted';
}

async function outcomeOf(bytes: Uint8Array, stores: string, tsa: string): Promise<string> {
  const mediaType = bytes[0] === 0x7b ? notaryMediaTypes.jws : notaryMediaTypes.cose;
  const { payload, chain } = readNotaryEnvelope(bytes, mediaType);
  const { target } = readPayload(payload);
  const policy = readTrustPolicy(
    {
      version: '1.0',
      trustPolicies: [
        {
          name: 'strict',
          registryScopes: ['*'],
          signatureVerification: { level: 'strict', override: { revocation: 'skip' } },
          trustStores: ['ca:own', `tsa:${tsa}`],
          trustedIdentities: ['*'],
        },
      ],
    },
    'oci',
  );
  return shortly(
    await verifyNotation(bytes, mediaType, {
      target: { kind: 'image', repository, descriptor: target },
      policy,
      trustStores: {
        certificates: (type, name) => (type === 'ca' ? chain.slice(-1) : storeAt(stores, type, name)),
      },
      now,
    }),
  );
}
