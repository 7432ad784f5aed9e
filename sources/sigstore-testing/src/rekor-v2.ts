import { type JsonFields, type JsonObject, objectOf } from '@keelson/core';
import { type PublicKey, readCertificate, readPublicKey } from '@keelson/pki';
import { canonical, demandSignature, understood } from './entry-parts.ts';
import { base64 } from './keys.ts';
import { requestFields } from './refusal.ts';
import type { TransparencyLog } from './transparency-log.ts';

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
