import { type DerElement, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { oid, smallInteger } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { type KeyType, keyOids, type PublicKey } from './public-key.ts';

export type HashAlgorithm = 'sha256' | 'sha384' | 'sha512';
export type SignatureScheme =
  | `ecdsa-${HashAlgorithm}`
  | `rsa-pkcs1-${HashAlgorithm}`
  | `rsa-pss-${HashAlgorithm}`
  | 'ed25519'
  | 'ed25519ph';

export interface SchemeParts {
  readonly keyType: KeyType;
  readonly family: 'ecdsa' | 'rsa-pkcs1' | 'rsa-pss' | 'ed25519' | 'ed25519ph';
  /** Undefined for Ed25519, which hashes by itself. */
  readonly hash: HashAlgorithm | undefined;
}

const ecdsa = (hash: HashAlgorithm): SchemeParts => ({ keyType: 'ec', family: 'ecdsa', hash });
const pkcs1 = (hash: HashAlgorithm): SchemeParts => ({ keyType: 'rsa', family: 'rsa-pkcs1', hash });
const pss = (hash: HashAlgorithm): SchemeParts => ({ keyType: 'rsa', family: 'rsa-pss', hash });

export const schemes: Readonly<Record<SignatureScheme, SchemeParts>> = Object.freeze({
  'ecdsa-sha256': ecdsa('sha256'),
  'ecdsa-sha384': ecdsa('sha384'),
  'ecdsa-sha512': ecdsa('sha512'),
  'rsa-pkcs1-sha256': pkcs1('sha256'),
  'rsa-pkcs1-sha384': pkcs1('sha384'),
  'rsa-pkcs1-sha512': pkcs1('sha512'),
  'rsa-pss-sha256': pss('sha256'),
  'rsa-pss-sha384': pss('sha384'),
  'rsa-pss-sha512': pss('sha512'),
  ed25519: { keyType: 'ed25519', family: 'ed25519', hash: undefined },
  // RFC 8032 section 5.1, over SHA-512 of the data and without a context.
  ed25519ph: { keyType: 'ed25519', family: 'ed25519ph', hash: 'sha512' },
});

/** What a scheme hashes data by before it signs; undefined for Ed25519, which signs data itself. */
export function hashOfScheme(scheme: SignatureScheme): HashAlgorithm | undefined {
  return schemes[scheme].hash;
}

/** The parts of a scheme that fits the key. @throws PkiError KEY_MISMATCH */
export function schemeFor(key: PublicKey, scheme: SignatureScheme): SchemeParts {
  const parts = schemes[scheme];
  if (parts.keyType !== key.type)
    throw new PkiError('KEY_MISMATCH', `a key of type ${key.type} cannot verify a signature of ${scheme}`);
  return parts;
}

export const hashBytes: Readonly<Record<HashAlgorithm, number>> = Object.freeze({
  sha256: 32,
  sha384: 48,
  sha512: 64,
});

/** RFC 5754 section 2. */
export const hashOids: Readonly<Record<HashAlgorithm, string>> = Object.freeze({
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
});
const hashesByOid: Readonly<Record<string, HashAlgorithm>> = Object.freeze({
  [hashOids.sha256]: 'sha256',
  [hashOids.sha384]: 'sha384',
  [hashOids.sha512]: 'sha512',
});

/** RFC 5758, RFC 8017, RFC 8410. */
const schemesByOid: Readonly<Record<string, SignatureScheme>> = Object.freeze({
  '1.2.840.10045.4.3.2': 'ecdsa-sha256',
  '1.2.840.10045.4.3.3': 'ecdsa-sha384',
  '1.2.840.10045.4.3.4': 'ecdsa-sha512',
  '1.2.840.113549.1.1.11': 'rsa-pkcs1-sha256',
  '1.2.840.113549.1.1.12': 'rsa-pkcs1-sha384',
  '1.2.840.113549.1.1.13': 'rsa-pkcs1-sha512',
  [keyOids.ed25519]: 'ed25519',
});
export const schemeOids: Readonly<Partial<Record<SignatureScheme, string>>> = Object.freeze(
  Object.fromEntries(Object.entries(schemesByOid).map(([name, scheme]) => [scheme, name])),
);
export const pssOid = '1.2.840.113549.1.1.10';
export const mgf1Oid = '1.2.840.113549.1.1.8';

/** What is refused by name. */
const refused: Readonly<Record<string, string>> = Object.freeze({
  '1.2.840.10045.4.1': 'ECDSA with SHA-1',
  '1.2.840.10045.4.3.1': 'ECDSA with SHA-224',
  '1.2.840.113549.1.1.2': 'RSA with MD2',
  '1.2.840.113549.1.1.4': 'RSA with MD5',
  '1.2.840.113549.1.1.5': 'RSA with SHA-1',
  '1.2.840.113549.1.1.14': 'RSA with SHA-224',
  '1.2.840.10040.4.3': 'DSA with SHA-1',
  '2.16.840.1.101.3.4.3.2': 'DSA with SHA-256',
  '1.3.101.113': 'Ed448',
  '1.3.14.3.2.26': 'SHA-1',
  '1.2.840.113549.2.5': 'MD5',
  '2.16.840.1.101.3.4.2.4': 'SHA-224',
});

/**
 * The scheme of an AlgorithmIdentifier as certificates, revocation lists and OCSP have it.
 * @throws PkiError ALGORITHM_UNSUPPORTED, DER_INVALID
 */
export function schemeOf(algorithm: DerElement): SignatureScheme {
  const fields = new DerFields(algorithm, 'AlgorithmIdentifier');
  const name = oid(fields.take(tags.oid, 'algorithm'));
  if (name === pssOid) return pssSchemeOf(fields);
  const scheme = schemesByOid[name];
  if (scheme === undefined) throw unsupported(name);
  // RFC 4055 section 5: NULL, and absent is taken too; RFC 5758 and RFC 8410: absent.
  if (schemes[scheme].keyType === 'rsa') fields.optional(tags.null, 'parameters');
  fields.finish();
  return scheme;
}

/** RFC 4055 section 3.1; only salts as long as the hash, and the same hash throughout. */
function pssSchemeOf(fields: DerFields): SignatureScheme {
  const parameters = new DerFields(fields.take(tags.sequence, 'parameters'), 'RSASSA-PSS-params');
  fields.finish();
  const hash = parameters.explicit(0xa0, 'hashAlgorithm');
  const mask = parameters.explicit(0xa1, 'maskGenAlgorithm');
  const salt = parameters.explicit(0xa2, 'saltLength');
  const trailer = parameters.explicit(0xa3, 'trailerField');
  parameters.finish();
  if (hash === undefined || mask === undefined || salt === undefined)
    throw new PkiError('ALGORITHM_UNSUPPORTED', 'RSASSA-PSS with SHA-1, its default, is not taken');
  const algorithm = hashOf(hash);
  const generator = new DerFields(mask, 'maskGenAlgorithm');
  const generatorOid = oid(generator.take(tags.oid, 'algorithm'));
  const sameHash = generatorOid === mgf1Oid && hashOf(generator.any('parameters')) === algorithm;
  generator.finish();
  if (!sameHash || smallInteger(salt) !== hashBytes[algorithm])
    throw new PkiError(
      'ALGORITHM_UNSUPPORTED',
      `RSASSA-PSS with ${algorithm} has another mask or salt than that`,
    );
  if (trailer !== undefined && smallInteger(trailer) !== 1)
    throw new PkiError('ALGORITHM_UNSUPPORTED', 'RSASSA-PSS has an unknown trailer');
  return `rsa-pss-${algorithm}`;
}

/**
 * The hash of an AlgorithmIdentifier.
 * @throws PkiError ALGORITHM_UNSUPPORTED, DER_INVALID
 */
export function hashOf(algorithm: DerElement): HashAlgorithm {
  const fields = new DerFields(algorithm, 'AlgorithmIdentifier');
  const name = oid(fields.take(tags.oid, 'algorithm'));
  fields.optional(tags.null, 'parameters');
  fields.finish();
  const hash = hashesByOid[name];
  if (hash === undefined) throw unsupported(name);
  return hash;
}

/**
 * The scheme of a SignerInfo of CMS (RFC 5652 section 5.3), whose signature algorithm may be the mere type of the key
 * beside a digest algorithm.
 * @throws PkiError ALGORITHM_UNSUPPORTED, DER_INVALID
 */
export function cmsSchemeOf(digestAlgorithm: DerElement, signatureAlgorithm: DerElement): SignatureScheme {
  const hash = hashOf(digestAlgorithm);
  const fields = new DerFields(signatureAlgorithm, 'AlgorithmIdentifier');
  const name = oid(fields.take(tags.oid, 'algorithm'));
  if (name === keyOids.rsa) {
    fields.optional(tags.null, 'parameters');
    fields.finish();
    return `rsa-pkcs1-${hash}`;
  }
  // The digest of the content is signed as an attribute, so its hash need not be the one that the attributes are signed by.
  return schemeOf(signatureAlgorithm);
}

function unsupported(name: string): PkiError {
  return new PkiError(
    'ALGORITHM_UNSUPPORTED',
    Object.hasOwn(refused, name) ? `${refused[name]} is not taken` : `the algorithm ${name} is not known`,
  );
}

/** The usual scheme of a key: the hash is as strong as the curve, SHA-256 for RSA. */
export function defaultScheme(key: PublicKey): SignatureScheme {
  if (key.type === 'ed25519') return 'ed25519';
  if (key.type === 'rsa') return 'rsa-pkcs1-sha256';
  return key.curve === 'P-521' ? 'ecdsa-sha512' : key.curve === 'P-384' ? 'ecdsa-sha384' : 'ecdsa-sha256';
}
