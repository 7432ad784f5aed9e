import { isKeelsonError } from '@keelson/core';
import {
  type ImagePolicy,
  type PolicyFile,
  type ReadOptions,
  readImagePolicies,
  type TrustRepository,
} from '@keelson/image-policies';
import { isInService, publicKeyOfSource } from './key-source.ts';
import type { TrustValues } from './trust-flags.ts';

/**
 * Policies of images, with the keys that they name in key services, and what TrustRoots name of repositories of The Update Framework: these
 * are asked for that, and for nothing else.
 *
 * @param values offline nobody is asked: what needs such a key is then told as what was not given, and counts as not passed; of
 *   repositories what was kept is taken
 * @throws ImagePolicyError; KmsError, TufError, HttpError
 */
export async function policiesWithKeys(
  files: readonly PolicyFile[],
  surroundings: Omit<ReadOptions, 'keys'>,
  values: TrustValues,
): Promise<readonly ImagePolicy[]> {
  const asked = new Set<string>();
  const none = (reference: string) => {
    asked.add(reference);
    return undefined;
  };
  const repositories = new Map<string, TrustRepository>();
  const nothing = (repository: TrustRepository) => {
    repositories.set(repository.name, repository);
    return undefined;
  };
  const policies = readImagePolicies(files, { ...surroundings, keys: { get: none }, trustedRootOf: nothing });
  if (asked.size + repositories.size === 0) return policies;
  const keys = new Map<string, string>();
  for (const reference of values.offline === true ? [] : asked) {
    const pem = isInService(reference) ? await pemOf(reference) : undefined;
    if (pem !== undefined) keys.set(reference, pem);
  }
  const roots = new Map<string, Uint8Array>();
  for (const repository of repositories.values()) {
    const { trustedRootOfRepository } = await import('./tuf.ts');
    roots.set(repository.name, await trustedRootOfRepository(repository, values));
  }
  return readImagePolicies(files, { ...surroundings, keys, trustedRootOf: ({ name }) => roots.get(name) });
}

/** Undefined for what is no key that keelson can ask for: the policy tells it. */
async function pemOf(reference: string): Promise<string | undefined> {
  try {
    const { keyObject } = await publicKeyOfSource(reference);
    return keyObject.export({ format: 'pem', type: 'spki' }).toString();
  } catch (error) {
    if (isKeelsonError(error) && error.code === 'KMS_REFERENCE_INVALID') return undefined;
    throw error;
  }
}
