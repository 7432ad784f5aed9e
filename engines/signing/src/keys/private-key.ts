import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readPem, writePem } from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { openEncryptedKey, sealKey } from './encrypted-key.ts';

/** Labels of cosign's encrypted keys: today's, and that of cosign before 2. */
const encryptedLabels = ['ENCRYPTED SIGSTORE PRIVATE KEY', 'ENCRYPTED COSIGN PRIVATE KEY'];
/** PKCS #8 as openssl encrypts it (RFC 5958, section 3). */
const encryptedPkcs8 = 'ENCRYPTED PRIVATE KEY';
/** PKCS #8, SEC 1 and PKCS #1. */
const plainLabels = ['PRIVATE KEY', 'EC PRIVATE KEY', 'RSA PRIVATE KEY'];

/** The kinds of key that are made, by their names on the command line. */
export const keyKinds = Object.freeze([
  'ecdsa-p256',
  'ecdsa-p384',
  'ecdsa-p521',
  'ed25519',
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
] as const);
export type KeyKind = (typeof keyKinds)[number];

/**
 * Reads a private key from PEM: PKCS #8, SEC 1, PKCS #1, or cosign's encrypted form.
 *
 * @param password asked for only where the key is encrypted
 * @throws SigningError PRIVATE_KEY_INVALID, PRIVATE_KEY_PASSWORD_WRONG; PkiError PEM_INVALID
 */
export async function readPrivateKey(pem: string, password: () => Uint8Array): Promise<KeyObject> {
  const known = [...encryptedLabels, encryptedPkcs8, ...plainLabels];
  const blocks = readPem(pem);
  const block = blocks.find(({ label }) => known.includes(label));
  if (block === undefined) throw noKey(blocks.map(({ label }) => label));
  if (encryptedLabels.includes(block.label))
    return keyOf(await openEncryptedKey(block.bytes, password()), 'pkcs8');
  if (block.label === encryptedPkcs8) return keyOf(block.bytes, 'pkcs8', password());
  if (block.label === 'PRIVATE KEY') return keyOf(block.bytes, 'pkcs8');
  return keyOf(block.bytes, block.label === 'EC PRIVATE KEY' ? 'sec1' : 'pkcs1');
}

/** What stands where a private key should. */
function noKey(labels: readonly string[]): SigningError {
  const other = labels.find((label) => label.endsWith('PRIVATE KEY'));
  const found = labels.length === 0 ? '' : `, but ${[...new Set(labels)].join(', ')}`;
  return new SigningError(
    'PRIVATE_KEY_INVALID',
    other === undefined
      ? `there is no private key in PEM${found}`
      : `a block of ${other} is no key that is read: those of PKCS #8, SEC 1, PKCS #1 and cosign are`,
  );
}

function keyOf(bytes: Uint8Array, type: 'pkcs8' | 'sec1' | 'pkcs1', password?: Uint8Array): KeyObject {
  try {
    const passphrase = password === undefined ? {} : { passphrase: Buffer.from(password) };
    return createPrivateKey({ key: Buffer.from(bytes), format: 'der', type, ...passphrase });
  } catch (cause) {
    if (password === undefined)
      throw new SigningError('PRIVATE_KEY_INVALID', 'the private key cannot be read', { cause });
    throw new SigningError('PRIVATE_KEY_PASSWORD_WRONG', 'the password does not open the key', { cause });
  }
}

/** A new key. */
export function generateKey(kind: KeyKind): KeyObject {
  switch (kind) {
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ecdsa-p256':
    case 'ecdsa-p384':
    case 'ecdsa-p521':
      return generateKeyPairSync('ec', { namedCurve: `P-${kind.slice(-3)}` }).privateKey;
    default:
      return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(-4)) }).privateKey;
  }
}

/** A private key in cosign's encrypted form. */
export async function writeEncryptedKey(key: KeyObject, password: Uint8Array): Promise<string> {
  const bytes = key.export({ format: 'der', type: 'pkcs8' });
  return writePem('ENCRYPTED SIGSTORE PRIVATE KEY', await sealKey(bytes, password));
}
