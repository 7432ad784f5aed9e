import type { JsonFields, Path, SourceLocation } from '@keelson/core';
import { PkiError } from '@keelson/pki';
import { SigningError } from '@keelson/signing';
import { ImagePolicyError } from '../errors.ts';
import type { PolicyDocument } from '../material.ts';
import type { PolicySurroundings } from '../surroundings.ts';

/** A fault of a policy, at its place in the file where that is known. */
export function invalid(message: string, location?: SourceLocation, cause?: unknown): ImagePolicyError {
  return new ImagePolicyError('IMAGE_POLICY_INVALID', message, {
    ...(location === undefined ? {} : { location }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The members of an object of a policy; a member that is not known is refused: a misspelled one would loosen the policy in silence. */
export function membersOf(fields: JsonFields, known: readonly string[]): JsonFields {
  for (const name of fields.names())
    if (!known.includes(name))
      throw fields.invalid(name.slice(0, 60), `is no member that is known; these are: ${known.join(', ')}`);
  return fields;
}

/** Where in its file something stands. */
export const placeIn =
  ({ locate }: PolicyDocument) =>
  (path: Path): SourceLocation | undefined =>
    locate?.(path);

const pemStart = '-----BEGIN ';

/**
 * What a member holds that is a text in PEM, or names a file beside the policy. Such a name stays in the policy's folder.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function contentOf(
  text: string,
  place: string,
  file: string,
  { readBeside }: PolicySurroundings,
): Uint8Array {
  if (text.trimStart().startsWith(pemStart)) return Buffer.from(text);
  const isInside = !/^[/\\]|\\|^[a-zA-Z]:|(?:^|\/)\.\.(?:\/|$)|\n/.test(text) && text.trim() !== '';
  if (!isInside)
    throw invalid(`${place} is neither PEM nor the name of a file in or below the policy's folder`);
  if (readBeside === undefined) throw invalid(`${place} names a file, and no files can be read here`);
  return readBeside(file, text);
}

/** What a package below cannot read is a fault of the policy at that place. */
export function readable<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PkiError || error instanceof SigningError)) throw error;
    throw invalid(`${place}: ${error.message}`, undefined, error);
  }
}
