import { type JsonValue, objectOf, stringifyJson } from '@keelson/core';
import { PkiError, type PublicKey, readCertificate, readPem, readPublicKey } from '@keelson/pki';
import { isSignatureOver } from './keys.ts';
import { Refusal } from './refusal.ts';

/** The key in a PEM text, or that of the certificate. */
export function keyOfPem(pem: string): PublicKey {
  const [block] = readPem(pem);
  if (block === undefined) throw new Refusal(400, 'the entry has no key');
  return block.label === 'CERTIFICATE' ? readCertificate(block.bytes).publicKey : readPublicKey(block.bytes);
}

/** @throws Refusal 400 */
export function demandSignature(input: {
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly key: PublicKey;
}): void {
  if (!isSignatureOver(input.digest, input.key, input.signature))
    throw new Refusal(400, 'the signature of the entry does not hold');
}

/** An entry as the log keeps it. */
export function canonical(kind: string, apiVersion: string, spec: readonly (readonly [string, JsonValue])[]) {
  const entry = objectOf([
    ['apiVersion', apiVersion],
    ['kind', kind],
    ['spec', objectOf(spec)],
  ]);
  return Buffer.from(stringifyJson(entry));
}

/** @throws Refusal 400 for what is no key and no certificate */
export function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new Refusal(400, `the entry: ${error.message}`);
  }
}
