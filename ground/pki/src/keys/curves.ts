import type { Curve } from './public-key.ts';

/** What this package takes of the library of curves. */
interface Ecdsa {
  verify(
    signature: Uint8Array,
    digest: Uint8Array,
    publicKey: Uint8Array,
    options: { prehash: boolean; lowS: boolean; format: 'der' | 'compact' },
  ): boolean;
}
interface Eddsa {
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}
interface Nist {
  readonly p256: Ecdsa;
  readonly p384: Ecdsa;
  readonly p521: Ecdsa;
}
interface Ed25519 {
  readonly ed25519: { readonly Point: unknown };
}
interface Edwards {
  readonly eddsa: (
    point: unknown,
    hash: (message: Uint8Array) => Uint8Array,
    options: { zip215: boolean },
  ) => Eddsa;
}

let ecdsa: Readonly<Record<Curve, Ecdsa>> | undefined;
let ed25519ph: Eddsa | undefined;

/**
 * OpenSSL as Node wraps it hashes by itself; the library that does not takes tens of milliseconds to load and is rarely
 * needed, so it is loaded when it is.
 */
function loader(): NodeJS.Require {
  return process.getBuiltinModule('node:module').createRequire(import.meta.url);
}

export function ecdsaOf(curve: Curve): Ecdsa {
  if (ecdsa === undefined) {
    const { p256, p384, p521 }: Nist = loader()('@noble/curves/nist.js');
    ecdsa = { 'P-256': p256, 'P-384': p384, 'P-521': p521 };
  }
  return ecdsa[curve];
}

/** Verifies over the SHA-512 of the data. */
export function ed25519phVerifier(): Eddsa {
  if (ed25519ph === undefined) {
    const load = loader();
    const { ed25519 }: Ed25519 = load('@noble/curves/ed25519.js');
    const { eddsa }: Edwards = load('@noble/curves/abstract/edwards.js');
    const { hash } = process.getBuiltinModule('node:crypto');
    // RFC 8032 section 2: dom2 of the prehash flag and an empty context stands before all that is hashed.
    const domain = Buffer.from('SigEd25519 no Ed25519 collisions\x01\x00', 'latin1');
    ed25519ph = eddsa(
      ed25519.Point,
      (message) => Uint8Array.from(hash('sha512', Buffer.concat([domain, message]), 'buffer')),
      { zip215: false },
    );
  }
  return ed25519ph;
}
