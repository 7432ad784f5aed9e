import { type JsonFields, type JsonObject, type JsonValue, objectOf, stringifyJson } from '@keelson/core';
import { EnvelopeError, pae, readEnvelope } from '@keelson/envelopes';
import { canonical, demandSignature, keyOfPem, understood } from './entry-parts.ts';
import { base64, isSignatureOf, sha256 } from './keys.ts';
import { Refusal, requestFields } from './refusal.ts';
import type { TransparencyLog } from './transparency-log.ts';

/** A tree of the first Rekor counts from the end of the trees before it. */
const earlierEntries = 1_000;

type Spec = readonly (readonly [string, JsonValue])[];

/** What the log keeps of a proposal that holds. */
const kinds: ReadonlyMap<string, (spec: JsonFields) => Spec> = new Map([
  ['hashedrekord', hashedRecord],
  ['dsse', envelopeRecord],
]);

/**
 * `POST /api/v1/log/entries` of the first Rekor, for a `hashedrekord` or a `dsse` (sigstore/rekor, openapi.yaml).
 *
 * @throws Refusal
 */
export function addToRekorV1(log: TransparencyLog, body: Uint8Array, now: number): JsonObject {
  const fields = requestFields(body, 'the entry');
  const kind = fields.text('kind');
  const keep = kinds.get(kind);
  if (keep === undefined || fields.text('apiVersion') !== '0.0.1')
    throw new Refusal(400, 'entries of this kind are not taken');
  const text = canonical(kind, '0.0.1', keep(fields.required('spec')));
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
  // An entry goes by the number of its tree and the hash of its leaf (RFC 6962, section 2.1).
  const leaf = sha256(Buffer.concat([Uint8Array.of(0), text]));
  return objectOf([[hex(log.id).slice(0, 16) + hex(leaf), entry]]);
}

function hashedRecord(spec: JsonFields): Spec {
  const hash = spec.required('data').required('hash');
  const signature = spec.required('signature');
  const verifier = signature.required('publicKey').text('content');
  demandSignature({
    digest: Buffer.from(hash.text('value'), 'hex'),
    signature: Buffer.from(signature.text('content'), 'base64'),
    key: keyIn(verifier),
  });
  const kept = objectOf([
    ['algorithm', hash.text('algorithm')],
    ['value', hash.text('value')],
  ]);
  return [
    ['data', objectOf([['hash', kept]])],
    [
      'signature',
      objectOf([
        ['content', signature.text('content')],
        ['publicKey', objectOf([['content', verifier]])],
      ]),
    ],
  ];
}

function envelopeRecord(spec: JsonFields): Spec {
  const proposed = spec.required('proposedContent');
  const text = Buffer.from(proposed.text('envelope'));
  const [verifier = '', ...others] = proposed.texts('verifiers');
  const { payload, payloadType, signatures } = envelopeFrom(text);
  const [signature, ...more] = signatures;
  if (signature === undefined || others.length > 0 || more.length > 0)
    throw new Refusal(400, 'one signature with its one verifier is taken');
  if (!isSignatureOf(pae(payloadType, payload), keyIn(verifier), signature.sig))
    throw new Refusal(400, 'the signature of the envelope does not hold');
  return [
    ['envelopeHash', hashOf(text)],
    ['payloadHash', hashOf(payload)],
    [
      'signatures',
      [
        objectOf([
          ['signature', base64(signature.sig)],
          ['verifier', verifier],
        ]),
      ],
    ],
  ];
}

function hashOf(bytes: Uint8Array): JsonObject {
  return objectOf([
    ['algorithm', 'sha256'],
    ['value', Buffer.from(sha256(bytes)).toString('hex')],
  ]);
}

function keyIn(verifier: string) {
  return understood(() => keyOfPem(Buffer.from(verifier, 'base64').toString('utf8')));
}

function envelopeFrom(text: Uint8Array) {
  try {
    return readEnvelope(text);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw new Refusal(400, `the entry: ${error.message}`);
  }
}
