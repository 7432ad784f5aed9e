import type { RegistryReference } from '@keelson/oci';
import { refused } from '../faults.ts';
import type { Demand } from '../model/policy.ts';
import { registryReference } from '../reference.ts';
import { wildcardTest } from '../wildcard.ts';

/**
 * The name of an image as Kyverno holds it against references: with its registry, and with the digest or else the tag. Kyverno does not
 * put `library/` before images of Docker Hub.
 */
function kyvernoName(image: string, { registry, repository, tag, digest }: RegistryReference): string {
  const path =
    registry === 'docker.io' && !image.includes('library/')
      ? repository.replace(/^library\//, '')
      : repository;
  return `${registry}/${path}${digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}

/** The names by which a policy may mean an image. */
function namesOf(image: string): readonly string[] {
  const reference = registryReference(image);
  return reference === undefined ? [image] : [kyvernoName(image, reference), image];
}

/**
 * A test for images: those that `references` mean, but for those that `skipped` do. A reference is held against the name as Kyverno has
 * it and as it was written; what is skipped goes by Kyverno's name alone.
 */
export function imageTest(
  references: readonly string[],
  skipped: readonly string[],
): (image: string) => boolean {
  const [wanted, unwanted] = [references, skipped].map((list) => list.map(wildcardTest));
  return (image) => {
    const names = namesOf(image);
    if (unwanted?.some((test) => test(names[0] ?? image))) return false;
    return wanted?.some((test) => names.some(test)) === true;
  };
}

/** Whether a name says which image it is, whatever its tag means at the time. */
const hasDigest = (image: string): boolean => /@[a-z0-9]+:[0-9a-f]{32,}$/.test(image);

/** `verifyDigest`: the image must be named by its digest. */
export const digestDemand: Demand = {
  kind: 'own',
  judge: ({ name }) => (hasDigest(name) ? {} : { fault: refused(`the image ${name} is named by no digest`) }),
};
