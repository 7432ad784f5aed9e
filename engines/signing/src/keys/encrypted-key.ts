import { randomBytes, scrypt } from 'node:crypto';
import { stringifyJson } from '@keelson/core';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { SigningError } from '../errors.ts';
import { bytes, documentFields } from '../fields.ts';

/** What cosign asks of scrypt for a new key (secure-systems-lab/go-securesystemslib, encrypted: Standard). */
const standard = Object.freeze({ N: 65_536, r: 8, p: 1 });
/** What is done for a key that is read: four times that. A file could else ask for all memory. */
const most = Object.freeze({ N: 262_144, r: 16, p: 4 });
const maxMemory = 1 << 30;
const keyBytes = 32;
const saltBytes = 32;
const nonceBytes = 24;

/**
 * Decrypts a key of cosign's: JSON with the parameters of scrypt and a secret box of NaCl.
 *
 * @returns PKCS #8
 * @throws SigningError PRIVATE_KEY_INVALID, PRIVATE_KEY_PASSWORD_WRONG
 */
export async function openEncryptedKey(sealed: Uint8Array, password: Uint8Array): Promise<Uint8Array> {
  const fields = documentFields(sealed, 'the encrypted key', 'PRIVATE_KEY_INVALID');
  const kdf = fields.required('kdf');
  const cipher = fields.required('cipher');
  if (kdf.text('name') !== 'scrypt') throw kdf.invalid('name', 'is not scrypt');
  if (cipher.text('name') !== 'nacl/secretbox') throw cipher.invalid('name', 'is not nacl/secretbox');
  const params = kdf.required('params');
  const cost = { N: params.count('N'), r: params.count('r'), p: params.count('p') };
  for (const name of ['N', 'r', 'p'] as const)
    if (cost[name] > most[name] || cost[name] < 1)
      throw params.invalid(name, `is ${cost[name]}, not between 1 and ${most[name]}`);
  const nonce = bytes(cipher, 'nonce');
  if (nonce.length !== nonceBytes) throw cipher.invalid('nonce', `has not ${nonceBytes} bytes`);
  const key = await derive(password, bytes(kdf, 'salt'), cost);
  try {
    return xsalsa20poly1305(key, nonce).decrypt(bytes(fields, 'ciphertext'));
  } catch (cause) {
    throw new SigningError('PRIVATE_KEY_PASSWORD_WRONG', 'the password does not open the key', { cause });
  }
}

/** Encrypts a key as cosign does. */
export async function sealKey(pkcs8: Uint8Array, password: Uint8Array): Promise<Uint8Array> {
  const salt = randomBytes(saltBytes);
  const nonce = randomBytes(nonceBytes);
  const key = await derive(password, salt, standard);
  const ciphertext = xsalsa20poly1305(key, nonce).encrypt(pkcs8);
  return Buffer.from(
    stringifyJson({
      kdf: { name: 'scrypt', params: { ...standard }, salt: base64(salt) },
      cipher: { name: 'nacl/secretbox', nonce: base64(nonce) },
      ciphertext: base64(ciphertext),
    }),
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function derive(
  password: Uint8Array,
  salt: Uint8Array,
  { N, r, p }: { N: number; r: number; p: number },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      reject(new SigningError('PRIVATE_KEY_INVALID', `scrypt refused: ${reason}`, { cause }));
    };
    // Numbers that scrypt does not take are thrown, all else comes later.
    try {
      scrypt(password, salt, keyBytes, { N, r, p, maxmem: maxMemory }, (error, key) => {
        if (error === null) resolve(key);
        else refuse(error);
      });
    } catch (error) {
      refuse(error);
    }
  });
}
