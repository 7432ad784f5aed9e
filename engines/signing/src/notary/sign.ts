import type { KeyObject } from 'node:crypto';
import {
  type Certificate,
  DerFields,
  integerBytes,
  type PublicKey,
  publicKeyOfKeyObject,
  readDer,
  readTimeStampResponse,
  type SignatureScheme,
  tags,
  timeStampRequest,
  verifyTimeStamp,
} from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { type Signer, signerOfKey } from '../keys/signer.ts';
import { algorithmOfKey, type NotaryAlgorithm } from './algorithms.ts';
import {
  type ExtendedAttribute,
  type NotaryEnvelope,
  type NotaryFormat,
  notaryMediaTypes,
  type SigningScheme,
} from './attributes.ts';
import { subjectOf, verifySigningChain, verifyTimestampingChain } from './certificate-rules.ts';
import { readNotaryEnvelope } from './envelope.ts';
import { asSigningError } from './faults.ts';
import { type TargetDescriptor, writePayload } from './payload.ts';
import { prepareEnvelope } from './write-envelope.ts';

/** Stamps the time of signatures. */
export interface NotaryTimestamp {
  /** The answer of an RFC 3161 authority to a request. */
  readonly request: (request: Uint8Array) => Promise<Uint8Array>;
  /** Roots of the authority: what it answers is verified before it is written. */
  readonly roots: readonly Certificate[];
}

export interface NotarySignOptions {
  readonly format: NotaryFormat;
  /** By the scheme of its key: `notaryScheme`. */
  readonly signer: Signer;
  /** The signer's first, the root last. */
  readonly chain: readonly Certificate[];
  /** Milliseconds since the epoch, cut to seconds. */
  readonly signingTime: number;
  /** `notary.x509` by default. */
  readonly scheme?: SigningScheme;
  /** Milliseconds since the epoch, cut to seconds. */
  readonly expiry?: number;
  /** Which program signs: `keelson/1.0.0`. Not signed. */
  readonly agent?: string;
  /** What users say of the artifact. */
  readonly metadata?: ReadonlyMap<string, string>;
  readonly extended?: readonly ExtendedAttribute[];
  readonly timestamp?: NotaryTimestamp;
}

export interface NotarySignature {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly envelope: NotaryEnvelope;
}

/** How a key signs in the Notary Project. @throws SigningError NOTARY_ENVELOPE_UNSUPPORTED */
export function notaryScheme(key: PublicKey): SignatureScheme {
  return algorithmOfKey(key).scheme;
}

/**
 * A key in memory, to sign in the Notary Project.
 *
 * @throws SigningError NOTARY_ENVELOPE_UNSUPPORTED for a key that the Notary Project does not take, PkiError KEY_*
 */
export function notarySignerOf(privateKey: KeyObject): Signer {
  return signerOfKey(privateKey, notaryScheme(publicKeyOfKeyObject(privateKey)));
}

/**
 * Signs an image's descriptor or a blob's (signing-and-verification-workflow.md). The certificates are held against the rules for
 * them at the time of signing, and what was signed is read again.
 *
 * @throws SigningError NOTARY_REQUEST_INVALID, NOTARY_ENVELOPE_UNSUPPORTED, NOTARY_CHAIN_INVALID, NOTARY_CERTIFICATE_TIME,
 *   SIGNATURE_WRONG, TIMESTAMP_WRONG
 */
