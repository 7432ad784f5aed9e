import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JsonValue } from '@keelson/core';
import { pae } from '@keelson/envelopes';
import { parseDigest } from '@keelson/oci';
import { type StoredSignature, statementPayloadType, writeSimpleSigning } from '@keelson/signing';

/** The image that all signatures of tests are of. */
export const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
const manifest = parseDigest(`sha256:${'b'.repeat(64)}`);

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const newPair = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' });

export const pemOf = ({ publicKey }: Pick<KeyPair, 'publicKey'>): string =>
  publicKey.export({ type: 'spki', format: 'pem' }).toString();

const common = {
  version: '0.1',
  material: { kind: 'publicKey', hint: '' },
  logEntries: [],
  timestamps: [],
} as const;

/** A signature as cosign 1 and 2 kept it. */
export function signatureBy(
  { privateKey }: KeyPair,
  annotations: Readonly<Record<string, string>> = {},
): StoredSignature {
  const payload = writeSimpleSigning({
    digest,
    reference: 'r.example/a',
    annotations: new Map(Object.entries(annotations)),
  });
  const content = { kind: 'message', signature: sign('sha256', payload, privateKey) } as const;
  return { manifest, form: 'simplesigning', payload, bundle: { ...common, content } };
}

/** An attestation of the image. */
export function attestationBy(
  { privateKey }: KeyPair,
  predicate: JsonValue,
  predicateType = 'https://cosign.sigstore.dev/attestation/v1',
  form: 'envelope' | 'bundle' = 'envelope',
): StoredSignature {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: digest.slice('sha256:'.length) } }],
    predicateType,
    predicate,
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign('sha256', pae(statementPayloadType, payload), privateKey);
  const envelope = { payloadType: statementPayloadType, payload, signatures: [{ sig }] };
  return { manifest, form, bundle: { ...common, content: { kind: 'dsse', envelope, signature: sig } } };
}
