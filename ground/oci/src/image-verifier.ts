import { isKeelsonError, type JsonObject, type JsonValue } from '@keelson/core';
import type { Digest } from './digest.ts';
import { OciError } from './errors.ts';
import type { RegistryReference } from './reference.ts';

/**
 * What engines of policies ask about signatures of images, and who answers. Their languages evaluate at once, and a registry takes time:
 * an image is loaded first, with all that stands beside it, and answers then without waiting. `evaluateWithImages` brings both together
 * where only the evaluation tells which images there are.
 */
export interface ImageVerifier {
  /**
   * Reads an image and the signatures beside it, and verifies what cannot be verified at once. Loading one twice costs nothing.
   *
   * @param reference as it is written where the image is run
   * @param asked who may be asked about afterwards
   * @throws KeelsonError for an image that cannot be read
   */
  load(reference: string, asked: AskedOfImages): Promise<VerifiableImage>;
}

/** All that may be asked about: a question about anybody else counts as not met. */
export interface AskedOfImages {
  readonly attestors: readonly ImageAttestor[];
  readonly attestations: readonly ImageAttestation[];
}

/** An image that was loaded. It is the one that the reference named at that time: everything goes by its digest. */
export interface VerifiableImage {
  readonly reference: string;
  /** Absent for a local image. */
  readonly name?: RegistryReference;
  readonly digest: Digest;
  /** Whether the attestor has signed the image. */
  signedBy(attestor: ImageAttestor): AttestorAnswer;
  /** The attestations of a sort that the attestor has signed. */
  attestedBy(attestation: ImageAttestation, attestor: ImageAttestor): AttestationAnswer;
  /**
   * The image as rules see it.
   *
   * @throws KeelsonError where it could not be read
   */
  data(): ImageData;
}

export interface ImageData {
  /** Of the index, where the reference names one. */
  readonly index?: JsonObject;
  /** Of the index's image for linux/amd64. */
  readonly manifest: JsonObject;
  readonly config: JsonObject;
}

export interface AttestorAnswer {
  readonly isMet: boolean;
  /** Why it is not, of each signature that could have been an answer. */
  readonly faults: readonly Error[];
}

export interface AttestationAnswer extends AttestorAnswer {
  /** What the attestations say that the attestor has signed: statements as a whole, artifacts as the JSON that they are. */
  readonly payloads: readonly JsonValue[];
}

/** In-toto statements of a predicate type, or signed artifacts that refer to the image. */
export type ImageAttestation =
  | { readonly kind: 'statement'; readonly predicateType: string }
  | { readonly kind: 'artifact'; readonly artifactType: string };

/** Who has to sign. Keys and certificates are PEM; they are read when they are used, and what is none is met by nothing. */
export type ImageAttestor =
  | ({ readonly kind: 'key'; readonly publicKey: string; readonly hash: KeyHash } & SigstoreTerms)
  | ({
      readonly kind: 'keyless';
      readonly identities: readonly AttestorIdentity[];
      /** Who issues the certificates; the public instance where it is not given. */
      readonly roots?: string;
    } & SigstoreTerms)
  | ({
      readonly kind: 'certificate';
      /** The one that signs; any that the chain has issued, where it is not given. */
      readonly certificate?: string;
      readonly chain?: string;
    } & SigstoreTerms)
  | { readonly kind: 'notary'; readonly certificates: string; readonly timestampCertificates?: string };

export type KeyHash = 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** What is asked of a signature of Sigstore besides who made it. */
export interface SigstoreTerms {
  /** How it is kept: as cosign 1 and 2 did, as a bundle, or either. */
  readonly form: 'legacy' | 'bundle' | 'any';
  /** An entry of a transparency log: of the public instance's, or of the one with the key. */
  readonly log: 'none' | { readonly publicKey?: string };
  /** A certificate's proof that it was logged. */
  readonly certificateLog: 'none' | { readonly publicKey?: string };
  /** Where it is given a timestamp of this authority is needed. */
  readonly timestampAuthority?: string;
  /** Texts that the signer must have added to a signature of the image. */
  readonly annotations: ReadonlyMap<string, string>;
}

/** Who a certificate is of; what is not given may be anything. */
export interface AttestorIdentity {
  readonly issuer?: AttestorText;
  readonly subject?: AttestorText;
  /** By the names of `CertificateClaim` of the package that verifies. */
  readonly claims: ReadonlyMap<string, AttestorText>;
}

/** A text by itself, with `*` and `?` in it, or a pattern (RE2) that has to match somewhere in it. */
export interface AttestorText {
  readonly kind: 'exact' | 'wildcard' | 'regexp';
  readonly text: string;
}

/** Images that one evaluation may ask for. */
export const maxImagesOfEvaluation = 100;

/** The image; why it cannot be had; undefined where it has to be loaded first, and then the evaluation is made again. */
export type ImageLookup = (reference: string) => VerifiableImage | Error | undefined;

/**
 * Evaluates what asks for images. Each time that one is asked for which was not loaded, the result does not count: it is loaded, and all
 * is evaluated again. What is evaluated must give the same for the same answers.
 *
 * @param first images that are known to be asked for
 * @throws OciError MANIFEST_LIMIT for more than `maxImagesOfEvaluation`
 */
export async function evaluateWithImages<T>(
  load: (reference: string) => Promise<VerifiableImage>,
  first: Iterable<string>,
  evaluate: (image: ImageLookup) => T,
): Promise<T> {
  const known = new Map<string, VerifiableImage | Error>();
  for (let missing = new Set(first); ; ) {
    if (known.size + missing.size > maxImagesOfEvaluation)
      throw new OciError(
        'MANIFEST_LIMIT',
        `a rule asks for more than maxImagesOfEvaluation (${maxImagesOfEvaluation}) images`,
      );
    for (const reference of missing) known.set(reference, await load(reference).catch(faultOf));
    const asked = new Set<string>();
    const result = evaluate((reference) => {
      const found = known.get(reference);
      if (found === undefined) asked.add(reference);
      return found;
    });
    if (asked.size === 0) return result;
    missing = asked;
  }
}

function faultOf(error: unknown): Error {
  if (isKeelsonError(error)) return error;
  throw error;
}
