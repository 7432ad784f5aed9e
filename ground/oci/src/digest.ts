import { OciError } from './errors.ts';

/** Algorithms by name, with the hexadecimal digits that each gives (image-spec 1.1, descriptor.md, "Digests"). */
const digits = Object.freeze({ sha256: 64, sha384: 96, sha512: 128 });
export type DigestAlgorithm = keyof typeof digits;

/** `algorithm:hex` of a known algorithm, in lower case and of full length. */
export type Digest = `${DigestAlgorithm}:${string}`;

const grammar = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/;

function isDigestAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(digits, name);
}

export function isDigest(text: string): text is Digest {
  const [, algorithm = '', encoded = ''] = text.length > 256 ? [] : (grammar.exec(text) ?? []);
  return isDigestAlgorithm(algorithm) && encoded.length === digits[algorithm] && /^[0-9a-f]+$/.test(encoded);
}

/** @throws OciError DIGEST_INVALID, DIGEST_UNSUPPORTED */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  const shown = JSON.stringify(text.slice(0, 160));
  const algorithm = text.length > 256 ? undefined : grammar.exec(text)?.[1];
  if (algorithm === undefined || isDigestAlgorithm(algorithm))
    throw new OciError('DIGEST_INVALID', `${shown} is not a digest`);
  throw new OciError('DIGEST_UNSUPPORTED', `${shown} is a digest of an unknown algorithm`);
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  const name = digest.slice(0, digest.indexOf(':'));
  return isDigestAlgorithm(name) ? name : 'sha256';
}

export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** @param hex of a hash that was worked out, of full length. */
export function digestFrom(algorithm: DigestAlgorithm, hex: string): Digest {
  return parseDigest(`${algorithm}:${hex}`);
}
