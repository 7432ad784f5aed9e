import { slashGlob } from '../model/globs.ts';
import { registryReference, specificNames } from '../reference.ts';

/** Characters of names of images, of files, and the star. */
const permitted = /^[a-zA-Z0-9._\-/:@*+~ ]+$/;

/** What is wrong with a pattern for images; undefined where nothing is. */
export function patternFault(pattern: string): string | undefined {
  if (!permitted.test(pattern)) return 'has characters that no name of an image has';
  return /\*{3}/.test(pattern) ? 'has three stars in a row' : undefined;
}

/**
 * A test for names of images: the pattern is held against registry and repository in full (`docker.io/library/nginx`), against the same
 * with tag and with digest, and against what was written.
 *
 * @param pattern without `patternFault`
 */
export function imageTest(pattern: string): (image: string) => boolean {
  const glob = slashGlob(pattern);
  return (image) => namesOf(image).some((name) => glob.test(name));
}

function namesOf(image: string): readonly string[] {
  const reference = registryReference(image);
  if (reference === undefined) return [image];
  // Hosts are the same in upper case, and a policy must not be left by writing one so.
  const name = `${reference.registry.toLowerCase()}/${reference.repository}`;
  return [image, name, ...specificNames(name, reference)];
}
