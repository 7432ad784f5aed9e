import type { Cryptography, SignatureScheme } from '../crypto-host.ts';
import { bigEndian, DerFault, DerReader, unsigned } from './der.ts';
import { curveSize, type PublicKey, publicJwk } from './keys.ts';

/** Whether a signature of a certificate or token is good; false too where the key is of another kind. */
export function verifySignature(
  crypto: Cryptography,
  scheme: SignatureScheme,
  key: PublicKey,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const kinds = { 'rsa-pkcs1': 'rsa', 'rsa-pss': 'rsa', ecdsa: 'ec', eddsa: 'ed25519' };
  if (kinds[scheme.type] !== key.type) return false;
  const plain = key.type === 'ec' ? paddedHalves(signature, curveSize(key.curve)) : signature;
  return plain !== undefined && crypto.verify(scheme, publicJwk(key), data, plain) === true;
}

/** r and s brought to the length of the curve's order; undefined where one is longer. */
function paddedHalves(signature: Uint8Array, size: number): Uint8Array | undefined {
  const middle = Math.floor(signature.length / 2);
  return halves(unsigned(signature.subarray(0, middle)), unsigned(signature.subarray(middle)), size);
}

function halves(r: bigint, s: bigint, size: number): Uint8Array | undefined {
  const [first, second] = [bigEndian(r, size), bigEndian(s, size)];
  if (first.length > size || second.length > size) return undefined;
  return Uint8Array.from([...first, ...second]);
}

/** r and s of an ECDSA signature in DER (RFC 3279 section 2.2.3), one after the other. */
export function halvesOfDer(signature: Uint8Array): Uint8Array | undefined {
  try {
    const outer = new DerReader(signature);
    const sequence = outer.nested();
    const [r, s] = [sequence.integer(), sequence.integer()];
    if (!outer.isEmpty || !sequence.isEmpty || r <= 0n || s <= 0n) return undefined;
    const size = Math.max(bigEndian(r).length, bigEndian(s).length);
    return halves(r, s, size);
  } catch (error) {
    if (error instanceof DerFault) return undefined;
    throw error;
  }
}
