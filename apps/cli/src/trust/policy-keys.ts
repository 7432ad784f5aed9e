import { isKeelsonError } from '@keelson/core';
import {
  type ImagePolicy,
  type PolicyFile,
  type ReadOptions,
  readImagePolicies,
} from '@keelson/image-policies';
import { isInService, publicKeyOfSource } from './key-source.ts';

/**
 * Policies of images, with the keys that they name in key services: the services are asked for those, and for nothing else.
 *
 * @param isOffline nobody is asked; what needs such a key is then told as what was not given, and counts as not passed
 * @throws ImagePolicyError; KmsError, HttpError
 */
export async function policiesWithKeys(
  files: readonly PolicyFile[],
  surroundings: Omit<ReadOptions, 'keys'>,
  isOffline: boolean,
): Promise<readonly ImagePolicy[]> {
  const asked = new Set<string>();
  const none = (reference: string) => {
    asked.add(reference);
    return undefined;
  };
  const policies = readImagePolicies(files, { ...surroundings, keys: { get: none } });
  if (isOffline || asked.size === 0) return policies;
  const keys = new Map<string, string>();
  for (const reference of asked) {
    const pem = isInService(reference) ? await pemOf(reference) : undefined;
    if (pem !== undefined) keys.set(reference, pem);
  }
  return readImagePolicies(files, { ...surroundings, keys });
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
