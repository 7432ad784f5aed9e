import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isKeelsonError } from '@keelson/core';
import { pae, writeEnvelope } from '@keelson/envelopes';
import { HttpClient } from '@keelson/http';
import { publicKeyOfKeyObject, sign } from '@keelson/pki';
import { addToRekorV1, addToRekorV2, certify, stamp } from '@keelson/sigstore';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestSigstore } from './sigstore.ts';

const http = new HttpClient();
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const [key, other] = [newKey(), newKey()];
const publicKey = publicKeyOfKeyObject(key);
const signed = Buffer.from('an artifact');
const by = (signer: KeyObject, bytes: Uint8Array) => sign(signer, 'ecdsa-sha256', bytes);
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

const proofs: readonly [string, Uint8Array, boolean][] = [
  ['of the key over the address', by(key, Buffer.from('dev@example.com')), true],
  ['of another key', by(other, Buffer.from('dev@example.com')), false],
  ['over something else', by(key, Buffer.from('eve@example.com')), false],
  ['that is rubbish', Buffer.from('rubbish'), false],
];

test.each(proofs)('a certificate for a proof of possession %s', async (_, proofOfPossession, isGranted) => {
  await using sigstore = await TestSigstore.start();
  const asked = certify(http, sigstore.url, { token: sigstore.token(), publicKey, proofOfPossession });
  if (isGranted) await expect(asked).resolves.toHaveLength(3);
  else await expect(asked).rejects.toThrow('the proof of possession does not hold');
});

test('a token of another provider is refused', async () => {
  await using sigstore = await TestSigstore.start();
  await using stranger = await TestSigstore.start();
  const proofOfPossession = by(key, Buffer.from('dev@example.com'));
  const asked = certify(http, sigstore.url, { token: stranger.token(), publicKey, proofOfPossession });
  await expect(asked).rejects.toThrow('the token is not of the provider');
});

test.each([
  ['1', addToRekorV1],
  ['2', addToRekorV2],
])('a log of Rekor %s takes a signature that holds, and no other', async (_, add) => {
  await using sigstore = await TestSigstore.start();
  const ask = (signature: Uint8Array, bytes: Uint8Array) =>
    add(http, sigstore.url, {
      signature,
      publicKey,
      scheme: 'ecdsa-sha256',
      digest: { algorithm: 'sha256', digest: digestOf(bytes) },
    });
  await expect(ask(by(key, signed), signed)).resolves.toMatchObject({ inclusionProof: { treeSize: '6' } });
  for (const [signature, bytes] of [
    [by(other, signed), signed],
    [by(key, signed), Buffer.from('another')],
    [Buffer.from('rubbish'), signed],
  ] as const)
    await expect(ask(signature, bytes)).rejects.toMatchObject({ code: 'SIGSTORE_REFUSED' });
  // What was refused is not in the tree.
  await expect(ask(by(key, signed), signed)).resolves.toMatchObject({ inclusionProof: { treeSize: '7' } });
});

test('a timestamp with and without a nonce', async () => {
  await using sigstore = await TestSigstore.start();
  const url = `${sigstore.url}/api/v1/timestamp`;
  const request = { algorithm: 'sha256', digest: digestOf(signed) } as const;
  await expect(stamp(http, url, request)).resolves.toBeInstanceOf(Uint8Array);
  await expect(
    stamp(http, url, { ...request, nonce: 2n ** 64n - 1n, certReq: true }),
  ).resolves.toBeInstanceOf(Uint8Array);
});

test('what is at no address is told', async () => {
  await using sigstore = await TestSigstore.start();
  const answer = await fetch(`${sigstore.url}/api/v3`, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(404);
  expect(await (await fetch(`${sigstore.url}/keys`)).json()).toMatchObject({ keys: [{ kty: 'RSA' }] });
  const { issuer } = JSON.parse(
    await (await fetch(`${sigstore.url}/.well-known/openid-configuration`)).text(),
  );
  expect(issuer).toBe(sigstore.url);
});

test('the first Rekor takes an envelope whose signature holds, and no other', async () => {
  await using sigstore = await TestSigstore.start();
  const [payloadType, payload] = ['application/vnd.in-toto+json', Buffer.from('{}')];
  const over = pae(payloadType, payload);
  const ask = (signature: Uint8Array, payloads = payload) => {
    const envelope = writeEnvelope({ payloadType, payload: payloads, signatures: [{ sig: signature }] });
    return addToRekorV1(http, sigstore.url, {
      signature,
      scheme: 'ecdsa-sha256',
      publicKey,
      digest: { algorithm: 'sha256', digest: digestOf(over) },
      envelope: Buffer.from(envelope),
    });
  };
  await expect(ask(by(key, over))).resolves.toMatchObject({
    kindVersion: { kind: 'dsse', version: '0.0.1' },
  });
  for (const wrong of [ask(by(other, over)), ask(by(key, payload)), ask(by(key, over), Buffer.from('[]'))])
    await expect(wrong).rejects.toMatchObject({ code: 'SIGSTORE_REFUSED' });
});

test.each<[string, (text: string) => string]>([
  ['a log that is no hash', (text) => text.replace(/"logID":"../, '"logID":"zz')],
  ['a root that is too short', (text) => text.replace(/"rootHash":"../, '"rootHash":"')],
  ['a body that is no base64', (text) => text.replace('"body":"', '"body":"!')],
])('an answer of the first Rekor with %s', async (_, change) => {
  await using sigstore = await TestSigstore.start();
  sigstore.alter = ({ answer }) => Buffer.from(change(Buffer.from(answer).toString()));
  await expect(
    addToRekorV1(http, sigstore.url, {
      signature: by(key, signed),
      publicKey,
      scheme: 'ecdsa-sha256',
      digest: { algorithm: 'sha256', digest: digestOf(signed) },
    }),
  ).rejects.toMatchObject({ code: 'SIGSTORE_ANSWER_INVALID' });
});

test('whatever a service answers, nothing but a typed error comes of it', async () => {
  await using sigstore = await TestSigstore.start();
  const digest = digestOf(signed);
  const request = {
    signature: by(key, signed),
    publicKey,
    scheme: 'ecdsa-sha256',
    digest: { algorithm: 'sha256', digest },
  } as const;
  const proofOfPossession = by(key, Buffer.from('dev@example.com'));
  const asked: readonly (() => Promise<unknown>)[] = [
    () => certify(http, sigstore.url, { token: sigstore.token(), publicKey, proofOfPossession }),
    () => addToRekorV1(http, sigstore.url, request),
    () => addToRekorV2(http, sigstore.url, request),
    () => stamp(http, `${sigstore.url}/api/v1/timestamp`, { algorithm: 'sha256', digest }),
  ];
  const changes = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    text: fc.constantFrom('', '"', '{', '[]', 'null', '-1', '1e999', 'A', 'é', '\\u0000', '\u0000', '0'),
    isCut: fc.boolean(),
  });
  const property = fc.asyncProperty(fc.constantFrom(...asked), changes, async (ask, { at, text, isCut }) => {
    sigstore.alter = ({ answer }) => {
      const [bytes, start] = [Buffer.from(answer), Math.floor(at * answer.length)];
      return isCut
        ? bytes.subarray(0, start)
        : Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(start + 1)]);
    };
    const fault: unknown = await ask().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (fault !== undefined) expect(isKeelsonError(fault), String(fault)).toBe(true);
  });
  await fc.assert(property, { seed: 6, numRuns: 800 });
});
