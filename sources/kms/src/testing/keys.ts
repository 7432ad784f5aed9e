import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const made = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>();

export type Kind = 'P-256' | 'P-384' | 'P-521' | 'secp256k1' | 'ed25519' | 'rsa-2048' | 'rsa-3072' | 'other';

/** A key of a kind, the same one throughout a test file. `other` is a second one on P-256. */
export function keyOf(kind: Kind): { publicKey: KeyObject; privateKey: KeyObject } {
  const known = made.get(kind);
  if (known !== undefined) return known;
  const pair =
    kind === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : kind.startsWith('rsa')
        ? generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(4)) })
        : generateKeyPairSync('ec', { namedCurve: kind === 'other' ? 'P-256' : kind });
  made.set(kind, pair);
  return pair;
}

export function spkiOf(kind: Kind): Buffer {
  return keyOf(kind).publicKey.export({ type: 'spki', format: 'der' });
}

export function pemOf(kind: Kind): string {
  return keyOf(kind).publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

/** What tests sign. A fake service finds the message of a digest here, so that node:crypto can sign it. */
export const messages = ['', 'hello', 'x'.repeat(70_000)].map((text) => Buffer.from(text));

export interface SignInput {
  readonly hash: string | undefined;
  readonly isPss?: boolean;
  readonly isPlain?: boolean;
}

/** The signature of a service over a digest that it was given; over the message itself where there is no hash. */
export function signatureOf(
  kind: Kind,
  given: Uint8Array,
  { hash, isPss = false, isPlain = false }: SignInput,
): Buffer {
  const message = messages.find((each) => {
    const input = hash === undefined ? each : createHash(hash).update(each).digest();
    return Buffer.compare(input, given) === 0;
  });
  if (message === undefined)
    throw new Error('a request is not as it should be: nobody has the digest that was sent');
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const key = {
    key: keyOf(kind).privateKey,
    ...(isPss ? pss : {}),
    ...(isPlain ? { dsaEncoding: 'ieee-p1363' as const } : {}),
  };
  return sign(hash ?? null, message, key);
}
