import {
  compareNumbers,
  encodeUtf8,
  fromJson,
  getKey,
  isJson,
  isNumber,
  isObjectValue,
  JsonSyntaxError,
  numberFromDouble,
  type ObjectValue,
  type RegoValue,
  stringifyJson,
  typeName,
} from '../values/index.ts';
import { encodeBase64 } from './base64.ts';
import { type BuiltinArguments, type BuiltinContext, type BuiltinFamily, builtinError } from './builtin.ts';
import { cryptographyOf } from './crypto/input.ts';
import { verifySignature } from './crypto/signature.ts';
import type { SignatureScheme } from './crypto-host.ts';
import { type TokenScheme, tokenScheme } from './jwt/algorithms.ts';
import { isAudience, parseConstraints, type TokenConstraints, verifiesToken } from './jwt/constraints.ts';
import { parseJwks, type TokenKey } from './jwt/jwk.ts';
import { hmacVerifies, tokenKeys } from './jwt/keys.ts';
import {
  decodeHeader,
  decodePayload,
  decodeSignature,
  parseHeader,
  parseObject,
  signedBytes,
  splitToken,
} from './jwt/token.ts';
import { objectOperand, operand, stringOperand } from './operands.ts';

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Nested tokens are looked into at most so deep. */
const maxNesting = 100;

