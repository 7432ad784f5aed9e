import {
  encodeUtf8,
  entriesSorted,
  fromJson,
  getKey,
  isArray,
  isObjectValue,
  JsonSyntaxError,
  type ObjectValue,
  type RegoValue,
} from '../../values/index.ts';
import { type BuiltinContext, BuiltinError, builtinError } from '../builtin.ts';
import { encoding } from '../encoding.ts';
import { wrongType } from '../operands.ts';

/** The parts of a token in compact form (RFC 7515 section 3.1), still encoded. */
export interface Token {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

export function splitToken(value: RegoValue): Token {
  if (typeof value !== 'string') throw wrongType(1, value, 'string');
  if (!value.includes('.')) throw builtinError('encoded JWT had no period separators');
  const parts = value.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) throw builtinError(`encoded JWT must have 3 sections, found ${parts.length}`);
  return { header, payload, signature };
}

/** What the signature is made over. */
export function signedBytes({ header, payload }: Token): Uint8Array {
  return encodeUtf8(`${header}.${payload}`);
}

function decodeUrl(text: string, context: BuiltinContext): string {
  const decoded = encoding['base64url.decode']?.([text], context);
  if (typeof decoded !== 'string') throw builtinError('illegal base64 data');
  return decoded;
}

function prefixed<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BuiltinError) throw builtinError(prefix + error.message);
    throw error;
  }
}

export function decodePayload({ payload }: Token, context: BuiltinContext): string {
  return prefixed('JWT payload had invalid encoding: ', () => decodeUrl(payload, context));
}

export function decodeSignature({ signature }: Token, context: BuiltinContext): Uint8Array {
  return encodeUtf8(decodeUrl(signature, context));
}

export function decodeHeader({ header }: Token, context: BuiltinContext): ObjectValue {
  const text = prefixed('JWT header had invalid encoding: ', () => decodeUrl(header, context));
  const decoded = prefixed('bad JWT header: ', () => parseObject(text));
  // RFC 7516 section 9: only encrypted tokens have it.
  if (getKey(decoded, 'enc') !== undefined) throw builtinError('JWT is a JWE object, which is not supported');
  return decoded;
}

export function parseObject(text: string): ObjectValue {
  let value: RegoValue;
  try {
    value = fromJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw builtinError(`invalid JSON: ${error.message}`);
    throw error;
  }
  if (!isObjectValue(value)) throw builtinError('decoded JSON type was not an Object');
  return value;
}

/** The fields of a header that OPA knows, empty where absent. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string;
  readonly cty: string;
  /** RFC 7515 sections 4.1.1 and 4.1.11: `alg` is there, and nothing critical is unknown. */
  readonly isValid: boolean;
}

const stringFields = ['alg', 'kid', 'typ', 'cty'];

export function parseHeader(header: ObjectValue): TokenHeader {
  const fields = new Map<string, string>();
  const unknown: RegoValue[] = [];
  let critical: readonly RegoValue[] = [];
  for (const [name, value] of entriesSorted(header)) {
    if (name === 'crit') critical = parseCritical(value);
    else if (typeof name !== 'string' || !stringFields.includes(name)) unknown.push(name);
    else if (typeof value !== 'string') throw builtinError(`${name}: must be a string`);
    else fields.set(name, value);
  }
  const alg = fields.get('alg') ?? '';
  return {
    alg,
    kid: fields.get('kid') ?? '',
    cty: fields.get('cty') ?? '',
    isValid: alg !== '' && !unknown.some((name) => critical.includes(name)),
  };
}

/** The names up to the first that is no string, as OPA takes them. */
function parseCritical(value: RegoValue): readonly RegoValue[] {
  if (!isArray(value)) throw builtinError('crit: must be a list');
  const end = value.findIndex((name) => typeof name !== 'string');
  const names = end < 0 ? value : value.slice(0, end);
  if (names.length === 0) throw builtinError('crit: must be a nonempty list');
  return names;
}
