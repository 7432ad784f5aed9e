import { isKeelsonError, parseJsonBytes } from '@keelson/core';
import {
  type Bundle,
  bundleOfEnvelope,
  defaultSigningLimits,
  mayState,
  readBundle,
  SigningError,
  storedSignatures,
} from '@keelson/signing';
import { type FileFlag, type OpenedImage, withImage } from '../image.ts';
import type { ImageValues } from '../image-flags.ts';
import { claimOf } from '../left-out.ts';

/** Something that nobody has verified yet, and where it was found: a line of a file, or a manifest. */
export interface Candidate<T> {
  readonly place: string;
  readonly item: T;
}

/** Something that cannot be read, or does not hold, and why. */
export interface Refused {
  readonly place: string;
  readonly fault: Error;
}

/** All that may be what is asked for. */
export interface Candidates<T = Bundle> {
  readonly found: readonly Candidate<T>[];
  readonly unreadable: readonly Refused[];
  /** Attestations of other types, and signatures, by what they say that they are. */
  readonly leftOut: readonly string[];
}

/**
 * The attestations in a file: one in JSON, or one on each line. Each is a Sigstore bundle, or a DSSE envelope that may carry its
 * certificate. One that cannot be read hides none of the others.
 *
 * @throws SigningError SIGNING_LIMIT
 */
export function attestationsIn(file: string, bytes: Uint8Array): Candidates {
  // Both are read strictly: only which of them it is to be is told by a first look.
  return candidatesIn(file, bytes, (document) =>
    isEnvelope(document) ? bundleOfEnvelope(document) : readBundle(document),
  );
}

/** The same as something else. */
export function candidatesIn<T>(
  file: string,
  bytes: Uint8Array,
  read: (document: Uint8Array) => T,
): Candidates<T> {
  // Byte by byte: whether they are UTF-8 is for the readers to say.
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const isOneEach = lines.length > 1 && lines.every((line) => line.trimStart().startsWith('{'));
  const documents = isOneEach ? lines.map((line) => Buffer.from(line, 'latin1')) : [bytes];
  const limit = defaultSigningLimits.maxStoredSignatures;
  if (documents.length > limit)
    throw new SigningError('SIGNING_LIMIT', `${file} has more than maxStoredSignatures (${limit}) lines`);
  const found: Candidate<T>[] = [];
  const unreadable: Refused[] = [];
  for (const [at, document] of documents.entries()) {
    const place = isOneEach ? `line ${at + 1} of ${file}` : file;
    try {
      found.push({ place, item: read(document) });
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      unreadable.push({ place, fault: error });
    }
  }
  return { found, unreadable, leftOut: [] };
}

/** True for a DSSE envelope by itself. */
export function isEnvelope(document: Uint8Array): boolean {
  try {
    const value = parseJsonBytes(document);
    return typeof value === 'object' && Object.hasOwn(value ?? {}, 'payloadType');
  } catch {
    return false;
  }
}

/**
 * The attestations beside an image whose predicate is of one of the types.
 *
 * @param fileFlag for the message to who names a file
 * @throws OciError, RegistryError, HttpError; CommandError USAGE
 */
export async function attestationsBeside(
  image: string,
  values: ImageValues,
  types: ReadonlySet<string>,
  fileFlag: FileFlag,
): Promise<Candidates & { readonly digest: string }> {
  const find = async ({ source, loaded: { digest } }: OpenedImage) => {
    const { found, unreadable } = await storedSignatures(source, digest);
    const wanted = found.filter(({ bundle }) => mayState(bundle, types));
    return {
      digest,
      found: wanted.map(({ manifest, bundle }) => ({ place: manifest, item: bundle })),
      unreadable: unreadable.map(({ manifest, fault }) => ({ place: manifest, fault })),
      leftOut: found.filter(({ bundle }) => !mayState(bundle, types)).map(({ bundle }) => claimOf(bundle)),
    };
  };
  return await withImage(image, values, find, fileFlag);
}
