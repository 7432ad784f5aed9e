import { type BuiltinContext, defaultBuiltinLimits } from '../builtins/builtin.ts';
import type { Cryptography, DigestName } from '../builtins/crypto-host.ts';
import { RegoError } from '../errors.ts';
import { encodeUtf8, stringifyJson } from '../values/index.ts';
import { isDataFile, signaturesFile } from './bundle-files.ts';
import { readDocument } from './read-document.ts';

const digests: Readonly<Record<string, DigestName>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** JSON and YAML count by their values: members in order, without blanks. */
export function digestOf(path: string, bytes: Uint8Array, algorithm: string, crypto: Cryptography): string {
  const name = Object.hasOwn(digests, algorithm) ? digests[algorithm] : undefined;
  if (name === undefined) throw signatureFault(`unsupported hashing algorithm: ${algorithm}`);
  const content = isStructured(path) ? canonical(path, new TextDecoder().decode(bytes)) : bytes;
  return Array.from(crypto.digest(name, content), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isStructured(path: string): boolean {
  return isDataFile(path) || /(?:^|\/)\.manifest$/.test(path);
}

function canonical(path: string, text: string): Uint8Array {
  const value = readDocument(path, text, /\.ya?ml$/.test(path) ? 'yaml' : 'json');
  return encodeUtf8(stringifyJson(value, { escapeHtml: false }));
}

export function contextOf(crypto: Cryptography): BuiltinContext {
  return { host: { crypto }, limits: defaultBuiltinLimits, cache: new Map(), chargeSteps: () => undefined };
}

export function signatureFault(reason: string): RegoError {
  return new RegoError('bundle_error', `${signaturesFile}: ${reason}`);
}
