import type { DigestName, SignatureScheme } from '../crypto-host.ts';

/** How tokens are signed (RFC 7518 section 3.1, RFC 8037). */
export type TokenScheme = SignatureScheme | { readonly type: 'hmac'; readonly digest: DigestName };

const schemes = new Map<string, TokenScheme>([['EdDSA', { type: 'eddsa' }]]);
for (const size of ['256', '384', '512'] as const) {
  const digest: DigestName = `sha${size}`;
  schemes.set(`HS${size}`, { type: 'hmac', digest });
  schemes.set(`RS${size}`, { type: 'rsa-pkcs1', digest });
  schemes.set(`PS${size}`, { type: 'rsa-pss', digest });
  schemes.set(`ES${size}`, { type: 'ecdsa', digest });
}

/** The scheme of an `alg` that OPA signs and verifies with; `none` is not one. */
export function tokenScheme(algorithm: string): TokenScheme | undefined {
  return schemes.get(algorithm);
}

/** Every `alg` that a key may name. */
export const keyAlgorithms: ReadonlySet<string> = new Set([
  ...schemes.keys(),
  'none',
  'ES256K',
  'Ed25519',
  'Ed448',
  'dir',
  'RSA1_5',
  'RSA-OAEP',
  'RSA-OAEP-256',
  'RSA-OAEP-384',
  'RSA-OAEP-512',
  'A128KW',
  'A192KW',
  'A256KW',
  'A128GCMKW',
  'A192GCMKW',
  'A256GCMKW',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
  'PBES2-HS256+A128KW',
  'PBES2-HS384+A192KW',
  'PBES2-HS512+A256KW',
]);
