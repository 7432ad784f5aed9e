import {
  encodeUtf8,
  entriesSorted,
  isArray,
  isNumber,
  numberFromBigInt,
  type ObjectValue,
  type RegoValue,
  toDouble,
} from '../../values/index.ts';
import { type BuiltinContext, builtinError } from '../builtin.ts';
import type { Cryptography } from '../crypto-host.ts';
import { tokenScheme } from './algorithms.ts';
import type { TokenKey } from './jwk.ts';
import { hmacVerifies, keyVerifies, tokenKeys } from './keys.ts';
import type { TokenHeader } from './token.ts';

/** What `io.jwt.decode_verify` asks of a token. Empty texts ask nothing. */
export interface TokenConstraints {
  readonly keys: readonly TokenKey[] | undefined;
  readonly secret: string;
  readonly alg: string;
  readonly iss: string;
  readonly aud: string;
  /** Nanoseconds since 1970, as a double. */
  readonly time: number;
}

const textNames = ['alg', 'aud', 'iss', 'secret'];

export function parseConstraints(given: ObjectValue, context: BuiltinContext): TokenConstraints {
  const texts = new Map<string, string>();
  let keys: readonly TokenKey[] | undefined;
  let time: number | undefined;
  for (const [name, value] of entriesSorted(given)) {
    if (name === 'time') time = timeOf(value);
    else if (name !== 'cert' && !textNames.some((known) => known === name))
      throw builtinError(`unknown token validation constraint: ${String(name)}`);
    else if (typeof value !== 'string') throw builtinError(`${String(name)} constraint: must be a string`);
    else if (name === 'cert') keys = tokenKeys(value);
    else texts.set(String(name), value);
  }
  time ??= timeOf(numberFromBigInt(now(context)));
  const secret = texts.get('secret') ?? '';
  if (keys !== undefined && secret !== '') throw builtinError('duplicate key constraints');
  if (keys === undefined && secret === '') throw builtinError('no key constraint');
  const text = (name: string) => texts.get(name) ?? '';
  return { keys, secret, alg: text('alg'), iss: text('iss'), aud: text('aud'), time };
}

function timeOf(value: RegoValue): number {
  if (!isNumber(value)) throw builtinError('token time constraint: must be a number');
  const time = toDouble(value);
  if (!Number.isFinite(time)) throw builtinError('token time constraint: unvalid float64');
  if (time < 0) throw builtinError('token time constraint: must not be negative');
  return time;
}

/** The time of the evaluation, as `time.now_ns` has it. */
function now({ host, cache }: BuiltinContext): bigint {
  const known = cache.get('time.now_ns');
  if (typeof known === 'bigint') return known;
  if (host.now === undefined) throw builtinError('no clock is given');
  const nanoseconds = host.now();
  cache.set('time.now_ns', nanoseconds);
  return nanoseconds;
}

/**
 * Whether a signature is good. The key that the header names is the only one asked; else every key that may be
 * for the algorithm. A secret verifies nothing but HMAC, a public key never that.
 */
export function verifiesToken(
  constraints: TokenConstraints,
  { kid, alg }: TokenHeader,
  data: Uint8Array,
  signature: Uint8Array,
  crypto: Cryptography,
): boolean {
  // RFC 9864 names EdDSA by its curve.
  const scheme = tokenScheme(alg === 'Ed25519' ? 'EdDSA' : alg);
  if (scheme === undefined) return false;
  const { keys, secret } = constraints;
  if (keys === undefined)
    return scheme.type === 'hmac' && hmacVerifies(crypto, encodeUtf8(secret), scheme, data, signature);
  const named = kid === '' ? undefined : keys.find(({ id }) => id === kid);
  if (named !== undefined) return keyVerifies(crypto, named, scheme, data, signature);
  return keys.some(
    (key) =>
      (key.algorithm === '' || key.algorithm === alg) && keyVerifies(crypto, key, scheme, data, signature),
  );
}

export function isAudience(constraints: TokenConstraints, audience: RegoValue): boolean {
  return isArray(audience) ? audience.includes(constraints.aud) : audience === constraints.aud;
}
