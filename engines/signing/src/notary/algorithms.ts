import type { JwsAlgorithm } from '@keelson/envelopes';
import type { HashAlgorithm, PublicKey, SignatureScheme } from '@keelson/pki';
import { SigningError } from '../errors.ts';

/** How a key signs: the key alone decides (signature-specification.md, algorithm selection). */
export interface NotaryAlgorithm {
  /** As plugins name the key. */
  readonly keySpec: string;
  readonly jws: JwsAlgorithm;
  readonly cose: number;
  readonly scheme: SignatureScheme;
  readonly hash: HashAlgorithm;
}

const algorithms: readonly NotaryAlgorithm[] = [
  { keySpec: 'RSA-2048', jws: 'PS256', cose: -37, scheme: 'rsa-pss-sha256', hash: 'sha256' },
  { keySpec: 'RSA-3072', jws: 'PS384', cose: -38, scheme: 'rsa-pss-sha384', hash: 'sha384' },
  { keySpec: 'RSA-4096', jws: 'PS512', cose: -39, scheme: 'rsa-pss-sha512', hash: 'sha512' },
  { keySpec: 'EC-256', jws: 'ES256', cose: -7, scheme: 'ecdsa-sha256', hash: 'sha256' },
  { keySpec: 'EC-384', jws: 'ES384', cose: -35, scheme: 'ecdsa-sha384', hash: 'sha384' },
  { keySpec: 'EC-521', jws: 'ES512', cose: -36, scheme: 'ecdsa-sha512', hash: 'sha512' },
];
const byKeySpec: ReadonlyMap<string, NotaryAlgorithm> = new Map(
  algorithms.map((each) => [each.keySpec, each]),
);

/** @throws SigningError NOTARY_ENVELOPE_UNSUPPORTED for a key of another kind or size */
export function algorithmOfKey({ type, curve, modulusLength }: PublicKey): NotaryAlgorithm {
  const spec = type === 'rsa' ? `RSA-${modulusLength}` : type === 'ec' ? `EC-${curve?.slice(2)}` : type;
  const found = byKeySpec.get(spec);
  if (found !== undefined) return found;
  throw new SigningError(
    'NOTARY_ENVELOPE_UNSUPPORTED',
    `the key is ${spec}; the Notary Project takes ${[...byKeySpec.keys()].join(', ')}`,
  );
}
