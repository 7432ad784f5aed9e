import type { Cryptography } from '../builtins/crypto-host.ts';
import { BuiltinError, findBuiltin } from '../builtins/index.ts';
import { encodeUtf8, type RegoValue, stringifyJson } from '../values/index.ts';
import { signaturesFile } from './bundle-files.ts';
import { contextOf, digestOf, signatureFault } from './signature-parts.ts';
import type { ArchiveFile } from './tar.ts';

/** What a bundle is signed with. */
export interface SigningKey {
  /** A JSON Web Key (RFC 7517) as text: a private key, or a secret (`oct`). */
  readonly key: string;
  /** As `RS256`. */
  readonly algorithm: string;
  /** The name of the key, `kid`. */
  readonly keyId?: string;
  /** What the token says besides the files, as `{"scope": "write"}`; without it the name of the key. */
  readonly claims?: Readonly<Record<string, RegoValue>>;
}

/**
 * Signs a bundle: every file with its SHA-256 digest, JSON and YAML by their values.
 *
 * @returns `.signatures.json`
 * @throws RegoError `bundle_error` where the key does not fit the algorithm.
 */
export function signBundle(
  files: readonly ArchiveFile[],
  signing: SigningKey,
  crypto: Cryptography,
): ArchiveFile {
  const { key, algorithm, keyId, claims } = signing;
  const algorithmName = 'SHA-256';
  const signed = files
    .filter(({ path }) => path !== signaturesFile)
    .map(({ path, bytes }) => ({
      name: path.replace(/^\/+/, ''),
      hash: digestOf(path, bytes, algorithmName, crypto),
      algorithm: algorithmName,
    }));
  const header = { alg: algorithm, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  const said = claims ?? (keyId === undefined ? {} : { keyid: keyId });
  const token = tokenOf(header, { files: signed, ...said }, key, crypto);
  if (token === undefined) throw signatureFault(`the key does not fit ${algorithm}`);
  return {
    path: signaturesFile,
    bytes: encodeUtf8(`${stringifyJson({ signatures: [token] }, { indent: ' ' })}`),
  };
}

/** Undefined where the key does not fit. */
function tokenOf(
  header: RegoValue,
  payload: RegoValue,
  key: string,
  crypto: Cryptography,
): string | undefined {
  try {
    const sign = findBuiltin('io.jwt.encode_sign_raw');
    const token = sign?.call([stringifyJson(header), stringifyJson(payload), key], contextOf(crypto));
    return typeof token === 'string' ? token : undefined;
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}
