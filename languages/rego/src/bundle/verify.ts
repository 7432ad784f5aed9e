import { type BuiltinContext, defaultBuiltinLimits } from '../builtins/builtin.ts';
import type { Cryptography, DigestName } from '../builtins/crypto-host.ts';
import { findBuiltin } from '../builtins/index.ts';
import { RegoError } from '../errors.ts';
import { encodeUtf8, isArray, type RegoValue, stringifyJson } from '../values/index.ts';
import { isMembers } from './documents.ts';
import { readDocument } from './read-document.ts';
import type { ArchiveFile } from './tar.ts';

/** What a bundle's signature is held against. The algorithm is the caller's choice: a token's own word on it does not count. */
export interface VerificationKey {
  /** PEM of a public key or a certificate; the secret for HS256, HS384 and HS512. */
  readonly key: string;
  /** As `RS256`; a signature that says another algorithm is refused. */
  readonly algorithm: string;
  readonly scope?: string;
}

const signatures = '.signatures.json';
const structured = /(?:^|\/)(?:data\.(?:json|ya?ml)|\.manifest)$/;
const digests: Readonly<Record<string, DigestName>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/**
 * Holds every file of a bundle against its signature (`.signatures.json`): the token must be signed by the key, each file must
 * be named by it with the digest of its content, and each that it names must be there.
 *
 * @throws RegoError `bundle_error`
 */
export function verifyBundle(
  files: readonly ArchiveFile[],
  key: VerificationKey,
  crypto: Cryptography,
): void {
  const file = files.find(({ path }) => path === signatures);
  if (file === undefined) throw fault('the bundle is not signed');
  const claims = claimsOf(tokenOf(file), key, crypto);
  if ((claims['scope'] ?? '') !== (key.scope ?? '')) throw fault('scope mismatch');
  const wanted = filesOf(claims['files']);
  for (const { path, bytes } of files) {
    if (path === signatures) continue;
    const named = wanted.get(path);
    if (named === undefined) throw fault(`file ${path} not included in bundle signature`);
    if (digestOf(path, bytes, named.algorithm, crypto) !== named.hash.toLowerCase())
      throw fault(`${path}: digest mismatch`);
    wanted.delete(path);
  }
  const [missing] = wanted.keys();
  if (missing !== undefined)
    throw fault(`file ${missing} specified in bundle signature but not found in bundle`);
}

function tokenOf({ bytes }: ArchiveFile): string {
  const value = readDocument(signatures, new TextDecoder().decode(bytes), 'json');
  const list = isMembers(value) ? value['signatures'] : undefined;
  const [token, second] = list !== undefined && isArray(list) ? list : [];
  if (typeof token !== 'string') throw fault('missing JWT (expected exactly one)');
  if (second !== undefined) throw fault('multiple JWTs not supported (expected exactly one)');
  return token;
}

function claimsOf(
  token: string,
  { key, algorithm }: VerificationKey,
  crypto: Cryptography,
): Readonly<Record<string, RegoValue>> {
  const verify = /^(?:HS|RS|ES|PS)(?:256|384|512)$/.test(algorithm)
    ? findBuiltin(`io.jwt.verify_${algorithm.toLowerCase()}`)
    : undefined;
  if (verify === undefined) throw fault(`unknown signature algorithm: ${algorithm}`);
  const [header = '', payload = ''] = token.split('.');
  const said = partOf(header)['alg'];
  if (said !== algorithm) throw fault(`the signature is not made with ${algorithm}`);
  if (verify.call([token, key], contextOf(crypto)) !== true) throw fault('failed to verify JWT signature');
  return partOf(payload);
}

function partOf(part: string): Readonly<Record<string, RegoValue>> {
  const bytes = Uint8Array.from(decodeBase64(part), (character) => character.charCodeAt(0));
  const value = readDocument(signatures, new TextDecoder().decode(bytes), 'json');
  if (!isMembers(value)) throw fault('a part of the JWT is no object');
  return value;
}

function decodeBase64(part: string): string {
  try {
    return atob(part.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    throw fault('a part of the JWT is not base64');
  }
}

function filesOf(value: RegoValue | undefined): Map<string, { hash: string; algorithm: string }> {
  const found = new Map<string, { hash: string; algorithm: string }>();
  for (const entry of value !== undefined && isArray(value) ? value : []) {
    const { name, hash, algorithm } = isMembers(entry) ? entry : {};
    if (typeof name !== 'string' || typeof hash !== 'string' || typeof algorithm !== 'string')
      throw fault('a file of the signature lacks name, hash or algorithm');
    found.set(name.replace(/^\/+/, ''), { hash, algorithm });
  }
  return found;
}

/** JSON and YAML count by their values: members in order, without blanks. */
function digestOf(path: string, bytes: Uint8Array, algorithm: string, crypto: Cryptography): string {
  const name = Object.hasOwn(digests, algorithm) ? digests[algorithm] : undefined;
  if (name === undefined) throw fault(`unsupported hashing algorithm: ${algorithm}`);
  const content = structured.test(path) ? canonical(path, new TextDecoder().decode(bytes)) : bytes;
  return Array.from(crypto.digest(name, content), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function canonical(path: string, text: string): Uint8Array {
  const value = readDocument(path, text, /\.ya?ml$/.test(path) ? 'yaml' : 'json');
  return encodeUtf8(stringifyJson(value, { escapeHtml: false }));
}

function contextOf(crypto: Cryptography): BuiltinContext {
  return { host: { crypto }, limits: defaultBuiltinLimits, cache: new Map(), chargeSteps: () => undefined };
}

function fault(reason: string): RegoError {
  return new RegoError('bundle_error', `${signatures}: ${reason}`);
}
