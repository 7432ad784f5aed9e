import type { KeyObject, SignKeyObjectInput } from 'node:crypto';
import { der } from '../der/writer.ts';
import { PkiError } from '../errors.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';
import {
  type HashAlgorithm,
  hashBytes,
  hashOids,
  mgf1Oid,
  pssOid,
  type SignatureScheme,
  schemeOids,
  schemes,
} from './schemes.ts';
import type { SignatureOptions } from './verify-digest.ts';

/**
 * The signature of a private key.
 * @throws PkiError KEY_MISMATCH where the key is of another type than the scheme, ALGORITHM_UNSUPPORTED for Ed25519ph,
 *   which is only verified
 */
export function sign(
  privateKey: KeyObject,
  scheme: SignatureScheme,
  data: Uint8Array,
  options: SignatureOptions = {},
): Uint8Array {
  const crypto = process.getBuiltinModule('node:crypto');
  return crypto.sign(schemes[scheme].hash ?? null, data, signingKey(privateKey, scheme, options));
}

/**
 * The same over bytes that are not held: each piece is hashed as it comes.
 * @throws PkiError as `sign`; ALGORITHM_UNSUPPORTED for a scheme that signs the bytes themselves
 */
export async function signPieces(
  privateKey: KeyObject,
  scheme: SignatureScheme,
  pieces: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const { hash } = schemes[scheme];
  if (hash === undefined) throw unsupported(scheme);
  const key = signingKey(privateKey, scheme, {});
  const signing = process.getBuiltinModule('node:crypto').createSign(hash);
  for await (const piece of pieces) signing.update(piece);
  return signing.sign(key);
}

function signingKey(
  privateKey: KeyObject,
  scheme: SignatureScheme,
  { encoding = 'der' }: SignatureOptions,
): SignKeyObjectInput {
  const { keyType, family } = schemes[scheme];
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== keyType)
    throw new PkiError(
      'KEY_MISMATCH',
      `a key of type ${privateKey.asymmetricKeyType} cannot sign by ${scheme}`,
    );
  if (family === 'ed25519ph') throw unsupported(scheme);
  if (family !== 'rsa-pss')
    return { key: privateKey, dsaEncoding: encoding === 'der' ? 'der' : 'ieee-p1363' };
  const { constants } = process.getBuiltinModule('node:crypto');
  return {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
}

/** The public half of a private key, or a public key of Node, as this package has it. */
export function publicKeyOfKeyObject(key: KeyObject): PublicKey {
  const { createPublicKey } = process.getBuiltinModule('node:crypto');
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return readPublicKey(half.export({ format: 'der', type: 'spki' }));
}

/** The AlgorithmIdentifier of a scheme, which schemeOf reads. */
export function algorithmIdentifier(scheme: SignatureScheme): Uint8Array {
  const { family, hash } = schemes[scheme];
  if (family === 'rsa-pss' && hash !== undefined) {
    const generator = der.sequence(der.oid(mgf1Oid), hashIdentifier(hash));
    return der.sequence(
      der.oid(pssOid),
      der.sequence(
        der.explicit(0, hashIdentifier(hash)),
        der.explicit(1, generator),
        der.explicit(2, der.integer(hashBytes[hash])),
      ),
    );
  }
  const oid = schemeOids[scheme];
  if (oid === undefined) throw unsupported(scheme);
  const name = der.oid(oid);
  return family === 'rsa-pkcs1' ? der.sequence(name, der.null()) : der.sequence(name);
}

function unsupported(scheme: SignatureScheme): PkiError {
  return new PkiError('ALGORITHM_UNSUPPORTED', `nothing is signed by ${scheme} here`);
}

/** The AlgorithmIdentifier of a hash, with NULL for parameters. */
export function hashIdentifier(hash: HashAlgorithm): Uint8Array {
  return der.sequence(der.oid(hashOids[hash]), der.null());
}
