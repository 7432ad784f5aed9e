import { createHash } from 'node:crypto';
import {
  hashOfScheme,
  PkiError,
  type PublicKey,
  type SignatureScheme,
  type Signer,
  verifyDigestSignature,
  verifySignature,
} from '@keelson/pki';
import { KmsError } from './errors.ts';

/** A key in a key service. */
export interface ServiceKey {
  /** The version that signs, as the service names it. */
  readonly name: string;
  readonly publicKey: PublicKey;
  /** How it signs; the first is the one where nothing else is asked. */
  readonly schemes: readonly SignatureScheme[];
  /** Signs with it. What the service signed is verified before it is given. @throws KmsError KMS_KEY_UNFIT */
  signer(scheme?: SignatureScheme): Signer;
}

/** A key as a service has it. */
export interface KeptKey {
  readonly name: string;
  readonly publicKey: PublicKey;
  /** In the order of preference. */
  readonly schemes: readonly SignatureScheme[];
  /**
   * @param input the digest; for Ed25519, which hashes by itself, all that is signed
   * @returns ECDSA in DER
   */
  sign(scheme: SignatureScheme, input: Uint8Array): Promise<Uint8Array>;
}

/** @throws KmsError KMS_KEY_UNFIT where the key signs by nothing that keelson knows */
export function serviceKey(kept: KeptKey): ServiceKey {
  const { name, publicKey } = kept;
  const schemes = kept.schemes.filter((scheme) => keyTypeOf(scheme) === publicKey.type);
  const [first] = schemes;
  if (first === undefined) throw new KmsError('KMS_KEY_UNFIT', `${name} signs by nothing that keelson knows`);
  return {
    name,
    publicKey,
    schemes,
    signer: (scheme = first) => {
      if (!schemes.includes(scheme))
        throw new KmsError('KMS_KEY_UNFIT', `${name} signs by ${schemes.join(', ')}, not by ${scheme}`);
      const hash = hashOfScheme(scheme);
      const demand = (isSigned: boolean) => {
        if (isSigned) return;
        throw new KmsError('KMS_ANSWER_INVALID', `what ${name} signed does not hold under its public key`);
      };
      const ofDigest = async (digest: Uint8Array) => {
        const signature = await kept.sign(scheme, digest);
        demand(verifyDigestSignature(publicKey, scheme, digest, signature));
        return signature;
      };
      if (hash !== undefined)
        return {
          publicKey,
          scheme,
          sign: async (bytes) => await ofDigest(createHash(hash).update(bytes).digest()),
          signPieces: async (pieces) => {
            const digest = createHash(hash);
            for await (const piece of pieces) digest.update(piece);
            return await ofDigest(digest.digest());
          },
        };
      return {
        publicKey,
        scheme,
        sign: async (bytes) => {
          const signature = await kept.sign(scheme, bytes);
          demand(verifySignature(publicKey, scheme, bytes, signature));
          return signature;
        },
      };
    },
  };
}

function keyTypeOf(scheme: SignatureScheme): PublicKey['type'] {
  if (scheme.startsWith('ecdsa')) return 'ec';
  return scheme.startsWith('rsa') ? 'rsa' : 'ed25519';
}

/** A public key that a service gave. @throws KmsError KMS_KEY_UNFIT */
export function publicKeyOfService(name: string, read: () => PublicKey): PublicKey {
  try {
    const key = read();
    // A point that is not on its curve is told now, not when something is verified.
    void key.keyObject;
    return key;
  } catch (cause) {
    if (!(cause instanceof PkiError)) throw cause;
    throw new KmsError('KMS_KEY_UNFIT', `${name}: ${cause.message}`, { cause });
  }
}
