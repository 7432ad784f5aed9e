import type { Cryptography } from '../builtins/crypto-host.ts';
import { findBuiltin } from '../builtins/index.ts';
import { isArray, type RegoValue } from '../values/index.ts';
import { signaturesFile } from './bundle-files.ts';
import { isMembers } from './documents.ts';
import { readDocument } from './read-document.ts';
import { contextOf, digestOf, signatureFault } from './signature-parts.ts';
import type { ArchiveFile } from './tar.ts';

/** What a bundle's signature is held against. The algorithm is the caller's choice: a token's own word on it does not count. */
export interface VerificationKey {
  /** PEM of a public key or a certificate; the secret for HS256, HS384 and HS512. */
  readonly key: string;
  /** As `RS256`; a signature that says another algorithm is refused. */
  readonly algorithm: string;
  readonly scope?: string;
  /** The folder below which `opa sign` may have named the files of a bundle that is one; else they are named from its root. */
  readonly folder?: string;
}

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
  const file = files.find(({ path }) => path === signaturesFile);
  if (file === undefined) throw signatureFault('the bundle is not signed');
  const claims = claimsOf(tokenOf(file), key, crypto);
  if ((claims['scope'] ?? '') !== (key.scope ?? '')) throw signatureFault('scope mismatch');
  const wanted = fromRoot(filesOf(claims['files']), key.folder);
  for (const { path, bytes } of files) {
    if (path === signaturesFile) continue;
    const named = wanted.get(path);
    if (named === undefined) throw signatureFault(`file ${path} not included in bundle signature`);
    if (digestOf(path, bytes, named.algorithm, crypto) !== named.hash.toLowerCase())
      throw signatureFault(`${path}: digest mismatch`);
    wanted.delete(path);
  }
  const [missing] = wanted.keys();
  if (missing !== undefined)
    throw signatureFault(`file ${missing} specified in bundle signature but not found in bundle`);
}

function tokenOf({ bytes }: ArchiveFile): string {
  const value = readDocument(signaturesFile, new TextDecoder().decode(bytes), 'json');
  const list = isMembers(value) ? value['signatures'] : undefined;
  const [token, second] = list !== undefined && isArray(list) ? list : [];
  if (typeof token !== 'string') throw signatureFault('missing JWT (expected exactly one)');
  if (second !== undefined) throw signatureFault('multiple JWTs not supported (expected exactly one)');
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
  if (verify === undefined) throw signatureFault(`unknown signature algorithm: ${algorithm}`);
  const [header = '', payload = ''] = token.split('.');
  const said = partOf(header)['alg'];
  if (said !== algorithm) throw signatureFault(`the signature is not made with ${algorithm}`);
  if (verify.call([token, key], contextOf(crypto)) !== true)
    throw signatureFault('failed to verify JWT signature');
  return partOf(payload);
}

function partOf(part: string): Readonly<Record<string, RegoValue>> {
  const bytes = Uint8Array.from(decodeBase64(part), (character) => character.charCodeAt(0));
  const value = readDocument(signaturesFile, new TextDecoder().decode(bytes), 'json');
  if (!isMembers(value)) throw signatureFault('a part of the JWT is no object');
  return value;
}

function decodeBase64(part: string): string {
  try {
    return atob(part.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    throw signatureFault('a part of the JWT is not base64');
  }
}

function filesOf(value: RegoValue | undefined): Map<string, { hash: string; algorithm: string }> {
  const found = new Map<string, { hash: string; algorithm: string }>();
  for (const entry of value !== undefined && isArray(value) ? value : []) {
    const { name, hash, algorithm } = isMembers(entry) ? entry : {};
    if (typeof name !== 'string' || typeof hash !== 'string' || typeof algorithm !== 'string')
      throw signatureFault('a file of the signature lacks name, hash or algorithm');
    found.set(name.replace(/^\/+/, ''), { hash, algorithm });
  }
  return found;
}

/** Where all names begin with the folder, what stands behind it. */
function fromRoot<T>(named: Map<string, T>, folder = ''): Map<string, T> {
  const start = `${folder.replace(/^(?:\.?\/)+|\/+$/g, '')}/`;
  if (start === '/' || ![...named.keys()].every((name) => name.startsWith(start))) return named;
  return new Map([...named].map(([name, file]) => [name.slice(start.length), file]));
}
