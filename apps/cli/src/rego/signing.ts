import { createPrivateKey } from 'node:crypto';
import {
  type ArchiveFile,
  isMembers,
  nodeCryptography,
  type RegoValue,
  readDocument,
  type SigningKey,
  signBundle,
} from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { readText } from './files.ts';
import { algorithmFlag, algorithmOf, keyText } from './signature-keys.ts';

export const signingFlags = {
  'signing-key': { type: 'string', value: 'file' },
  ...algorithmFlag,
  'claims-file': { type: 'string', value: 'file' },
} as const;

export const signingHelp = `  --signing-key KEY     the private key to sign with: a file of PEM, or for HS256 and its like the secret
  --signing-alg NAME    the algorithm of the signature (default RS256)
  --claims-file FILE    what the signature says besides the files: an object of JSON, as {"scope": "write"}`;

export interface SigningValues {
  readonly 'signing-key'?: string | undefined;
  readonly 'signing-alg'?: string | undefined;
  readonly 'claims-file'?: string | undefined;
}

/**
 * The signature of a bundle's files, `.signatures.json`; undefined where no key was given.
 *
 * @throws CommandError USAGE for a key that cannot be read; RegoError for one that does not fit.
 */
export function signatureOf(
  files: readonly ArchiveFile[],
  values: SigningValues,
  keyId?: string,
): ArchiveFile | undefined {
  const { 'signing-key': given, 'claims-file': claimsFile } = values;
  if (given === undefined) {
    if (claimsFile !== undefined) throw new CommandError('USAGE', '--claims-file needs --signing-key');
    return undefined;
  }
  const algorithm = algorithmOf(values);
  const signing: SigningKey = {
    algorithm,
    key: webKeyOf(given, algorithm),
    ...(claimsFile === undefined ? {} : { claims: claimsFrom(claimsFile) }),
    ...(keyId === undefined ? {} : { keyId }),
  };
  const cryptography = nodeCryptography();
  if (cryptography === undefined) throw new CommandError('USAGE', 'this Node has no cryptography');
  return signBundle(files, signing, cryptography);
}

/** A JSON Web Key (RFC 7517). */
function webKeyOf(given: string, algorithm: string): string {
  const text = keyText(given, algorithm);
  if (algorithm.startsWith('HS'))
    return JSON.stringify({ kty: 'oct', k: Buffer.from(text).toString('base64url') });
  try {
    return JSON.stringify(createPrivateKey(text).export({ format: 'jwk' }));
  } catch (error) {
    throw new CommandError('USAGE', '--signing-key: it is no private key in PEM', { cause: error });
  }
}

function claimsFrom(file: string): Readonly<Record<string, RegoValue>> {
  const claims = readDocument(file, readText(file), 'json');
  if (!isMembers(claims)) throw new CommandError('USAGE', `${file}: claims are an object`);
  return claims;
}
