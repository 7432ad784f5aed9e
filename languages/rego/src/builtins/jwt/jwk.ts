import {
  fromJson,
  getKey,
  isArray,
  isObjectValue,
  JsonSyntaxError,
  type ObjectValue,
  type RegoValue,
  typeName,
} from '../../values/index.ts';
import { decodeBase64 } from '../base64.ts';
import { BuiltinError, builtinError } from '../builtin.ts';
import { unsigned } from '../crypto/der.ts';
import { curveSize, type EllipticCurve, type PublicKey } from '../crypto/keys.ts';
import type { JsonWebKey } from '../crypto-host.ts';
import { keyAlgorithms } from './algorithms.ts';

/** A key of a token: what verifies, and for secret keys the whole. */
export interface TokenKey {
  readonly algorithm: string;
  readonly id: string;
  readonly material:
    | { readonly type: 'public'; readonly key: PublicKey }
    | { readonly type: 'private'; readonly key: PublicKey; readonly jwk: JsonWebKey }
    | { readonly type: 'symmetric'; readonly bytes: Uint8Array };
}

const probe = 'jwk.ParseKey: jwk.Parse: failed to probe data: probe: failed to unmarshal data: ';

/** The keys of a JSON Web Key or of a set of them (RFC 7517). Throws errors as OPA's library words them. */
export function parseJwks(text: string): readonly TokenKey[] {
  const value = parseText(text);
  if (!isObjectValue(value) || getKey(value, 'keys') === undefined)
    return [within('jwk.Parse: failed to parse sole key: ', () => parseKey(value))];
  return within('jwk.Parse: failed to unmarshal JWK set: ', () => {
    const keys = getKey(value, 'keys') ?? null;
    if (!isArray(keys)) throw builtinError(`failed to decode "keys": expected '[' but got ${startOf(keys)}`);
    return keys.map((key, i) => within(`failed to decode key #${i} in "keys": `, () => parseKey(key)));
  });
}

function parseText(text: string): RegoValue {
  try {
    return fromJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const message = text === '' ? 'EOF' : error.message;
    throw builtinError(`jwk.Parse: failed to parse sole key: ${probe}${message}`);
  }
}

function startOf(value: RegoValue): string {
  return isObjectValue(value) ? '{' : JSON.stringify(value);
}

function within<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    throw builtinError(prefix + error.message);
  }
}

function parseKey(value: RegoValue): TokenKey {
  if (value !== null && !isObjectValue(value)) {
    const target = 'struct { Kty string "json:\\"kty\\""; D json.RawMessage "json:\\"d,omitempty\\"" }';
    throw builtinError(`${probe}json: cannot unmarshal ${goType(value)} into Go value of type ${target}`);
  }
  const key = value ?? {};
  const kind = getKey(key, 'kty') ?? '';
  if (typeof kind !== 'string')
    throw builtinError(
      `${probe}json: cannot unmarshal ${goType(kind)} into Go struct field .kty of type string`,
    );
  const parse = kinds.get(kind);
  if (parse === undefined) throw builtinError(`jwk.ParseKey: invalid key type from JSON (${kind})`);
  const isPrivate = getKey(key, 'd') !== undefined && kind !== 'oct';
  const type = `*jwk.${goNames[kind] ?? ''}${kind === 'oct' ? '' : isPrivate ? 'PrivateKey' : 'PublicKey'}`;
  const fault = `failed to unmarshal JSON into key (${type}): `;
  const members = within(`jwk.ParseKey: ${fault}${fault}`, () => readMembers(key, kind, isPrivate));
  const material = within('jwk.ParseKey: jwk.Parse: key validation failed: key validation failed: ', () =>
    parse(members, isPrivate),
  );
  return { algorithm: members.get('alg') ?? '', id: members.get('kid') ?? '', material };
}

const goNames: Readonly<Record<string, string>> = {
  RSA: 'rsa',
  EC: 'ecdsa',
  OKP: 'okp',
  oct: 'symmetricKey',
};

function goType(value: RegoValue): string {
  const type = typeName(value);
  return type === 'boolean' ? 'bool' : type;
}

const curves: Readonly<Record<string, readonly string[]>> = {
  EC: ['P-256', 'P-384', 'P-521'],
  OKP: ['Ed25519', 'X25519', 'Ed448', 'X448'],
};

