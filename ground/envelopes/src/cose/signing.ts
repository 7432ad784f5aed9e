import type { KeyObject } from 'node:crypto';
import type { CborKey, CborMap } from '../cbor/value.ts';
import { writeCbor } from '../cbor/write.ts';
import { EnvelopeError } from '../errors.ts';
import { holds, signatureOf, type VerificationKey } from '../signatures.ts';
import { coseAlgorithm } from './algorithms.ts';
import { type CoseHeaders, checkCriticalLabels, coseLabels, invalidCose } from './headers.ts';
import {
  type CoseContext,
  type CoseSign,
  type CoseSign1,
  type CoseSignature,
  payloadOf,
  sign1Input,
  signInput,
} from './message.ts';

export interface CoseVerifyOptions extends CoseContext {
  /** A public key. */
  readonly key: VerificationKey;
  /** Numbers of the algorithms that may be: -7 is ES256, -37 PS256. */
  readonly algorithms: readonly number[];
  /** Labels that the caller processes and that may therefore be critical. */
  readonly understood?: readonly CborKey[];
  /** Take `alg` from the header that is not signed too. */
  readonly allowUnprotectedAlgorithm?: boolean;
}

/**
 * Verifies a COSE_Sign1 and gives its payload.
 *
 * @throws EnvelopeError ENVELOPE_CRITICAL_HEADER, ENVELOPE_ALGORITHM_REFUSED, ENVELOPE_KEY_MISMATCH, ENVELOPE_SIGNATURE_WRONG,
 * COSE_INVALID
 */
export function verifyCoseSign1(message: CoseSign1, options: CoseVerifyOptions): Uint8Array {
  check(message, message.signature, options, () => sign1Input(message, options));
  return payloadOf(message, options);
}

/**
 * Verifies one signature of a COSE_Sign and gives the payload. How many signatures are enough, and of whom, is the caller's to say.
 *
 * @throws EnvelopeError as `verifyCoseSign1`
 */
export function verifyCoseSignature(
  message: CoseSign,
  signer: CoseSignature,
  options: CoseVerifyOptions,
): Uint8Array {
  checkCriticalLabels(message, options.understood ?? []);
  check(signer, signer.signature, options, () => signInput(message, signer, options));
  return payloadOf(message, options);
}

function check(
  headers: CoseHeaders,
  signature: Uint8Array,
  options: CoseVerifyOptions,
  input: () => Uint8Array,
): void {
  checkCriticalLabels(headers, options.understood ?? []);
  const label = algorithmNumber(headers, options.allowUnprotectedAlgorithm ?? false);
  const algorithm = coseAlgorithm(label, options.algorithms);
  if (!holds(algorithm, options.key, input(), signature))
    throw new EnvelopeError(
      'ENVELOPE_SIGNATURE_WRONG',
      `COSE: the ${algorithm.name} signature does not hold`,
    );
}

/** @throws EnvelopeError COSE_INVALID */
export function algorithmNumber(headers: CoseHeaders, allowUnprotected = false): number | bigint | string {
  const value =
    headers.protected.get(coseLabels.alg) ??
    (allowUnprotected ? headers.unprotected.get(coseLabels.alg) : undefined);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') return value;
  throw invalidCose(
    `alg is ${value === undefined ? 'missing in the header that is signed' : 'neither number nor text'}`,
  );
}

export interface CoseSignOptions {
  readonly payload: Uint8Array;
  /** Written in its order; label 1 says how it is signed. */
  readonly protected: CborMap;
  readonly unprotected?: CborMap;
  readonly key: KeyObject;
  readonly externalAad?: Uint8Array;
  /** Leave the payload out of the message. */
  readonly isDetached?: boolean;
}

/**
 * Signs a COSE_Sign1; `writeCose` writes it.
 *
 * @throws EnvelopeError ENVELOPE_ALGORITHM_REFUSED, ENVELOPE_KEY_MISMATCH, COSE_INVALID
 */
export function signCoseSign1(options: CoseSignOptions): CoseSign1 {
  const { payload, key, unprotected = new Map() } = options;
  const headers = { protectedBytes: writeCbor(options.protected), protected: options.protected, unprotected };
  const made = signedBy(key, headers, sign1Input({ ...headers, payload }, aadOf(options)));
  return {
    type: 'sign1',
    ...headers,
    payload: options.isDetached === true ? undefined : payload,
    signature: made,
  };
}

function signedBy(key: KeyObject, headers: CoseHeaders, input: Uint8Array): Uint8Array {
  return signatureOf(coseAlgorithm(algorithmNumber(headers)), key, input);
}

function aadOf({ externalAad }: CoseSignOptions): CoseContext {
  return externalAad === undefined ? {} : { externalAad };
}

/** One signer of a COSE_Sign. */
export interface CoseSignerOptions {
  readonly key: KeyObject;
  readonly protected: CborMap;
  readonly unprotected?: CborMap;
}

/**
 * Signs a COSE_Sign by several keys; `writeCose` writes it.
 *
 * @throws EnvelopeError as `signCoseSign1`
 */
export function signCoseSign(
  { payload, externalAad }: { readonly payload: Uint8Array; readonly externalAad?: Uint8Array },
  signers: readonly CoseSignerOptions[],
): CoseSign {
  const headers = { protectedBytes: new Uint8Array(), protected: new Map(), unprotected: new Map() };
  const signatures = signers.map((signer): CoseSignature => {
    const own = {
      protectedBytes: writeCbor(signer.protected),
      protected: signer.protected,
      unprotected: signer.unprotected ?? new Map(),
    };
    const input = signInput({ ...headers, payload }, own, externalAad === undefined ? {} : { externalAad });
    return { ...own, signature: signedBy(signer.key, own, input) };
  });
  return { type: 'sign', ...headers, payload, signatures };
}
