import { type JsonFields, type JsonObject, objectOf, stringifyJson } from '@keelson/core';
import { PkiError, type PublicKey, readCertificate, readPem, readPublicKey } from '@keelson/pki';
import { base64, isSignatureOver } from './keys.ts';
import { Refusal, requestFields } from './refusal.ts';
import type { TransparencyLog } from './transparency-log.ts';

/** A tree of the first Rekor counts from the end of the trees before it. */
const earlierEntries = 1_000;

/**
 * `POST /api/v1/log/entries` of the first Rekor, for a `hashedrekord` (sigstore/rekor, openapi.yaml).
 *
 * @throws Refusal
 */
export function addToRekorV1(log: TransparencyLog, body: Uint8Array, now: number): JsonObject {
  const fields = requestFields(body, 'the entry');
  if (fields.text('kind') !== 'hashedrekord' || fields.text('apiVersion') !== '0.0.1')
    throw new Refusal(400, 'entries of this kind are not taken');
  const spec = fields.required('spec');
  const hash = spec.required('data').required('hash');
  const signature = spec.required('signature');
  const verifier = Buffer.from(signature.required('publicKey').text('content'), 'base64');
  demandSignature({
    digest: Buffer.from(hash.text('value'), 'hex'),
    signature: Buffer.from(signature.text('content'), 'base64'),
    key: understood(() => keyOfPem(verifier.toString('utf8'))),
  });
  const text = canonical('hashedrekord', '0.0.1', [
    [
      'data',
      objectOf([
        [
          'hash',
          objectOf([
            ['algorithm', hash.text('algorithm')],
            ['value', hash.text('value')],
          ]),
        ],
      ]),
    ],
    [
      'signature',
      objectOf([
        ['content', signature.text('content')],
        ['publicKey', objectOf([['content', base64(verifier)]])],
      ]),
    ],
  ]);
  const logged = log.append(text);
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const promised = objectOf([
    ['body', base64(text)],
    ['integratedTime', Math.floor(now / 1_000)],
    ['logID', hex(log.id)],
    ['logIndex', earlierEntries + logged.index],
  ]);
  const proof = objectOf([
    ['checkpoint', logged.checkpoint],
    ['hashes', logged.hashes.map(hex)],
    ['logIndex', logged.index],
    ['rootHash', hex(logged.root)],
    ['treeSize', logged.size],
  ]);
  const verification = objectOf([
    ['inclusionProof', proof],
    // The four members stand in the order of RFC 8785.
    ['signedEntryTimestamp', base64(log.sign(Buffer.from(stringifyJson(promised))))],
  ]);
  const entry = objectOf([...Object.entries(promised), ['verification', verification]]);
  return objectOf([[hex(log.id).slice(0, 16) + logged.index, entry]]);
}

/**
 * `POST /api/v2/log/entries` of the second Rekor, for a `hashedrekord` (sigstore/rekor-tiles).
 *
 * @throws Refusal
 */
export function addToRekorV2(log: TransparencyLog, body: Uint8Array): JsonObject {
  const record = requestFields(body, 'the entry').required('hashedRekordRequestV002');
  const digest = Buffer.from(record.text('digest'), 'base64');
  const signature = record.required('signature');
  const verifier = signature.required('verifier');
  demandSignature({
    digest,
    signature: Buffer.from(signature.text('content'), 'base64'),
    key: understood(() => keyOfVerifier(verifier)),
  });
  const [name, holder] = holderOf(verifier);
  const text = canonical('hashedrekord', '0.0.2', [
    [
      'hashedRekordV002',
      objectOf([
        [
          'data',
          objectOf([
            ['algorithm', `SHA2_${digest.length * 8}`],
            ['digest', base64(digest)],
          ]),
        ],
        [
          'signature',
          objectOf([
            ['content', signature.text('content')],
            [
              'verifier',
              objectOf([
                ['keyDetails', verifier.text('keyDetails')],
                [name, objectOf([['rawBytes', holder.text('rawBytes')]])],
              ]),
            ],
          ]),
        ],
      ]),
    ],
  ]);
  const logged = log.append(text);
  return objectOf([
    ['logIndex', String(logged.index)],
    ['logId', objectOf([['keyId', base64(log.id)]])],
    [
      'kindVersion',
      objectOf([
        ['kind', 'hashedrekord'],
        ['version', '0.0.2'],
      ]),
    ],
    ['integratedTime', '0'],
    ['inclusionPromise', null],
    [
      'inclusionProof',
      objectOf([
        ['logIndex', String(logged.index)],
        ['rootHash', base64(logged.root)],
        ['treeSize', String(logged.size)],
        ['hashes', logged.hashes.map(base64)],
        ['checkpoint', objectOf([['envelope', logged.checkpoint]])],
      ]),
    ],
    ['canonicalizedBody', base64(text)],
  ]);
}

function holderOf(verifier: JsonFields): readonly ['x509Certificate' | 'publicKey', JsonFields] {
  const certificate = verifier.object('x509Certificate');
  return certificate === undefined
    ? ['publicKey', verifier.required('publicKey')]
    : ['x509Certificate', certificate];
}

function keyOfVerifier(verifier: JsonFields): PublicKey {
  const [name, holder] = holderOf(verifier);
  const bytes = Buffer.from(holder.text('rawBytes'), 'base64');
  return name === 'publicKey' ? readPublicKey(bytes) : readCertificate(bytes).publicKey;
}

function keyOfPem(pem: string): PublicKey {
  const [block] = readPem(pem);
  if (block === undefined) throw new Refusal(400, 'the entry has no key');
  return block.label === 'CERTIFICATE' ? readCertificate(block.bytes).publicKey : readPublicKey(block.bytes);
}

function demandSignature(input: {
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly key: PublicKey;
}): void {
  if (!isSignatureOver(input.digest, input.key, input.signature))
    throw new Refusal(400, 'the signature of the entry does not hold');
}

function canonical(kind: string, apiVersion: string, spec: readonly (readonly [string, JsonObject])[]) {
  const entry = objectOf([
    ['apiVersion', apiVersion],
    ['kind', kind],
    ['spec', objectOf(spec)],
  ]);
  return Buffer.from(stringifyJson(entry));
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new Refusal(400, `the entry: ${error.message}`);
  }
}