const required: Readonly<Record<string, readonly string[]>> = {
  RSA: ['e', 'n'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  oct: ['k'],
};

const binary: ReadonlySet<string> = new Set(['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y', 'k']);

/** The members of a key as strings; what is missing or of another type is an error. */
function readMembers(key: ObjectValue, kind: string, isPrivate: boolean): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (const name of ['alg', 'kid', 'crv', ...binary]) {
    const value = getKey(key, name);
    if (value === undefined) continue;
    const fault = `failed to decode value for key ${name}: `;
    if (typeof value !== 'string') {
      const reading = binary.has(name) ? 'error reading next value: ' : '';
      throw builtinError(
        `${fault}${reading}json: cannot unmarshal ${goType(value)} into Go value of type string`,
      );
    }
    if (binary.has(name) && bytesOf(value) === undefined)
      throw builtinError(`${fault}expected base64 encoded []byte (string)`);
    if (name === 'alg' && !keyAlgorithms.has(value))
      throw builtinError(`${fault}invalid key value: "${value}": invalid key algorithm`);
    if (name === 'crv' && curves[kind]?.includes(value) === false)
      throw builtinError(`${fault}unknown EllipticCurveAlgorithm: "${value}"`);
    members.set(name, value);
  }
  for (const name of [...(isPrivate ? ['d'] : []), ...(required[kind] ?? [])])
    if (!members.has(name)) throw builtinError(`required field ${name} is missing`);
  return members;
}

/** Base64url, or the standard alphabet, with padding or without. */
function bytesOf(text: string): Uint8Array | undefined {
  const plain = text.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
  const bytes = decodeBase64(plain.padEnd(Math.ceil(plain.length / 4) * 4, '='), 'url');
  return typeof bytes === 'number' ? undefined : bytes;
}

type Members = ReadonlyMap<string, string>;
type Material = TokenKey['material'];

const kinds = new Map<string, (members: Members, isPrivate: boolean) => Material>([
  ['RSA', rsaKey],
  ['EC', ellipticKey],
  ['OKP', edwardsKey],
  ['oct', (members) => ({ type: 'symmetric', bytes: memberBytes(members, 'k') })],
]);

function memberBytes(members: Members, name: string): Uint8Array {
  return bytesOf(members.get(name) ?? '') ?? new Uint8Array();
}

function material(key: PublicKey, members: Members, isPrivate: boolean, kind: string): Material {
  return isPrivate
    ? { type: 'private', key, jwk: { ...Object.fromEntries(members), kty: kind } }
    : { type: 'public', key };
}

function rsaKey(members: Members, isPrivate: boolean): Material {
  const key: PublicKey = {
    type: 'rsa',
    n: unsigned(memberBytes(members, 'n')),
    e: unsigned(memberBytes(members, 'e')),
  };
  return material(key, members, isPrivate, 'RSA');
}

function curveOf(members: Members): EllipticCurve {
  const name = members.get('crv');
  return name === 'P-384' || name === 'P-521' ? name : 'P-256';
}

function ellipticKey(members: Members, isPrivate: boolean): Material {
  const curve = curveOf(members);
  const struct = isPrivate ? 'ECDSAPrivateKey' : 'ECDSAPublicKey';
  for (const name of ['x', 'y', ...(isPrivate ? ['d'] : [])]) {
    const { length } = memberBytes(members, name);
    if (length !== curveSize(curve))
      throw builtinError(`jwk.${struct}: invalid "${name}" length (${length}) for curve "${curve}"`);
  }
  const [x, y] = [unsigned(memberBytes(members, 'x')), unsigned(memberBytes(members, 'y'))];
  return material({ type: 'ec', curve, x, y }, members, isPrivate, 'EC');
}

function edwardsKey(members: Members, isPrivate: boolean): Material {
  const x = memberBytes(members, 'x');
  if (members.get('crv') === 'Ed25519' && x.length !== 32)
    throw builtinError(`jwk.OKP${isPrivate ? 'Private' : 'Public'}Key: ed25519: wrong public key size`);
  return material({ type: 'ed25519', x }, members, isPrivate, 'OKP');
}
