import { sameBytes } from '../bytes.ts';
import { type HashAlgorithm, hashBytes } from './schemes.ts';

/**
 * EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) over a digest, with the mask of the same hash and a salt as long as the hash.
 * @param encoded what the signature is to the power of the exponent, as long as the modulus
 */
export function isPssEncoded(
  encoded: Uint8Array,
  modulusLength: number,
  hash: HashAlgorithm,
  digest: Uint8Array,
): boolean {
  const bits = modulusLength - 1;
  const length = Math.ceil(bits / 8);
  // Where a modulus has one bit more than whole octets, the message is one octet shorter.
  if (encoded.length > length && encoded[0] !== 0) return false;
  const message = encoded.subarray(encoded.length - length);
  const size = hashBytes[hash];
  const zeros = length - 2 * size - 2;
  if (zeros < 0 || message[length - 1] !== 0xbc) return false;
  const masked = message.subarray(0, length - size - 1);
  const seal = message.subarray(length - size - 1, length - 1);
  const unused = 8 * length - bits;
  if ((masked[0] ?? 0) >> (8 - unused) !== 0) return false;
  const block = mask(hash, seal, masked.length).map((octet, at) => octet ^ (masked[at] ?? 0));
  block[0] = (block[0] ?? 0) & (0xff >> unused);
  if (block.subarray(0, zeros).some((octet) => octet !== 0) || block[zeros] !== 1) return false;
  const salt = block.subarray(zeros + 1);
  return sameBytes(hashed(hash, Buffer.concat([new Uint8Array(8), digest, salt])), seal);
}

/** MGF1 (appendix B.2.1). */
function mask(hash: HashAlgorithm, seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 0; counter * hashBytes[hash] < length; counter++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    blocks.push(hashed(hash, Buffer.concat([seed, number])));
  }
  return Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
}

function hashed(hash: HashAlgorithm, bytes: Uint8Array): Uint8Array {
  return process.getBuiltinModule('node:crypto').hash(hash, bytes, 'buffer');
}