export async function signNotation(
  target: TargetDescriptor,
  options: NotarySignOptions,
): Promise<NotarySignature> {
  const { format, signer, chain, scheme = 'notary.x509', metadata = new Map<string, string>() } = options;
  const signingTime = wholeSeconds(options.signingTime, 'the time of signing');
  const expiry = options.expiry === undefined ? undefined : wholeSeconds(options.expiry, 'the expiry');
  if (expiry !== undefined && expiry <= signingTime)
    throw invalid('the expiry is not after the time of signing');
  if (options.timestamp !== undefined && scheme !== 'notary.x509')
    throw invalid('only signatures of the scheme notary.x509 have timestamps');
  const algorithm = checkChain(chain, signer, signingTime);
  const parts = prepareEnvelope(format, {
    payload: writePayload(target, metadata),
    attributes: {
      scheme,
      signingTime,
      ...(expiry === undefined ? {} : { expiry }),
      extended: options.extended ?? [],
    },
    algorithm,
  });
  const signature = plainSignature(await signer.sign(parts.toBeSigned), signer.publicKey);
  const timestamp =
    options.timestamp === undefined
      ? undefined
      : await stamped(signature, algorithm, options.timestamp, signingTime);
  const bytes = parts.write(signature, { chain, timestamp, signingAgent: options.agent });
  const mediaType = notaryMediaTypes[format];
  return { bytes, mediaType, envelope: readNotaryEnvelope(bytes, mediaType) };
}

function wholeSeconds(time: number, what: string): number {
  if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) throw invalid(`${what} is no time`);
  return Math.floor(time / 1_000) * 1_000;
}

function checkChain(chain: readonly Certificate[], signer: Signer, at: number): NotaryAlgorithm {
  verifySigningChain(chain);
  const [leaf] = chain;
  if (leaf === undefined || Buffer.compare(leaf.publicKey.spki, signer.publicKey.spki) !== 0)
    throw invalid('the first certificate is not of the key that signs');
  for (const each of chain)
    if (at < each.notBefore || at > each.notAfter)
      throw new SigningError(
        'NOTARY_CERTIFICATE_TIME',
        `the certificate of ${subjectOf(each)} is not valid at the time of signing`,
      );
  const algorithm = algorithmOfKey(leaf.publicKey);
  if (signer.scheme !== algorithm.scheme)
    throw invalid(
      `the key would sign by ${signer.scheme}, and the Notary Project asks for ${algorithm.scheme}`,
    );
  return algorithm;
}

/** ECDSA as r ‖ s, as both envelopes have it; others as they are. */
function plainSignature(signature: Uint8Array, { type, curve }: PublicKey): Uint8Array {
  if (type !== 'ec') return signature;
  const size = curve === 'P-521' ? 66 : curve === 'P-384' ? 48 : 32;
  return asSigningError('SIGNATURE_WRONG', 'what the key signed', () => {
    const fields = new DerFields(readDer(signature), 'ECDSA-Sig-Value');
    const plain = new Uint8Array(2 * size);
    for (const [at, name] of ['r', 's'].entries()) {
      const octets = integerBytes(fields.take(tags.integer, name));
      const number = octets[0] === 0 ? octets.subarray(1) : octets;
      if (number.length > size) throw new SigningError('SIGNATURE_WRONG', `${name} is too long for the key`);
      plain.set(number, (at + 1) * size - number.length);
    }
    fields.finish();
    return plain;
  });
}

async function stamped(
  signature: Uint8Array,
  { hash }: NotaryAlgorithm,
  { request, roots }: NotaryTimestamp,
  signingTime: number,
): Promise<Uint8Array> {
  const crypto = process.getBuiltinModule('node:crypto');
  const digest = crypto.hash(hash, signature, 'buffer');
  const nonce = crypto.randomBytes(8).readBigUInt64BE();
  const answer = await request(timeStampRequest({ algorithm: hash, digest, nonce, certReq: true }));
  return asSigningError('TIMESTAMP_WRONG', 'the answer of the time-stamp authority', () => {
    const { token } = readTimeStampResponse(answer);
    if (token.nonce !== nonce)
      throw new SigningError('TIMESTAMP_WRONG', 'the timestamp is not for this request');
    verifyTimestampingChain(verifyTimeStamp(token, { roots, data: signature }).chain);
    if (token.genTime - (token.accuracy ?? 0) < signingTime)
      throw new SigningError('TIMESTAMP_WRONG', 'the timestamp may be from before the time of signing');
    const fields = new DerFields(readDer(answer), 'TimeStampResp');
    fields.take(tags.sequence, 'status');
    return fields.take(tags.sequence, 'timeStampToken').bytes;
  });
}

function invalid(message: string): SigningError {
  return new SigningError('NOTARY_REQUEST_INVALID', message);
}
