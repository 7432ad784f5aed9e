import { decodeBase64, type JsonObject, objectOf } from '@keelson/core';
import type { HttpClient } from '@keelson/http';
import { type PublicKey, type SignatureScheme, writePem } from '@keelson/pki';
import { SigstoreError } from './errors.ts';
import { answerFields, base64, below, post } from './exchange.ts';

/** A tree has at most 2^63 entries. */
const maxProofHashes = 63;

/** What a log is asked to take in: a signature, what it is over, and what verifies it. */
export interface LogRequest {
  readonly signature: Uint8Array;
  readonly scheme: SignatureScheme;
  /** By the hash of the scheme. */
  readonly digest: { readonly algorithm: 'sha256' | 'sha384' | 'sha512'; readonly digest: Uint8Array };
  readonly publicKey: PublicKey;
  /** DER; absent for a key. */
  readonly certificate?: Uint8Array;
  /** The DSSE envelope in JSON, where the signature stands in one. */
  readonly envelope?: Uint8Array;
}

/**
 * Asks a log of the second Rekor to take a signature in (sigstore/rekor-tiles, api/proto/rekor/v2/rekor_service.proto).
 *
 * @returns a TransparencyLogEntry in its JSON form
 * @throws SigstoreError, HttpError
 */
export async function addToRekorV2(http: HttpClient, base: string, request: LogRequest): Promise<JsonObject> {
  const { signature, digest, publicKey, certificate } = request;
  const verifier = objectOf([
    certificate === undefined
      ? (['publicKey', objectOf([['rawBytes', base64(publicKey.spki)]])] as const)
      : (['x509Certificate', objectOf([['rawBytes', base64(certificate)]])] as const),
    ['keyDetails', keyDetails(request)],
  ]);
  const body = objectOf([
    [
      'hashedRekordRequestV002',
      objectOf([
        ['digest', base64(digest.digest)],
        [
          'signature',
          objectOf([
            ['content', base64(signature)],
            ['verifier', verifier],
          ]),
        ],
      ]),
    ],
  ]);
  const bytes = await post(http, { url: below(base, '/api/v2/log/entries'), body });
  const fields = answerFields(bytes, 'the answer of the transparency log');
  fields.required('inclusionProof');
  return objectOf(fields.names().map((name) => [name, fields.value(name) ?? null]));
}

/** sigstore_common.proto, `PublicKeyDetails`: the key with the hash that is signed. @throws SigstoreError SIGSTORE_REFUSED */
function keyDetails({ publicKey: { type, curve, modulusLength }, scheme }: LogRequest): string {
  if (type === 'ed25519') return 'PKIX_ED25519';
  const hash = scheme.slice(-3);
  if (type === 'ec') return `PKIX_ECDSA_${curve?.replace('-', '')}_SHA_${hash}`;
  if (hash !== '256')
    throw new SigstoreError('SIGSTORE_REFUSED', `a log of the second Rekor takes no signatures of ${scheme}`);
  return `PKIX_RSA_${scheme.startsWith('rsa-pss') ? 'PSS' : 'PKCS1V15'}_${modulusLength}_SHA256`;
}

/**
 * Asks a log of the first Rekor to take a signature in (sigstore/rekor, openapi.yaml): that of an envelope as `dsse`, any other as
 * `hashedrekord`.
 *
 * @returns a TransparencyLogEntry in its JSON form
 * @throws SigstoreError, HttpError
 */
export async function addToRekorV1(http: HttpClient, base: string, request: LogRequest): Promise<JsonObject> {
  const { publicKey, certificate, envelope } = request;
  const pem =
    certificate === undefined ? writePem('PUBLIC KEY', publicKey.spki) : writePem('CERTIFICATE', certificate);
  const verifier = base64(pem);
  const body =
    envelope === undefined
      ? proposal('hashedrekord', hashedRecord(request, verifier))
      : proposal('dsse', proposedEnvelope(envelope, verifier));
  return entryOfV1(await post(http, { url: below(base, '/api/v1/log/entries'), body }));
}

function proposal(kind: string, spec: JsonObject): JsonObject {
  return objectOf([
    ['apiVersion', '0.0.1'],
    ['kind', kind],
    ['spec', spec],
  ]);
}

// rekor: pkg/types/hashedrekord/v0.0.1
function hashedRecord({ signature, digest }: LogRequest, verifier: string): JsonObject {
  const hash = objectOf([
    ['algorithm', digest.algorithm],
    ['value', Buffer.from(digest.digest).toString('hex')],
  ]);
  return objectOf([
    ['data', objectOf([['hash', hash]])],
    [
      'signature',
      objectOf([
        ['content', base64(signature)],
        ['publicKey', objectOf([['content', verifier]])],
      ]),
    ],
  ]);
}

// rekor: pkg/types/dsse/v0.0.1; the log keeps the hashes of the envelope and of its payload.
function proposedEnvelope(envelope: Uint8Array, verifier: string): JsonObject {
  const proposed = objectOf([
    ['envelope', Buffer.from(envelope).toString('utf8')],
    ['verifiers', [verifier]],
  ]);
  return objectOf([['proposedContent', proposed]]);
}

/** The one entry of an answer that names it by its number, in the words of bundles. */
function entryOfV1(bytes: Uint8Array): JsonObject {
  const what = 'the answer of the transparency log';
  const answer = answerFields(bytes, what);
  const [id, ...others] = answer.names();
  if (id === undefined || others.length > 0)
    throw new SigstoreError('SIGSTORE_ANSWER_INVALID', `${what} has not exactly one entry`);
  const entry = answer.required(id);
  const verification = entry.required('verification');
  const proof = verification.required('inclusionProof');
  const body = entry.text('body');
  const kind = kindOf(body);
  return objectOf([
    ['logIndex', String(entry.count('logIndex'))],
    ['logId', objectOf([['keyId', ofHex(entry.text('logID'), what)]])],
    ['kindVersion', kind],
    ['integratedTime', String(entry.count('integratedTime'))],
    ['inclusionPromise', objectOf([['signedEntryTimestamp', verification.text('signedEntryTimestamp')]])],
    [
      'inclusionProof',
      objectOf([
        ['logIndex', String(proof.count('logIndex'))],
        ['rootHash', ofHex(proof.text('rootHash'), what)],
        ['treeSize', String(proof.count('treeSize'))],
        ['hashes', proof.texts('hashes', maxProofHashes).map((text) => ofHex(text, what))],
        ['checkpoint', objectOf([['envelope', proof.text('checkpoint')]])],
      ]),
    ],
    ['canonicalizedBody', body],
  ]);
}

/** All that the first Rekor writes in hex are SHA-256 hashes. */
function ofHex(text: string, what: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return base64(Buffer.from(text, 'hex'));
  throw new SigstoreError('SIGSTORE_ANSWER_INVALID', `${what} has a hash that is none`);
}

function kindOf(body: string): JsonObject {
  const what = 'the entry of the transparency log';
  const bytes = decodeBase64(body, 'standard');
  if (bytes === undefined) throw new SigstoreError('SIGSTORE_ANSWER_INVALID', `${what} is no base64`);
  const fields = answerFields(bytes, what);
  return objectOf([
    ['kind', fields.text('kind')],
    ['version', fields.text('apiVersion')],
  ]);
}