function decode(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  let encoded = operand(args, 1);
  for (let depth = 0; depth < maxNesting; depth++) {
    const token = splitToken(encoded);
    const header = decodeHeader(token, context);
    const payload = decodePayload(token, context);
    if (getKey(header, 'cty') !== 'JWT')
      return [header, parseObject(payload), hex(signatureBytes(token, context))];
    encoded = payload.replace(/^["']+|["']+$/g, '');
  }
  throw builtinError('JWT is nested too deeply');
}

function signatureBytes(token: ReturnType<typeof splitToken>, context: BuiltinContext): Uint8Array {
  try {
    return decodeSignature(token, context);
  } catch (error) {
    if (error instanceof Error) throw builtinError(`JWT signature had invalid encoding: ${error.message}`);
    throw error;
  }
}

/** Whether a public key of the second operand made the signature, whatever `alg` the header names. */
function verifyWith(scheme: SignatureScheme): BuiltinFamily[string] {
  return (args, context) => {
    const token = splitToken(operand(args, 1));
    const keys = tokenKeys(stringOperand(args, 2));
    const signature = decodeSignature(token, context);
    const { kid, alg } = parseHeader(decodeHeader(token, context));
    const crypto = cryptographyOf(context);
    const data = signedBytes(token);
    const verifies = ({ material }: TokenKey) =>
      material.type === 'public' && verifySignature(crypto, scheme, material.key, data, signature);
    const named = kid === '' ? undefined : keys.find(({ id }) => id === kid);
    if (named !== undefined) return verifies(named);
    return keys.some((key) => (key.algorithm === '' || key.algorithm === alg) && verifies(key));
  };
}

function verifyHmac(scheme: TokenScheme & { type: 'hmac' }): BuiltinFamily[string] {
  return (args, context) => {
    const text = stringOperand(args, 1);
    const secret = encodeUtf8(stringOperand(args, 2));
    const token = splitToken(text);
    const signature = decodeSignature(token, context);
    return hmacVerifies(cryptographyOf(context), secret, scheme, signedBytes(token), signature);
  };
}

const unverified: RegoValue = [false, {}, {}];

/** RFC 7519 section 7.2: the signature of every level is checked, then the claims of the innermost. */
function decodeVerify(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  const constraints = parseConstraints(objectOperand(args, 2), context);
  let encoded = operand(args, 1);
  for (let depth = 0; depth < maxNesting; depth++) {
    const token = splitToken(encoded);
    const decoded = decodeHeader(token, context);
    const header = parseHeader(decoded);
    if (!header.isValid || (constraints.alg !== '' && constraints.alg !== header.alg)) return unverified;
    const signature = decodeSignature(token, context);
    const crypto = cryptographyOf(context);
    if (!verifiesToken(constraints, header, signedBytes(token), signature, crypto)) return unverified;
    const payload = decodePayload(token, context);
    if (header.cty.toLowerCase() !== 'jwt') {
      const claims = parseObject(payload);
      return hasClaims(claims, constraints) ? [true, decoded, claims] : unverified;
    }
    encoded = payload;
  }
  throw builtinError('JWT is nested too deeply');
}

/** RFC 7519 sections 4.1.1, 4.1.3, 4.1.4 and 4.1.5. */
function hasClaims(claims: ObjectValue, constraints: TokenConstraints): boolean {
  const { iss, aud, time } = constraints;
  if (iss !== '' && getKey(claims, 'iss') !== iss) return false;
  const audience = getKey(claims, 'aud');
  if (audience === undefined ? aud !== '' : !isAudience(constraints, audience)) return false;
  const now = numberFromDouble(time / 1e9);
  const expiry = getKey(claims, 'exp');
  if (expiry !== undefined && !isNumber(expiry)) throw builtinError('exp value must be a number');
  if (expiry !== undefined && compareNumbers(now, expiry) >= 0) return false;
  const start = getKey(claims, 'nbf');
  if (start !== undefined && !isNumber(start)) throw builtinError('nbf value must be a number');
  return start === undefined || compareNumbers(now, start) >= 0;
}

function encodeSign(args: BuiltinArguments, context: BuiltinContext): string {
  const [header = '', payload = '', key = ''] = [1, 2, 3].map((at) => stringifyJson(operand(args, at)));
  return sign(header, payload, key, context);
}

function encodeSignRaw(args: BuiltinArguments, context: BuiltinContext): string {
  const key = stringOperand(args, 3);
  return sign(stringOperand(args, 1), stringOperand(args, 2), key, context);
}

function sign(header: string, payload: string, keyText: string, context: BuiltinContext): string {
  const keys = parseJwks(keyText);
  const [key] = keys;
  if (key === undefined) throw builtinError('no keys found in JWK set');
  const algorithm = headerField(header, 'alg');
  if (algorithm.fault !== undefined)
    throw builtinError(`missing or invalid 'alg' header: ${algorithm.fault}`);
  const scheme = tokenScheme(algorithm.text);
  if (scheme === undefined) throw builtinError(`unknown JWS algorithm: ${algorithm.text}`);
  const type = headerField(header, 'typ');
  if ((type.fault !== undefined || type.text === 'JWT') && !isJson(payload))
    throw builtinError('type is JWT but payload is not JSON');
  const text = `${encodeUrl(encodeUtf8(header))}.${encodeUrl(encodeUtf8(payload))}`;
  return `${text}.${encodeUrl(signature(key, scheme, encodeUtf8(text), context))}`;
}

function encodeUrl(bytes: Uint8Array): string {
  return encodeBase64(bytes, 'url').replace(/=+$/, '');
}

interface HeaderField {
  readonly text: string;
  readonly fault?: string;
}

/** A field of a header as text, or what the library of OPA finds wrong. */
function headerField(header: string, name: string): HeaderField {
  let value: RegoValue;
  try {
    value = fromJson(header);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const reason = header.trim() === '' ? 'cannot parse empty string; unparsed tail: ""' : error.message;
    return { text: '', fault: `cannot parse JSON: ${reason}` };
  }
  const field = isObjectValue(value) ? getKey(value, name) : undefined;
  if (field === undefined) return { text: '', fault: `jwsbb: header "${name}" not found` };
  if (typeof field === 'string') return { text: field };
  const type = typeName(field);
  return { text: '', fault: `value doesn't contain string; it contains ${type}` };
}

const neededKeys: Readonly<Record<string, string>> = {
  'rsa-pkcs1': 'rsa.PrivateKey',
  'rsa-pss': 'rsa.PrivateKey',
  ecdsa: 'ecdsa.PrivateKey',
  eddsa: 'ed25519.PrivateKey',
};

function signature(
  { material }: TokenKey,
  scheme: TokenScheme,
  data: Uint8Array,
  context: BuiltinContext,
): Uint8Array {
  const crypto = cryptographyOf(context);
  if (scheme.type === 'hmac') {
    if (material.type !== 'symmetric') throw builtinError('jwsbb.Sign: invalid key type. []byte is required');
    return crypto.hmac(scheme.digest, material.bytes, data);
  }
  const kinds = { 'rsa-pkcs1': 'rsa', 'rsa-pss': 'rsa', ecdsa: 'ec', eddsa: 'ed25519' };
  const isFit = material.type === 'private' && material.key.type === kinds[scheme.type];
  const made = isFit ? crypto.sign(scheme, material.jwk, data) : undefined;
  if (made === undefined)
    throw builtinError(`jwsbb.Sign: invalid key type. *${neededKeys[scheme.type]} is required`);
  return made;
}

export const jwt: BuiltinFamily = {
  'io.jwt.decode': decode,
  'io.jwt.decode_verify': decodeVerify,
  'io.jwt.encode_sign': encodeSign,
  'io.jwt.encode_sign_raw': encodeSignRaw,
  'io.jwt.verify_eddsa': verifyWith({ type: 'eddsa' }),
  'io.jwt.verify_es256': verifyWith({ type: 'ecdsa', digest: 'sha256' }),
  'io.jwt.verify_es384': verifyWith({ type: 'ecdsa', digest: 'sha384' }),
  'io.jwt.verify_es512': verifyWith({ type: 'ecdsa', digest: 'sha512' }),
  'io.jwt.verify_hs256': verifyHmac({ type: 'hmac', digest: 'sha256' }),
  'io.jwt.verify_hs384': verifyHmac({ type: 'hmac', digest: 'sha384' }),
  'io.jwt.verify_hs512': verifyHmac({ type: 'hmac', digest: 'sha512' }),
  'io.jwt.verify_ps256': verifyWith({ type: 'rsa-pss', digest: 'sha256' }),
  'io.jwt.verify_ps384': verifyWith({ type: 'rsa-pss', digest: 'sha384' }),
  'io.jwt.verify_ps512': verifyWith({ type: 'rsa-pss', digest: 'sha512' }),
  'io.jwt.verify_rs256': verifyWith({ type: 'rsa-pkcs1', digest: 'sha256' }),
  'io.jwt.verify_rs384': verifyWith({ type: 'rsa-pkcs1', digest: 'sha384' }),
  'io.jwt.verify_rs512': verifyWith({ type: 'rsa-pkcs1', digest: 'sha512' }),
};
