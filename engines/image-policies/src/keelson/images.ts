import { OciError, parseRegistryReference } from '@keelson/oci';
import { slashGlob } from '../model/globs.ts';

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
  try {
    const { registry, repository, tag, digest } = parseRegistryReference(image);
    // Hosts are the same in upper case, and a policy must not be left by writing one so.
    const name = `${registry.toLowerCase()}/${repository}`;
    const names = [image, name];
    if (digest !== undefined) names.push(`${name}@${digest}`);
    if (tag !== undefined || digest === undefined) names.push(`${name}:${tag ?? 'latest'}`);
    return names;
  } catch (error) {
    // What lies on disk has no name in a registry: it goes by what was written.
    if (error instanceof OciError) return [image];
    throw error;
  }
}
