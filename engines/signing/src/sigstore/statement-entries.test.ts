import { createHash } from 'node:crypto';
import { decodeBase64 } from '@keelson/core';
import { sign, writePem } from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import { artifactOfDigest } from './artifact.ts';
import { readBundle } from './bundle.ts';
import { at, type Json, put } from './testing/json.ts';
import {
  artifact,
  hex,
  issueSigner,
  logEntry,
  makeBundle,
  requirements,
  signer,
  statementAbout,
} from './testing/world.ts';
import { verifyBundle } from './verify.ts';

// How the first Rekor keeps a statement: as dsse (rekor: pkg/types/dsse/v0.0.1), and before that as intoto 0.0.2.
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();
const digest = hex(sha256(artifact));
const statement = statementAbout({ sha256: digest });
const about = artifactOfDigest(`sha256:${digest}`);
const plain = makeBundle({ statement });
const envelope = at(plain, ['dsseEnvelope']);
const sig = String(at(envelope, ['signatures', 0, 'sig']));
const verifier = base64(writePem('CERTIFICATE', signer.certificate.bytes));

function base64(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64');
}
const hashed = (bytes: Uint8Array | string): Json => ({ algorithm: 'sha256', value: hex(sha256(bytes)) });

const dsse: Json = {
  envelopeHash: hashed(JSON.stringify(envelope)),
  payloadHash: hashed(statement),
  signatures: [{ signature: sig, verifier }],
};
const intoto: Json = {
  content: {
    envelope: {
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ publicKey: verifier, sig: base64(sig) }],
    },
    hash: hashed(JSON.stringify(envelope)),
    payloadHash: hashed(statement),
  },
};

const verified = (kind: string, version: string, spec: Json) =>
  verifyBundle(
    readBundle(
      JSON.stringify(
        put(plain, ['verificationMaterial', 'tlogEntries'], [logEntry('rekor1', kind, version, spec)]),
      ),
    ),
    about,
    requirements,
  );

const other = issueSigner();
const otherSignature = base64(sign(signer.key, 'ecdsa-sha256', statement));
const signature = ['signatures', 0, 'signature'];
const ofIntoto = ['content', 'envelope', 'signatures', 0];

describe.each<
  [
    string,
    string,
    Json,
    (string | number)[],
    (string | number)[],
    (string | number)[],
    (text: string) => string,
  ]
>([
  ['dsse', '0.0.1', dsse, ['payloadHash'], signature, ['signatures', 0, 'verifier'], (text) => text],
  [
    'intoto',
    '0.0.2',
    intoto,
    ['content', 'payloadHash'],
    [...ofIntoto, 'sig'],
    [...ofIntoto, 'publicKey'],
    base64,
  ],
])('an entry of kind %s %s', (kind, version, spec, payloadHash, sigPath, keyPath, wrapped) => {
  test('of the statement', () => {
    expect(verified(kind, version, spec).logEntries).toHaveLength(1);
  });

  const list = sigPath.slice(0, -2);
  const first = at(spec, [...list, 0]);
  test.each<[string, Json]>([
    ['another payload', put(spec, payloadHash, hashed('another'))],
    ['another signature', put(spec, sigPath, wrapped(otherSignature))],
    ['another certificate', put(spec, keyPath, base64(writePem('CERTIFICATE', other.certificate.bytes)))],
    [
      'the key in place of the certificate',
      put(spec, keyPath, base64(writePem('PUBLIC KEY', signer.certificate.publicKey.spki))),
    ],
    [
      'one signature more',
      put(spec, list, [first, put(first, [String(sigPath.at(-1))], wrapped(otherSignature))]),
    ],
    ['no signature', put(spec, list, [])],
  ])('of %s', (_, changed) => {
    expect(() => verified(kind, version, changed)).toThrow(
      expect.objectContaining({ code: 'LOG_ENTRY_MISMATCH' }),
    );
  });

  test.each<[string, Json]>([
    ['without the hash of the payload', put(spec, payloadHash, undefined)],
    ['with a hash of another length', put(spec, [...payloadHash, 'value'], 'abcd')],
    [
      'with more behind a hash than hex',
      put(spec, [...payloadHash, 'value'], `${String(at(hashed(statement), ['value']))}zz`),
    ],
    ['by a hash that is none', put(spec, [...payloadHash, 'algorithm'], 'md5')],
    ['with a key that is none', put(spec, keyPath, base64('rubbish'))],
    ['with two keys in one', put(spec, keyPath, base64(`${decoded(verifier)}${decoded(verifier)}`))],
  ])('%s', (_, changed) => {
    expect(() => verified(kind, version, changed)).toThrow(
      expect.objectContaining({ code: 'LOG_ENTRY_INVALID' }),
    );
  });

  test('a signature is in base64, wholly', () => {
    for (const text of [`${wrapped(sig)}!`, wrapped(`${sig}!`)])
      expect(() => verified(kind, version, put(spec, sigPath, text))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^LOG_ENTRY_(?:INVALID|MISMATCH)$/) }),
      );
  });

  test('does not stand for a file', () => {
    const file = put(
      makeBundle(),
      ['verificationMaterial', 'tlogEntries'],
      [logEntry('rekor1', kind, version, spec)],
    );
    expect(() => verifyBundle(readBundle(JSON.stringify(file)), about, requirements)).toThrow(
      expect.objectContaining({ code: 'LOG_ENTRY_MISMATCH' }),
    );
  });
});

function decoded(text: string): string {
  return Buffer.from(decodeBase64(text, 'standard') ?? []).toString();
}
