import { algorithmOf, type Digest, type DigestAlgorithm, digestFrom } from './digest.ts';
import { OciError } from './errors.ts';

/** Works out the digest of content that comes in pieces. */
export class Digester {
  readonly #algorithm: DigestAlgorithm;
  readonly #hash;
  #size = 0;

  constructor(algorithm: DigestAlgorithm = 'sha256') {
    this.#algorithm = algorithm;
    // Asked for when first used: most starts of a program need no cryptography.
    this.#hash = process.getBuiltinModule('node:crypto').createHash(algorithm);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#hash.update(bytes);
  }

  /** Once only. */
  digest(): Digest {
    return digestFrom(this.#algorithm, this.#hash.digest('hex'));
  }
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  const digester = new Digester(algorithm);
  digester.update(bytes);
  return digester.digest();
}

/** What content was named by. */
export interface ExpectedContent {
  readonly digest: Digest;
  /** In bytes; undefined where nothing but the digest is known. */
  readonly size?: number | undefined;
}

/** Holds content that comes in pieces against its digest and size. */
export class ContentVerifier {
  readonly #expected: ExpectedContent;
  readonly #digester: Digester;

  constructor(expected: ExpectedContent) {
    this.#expected = expected;
    this.#digester = new Digester(algorithmOf(expected.digest));
  }

  /** @throws OciError SIZE_MISMATCH as soon as there are more bytes than there should be. */
  update(bytes: Uint8Array): void {
    const { digest, size } = this.#expected;
    this.#digester.update(bytes);
    if (size !== undefined && this.#digester.size > size)
      throw new OciError('SIZE_MISMATCH', `${digest}: more than the ${size} bytes that it should have`);
  }

  /** @throws OciError SIZE_MISMATCH, DIGEST_MISMATCH */
  finish(): void {
    const { digest, size } = this.#expected;
    if (size !== undefined && this.#digester.size !== size)
      throw new OciError('SIZE_MISMATCH', `${digest}: ${this.#digester.size} bytes instead of ${size}`);
    const found = this.#digester.digest();
    if (found !== digest) throw new OciError('DIGEST_MISMATCH', `${digest}: the content has digest ${found}`);
  }
}

/** @throws OciError SIZE_MISMATCH, DIGEST_MISMATCH */
export function verifyContent(bytes: Uint8Array, expected: ExpectedContent): void {
  const verifier = new ContentVerifier(expected);
  verifier.update(bytes);
  verifier.finish();
}

/** The pieces as they come, and an error in place of the end where they are not what they were named by. */
export async function* verified(
  pieces: AsyncIterable<Uint8Array>,
  expected: ExpectedContent,
): AsyncGenerator<Uint8Array> {
  const verifier = new ContentVerifier(expected);
  for await (const piece of pieces) {
    verifier.update(piece);
    yield piece;
  }
  verifier.finish();
}
