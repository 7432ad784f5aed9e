import { isObject, type JsonObject } from '@keelson/core';
import type { TrustedRoot } from '@keelson/signing';
import { parseYaml } from '@keelson/yaml';
import { ImagePolicyError } from './errors.ts';
import type { ImagePolicy } from './model/policy.ts';
import { policyOf } from './policy-controller/admission.ts';
import { type ClusterImagePolicy, readClusterImagePolicy } from './policy-controller/cluster-image-policy.ts';
import { readTrustRoot, type TrustRoot } from './policy-controller/trust-root.ts';

/** A file of policies, and of what they refer to. */
export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads policies of images from YAML: ClusterImagePolicy, with the TrustRoots, Secrets and ConfigMaps that they refer to, in any order over
 * all files. A document of another kind is refused: a policy that is not understood must not look like one that passes.
 *
 * @param publicRoot is trusted where a policy names no trust root
 * @throws ImagePolicyError IMAGE_POLICY_INVALID, IMAGE_POLICY_UNKNOWN, IMAGE_TRUST_ROOT_INVALID; errors of the YAML
 */
export function readImagePolicies(
  files: readonly PolicyFile[],
  publicRoot?: TrustedRoot,
): readonly ImagePolicy[] {
  const trustRoots = new Map<string, TrustRoot>();
  const secrets = new Map<string, JsonObject>();
  const configMaps = new Map<string, JsonObject>();
  const found: ClusterImagePolicy[] = [];
  for (const { name, text } of files)
    for (const object of objectsOf(name, text)) {
      const kind = kindOf(object);
      if (clusterImagePolicies.has(kind)) found.push(within(name, () => readClusterImagePolicy(object)));
      else if (kind === 'policy.sigstore.dev/v1alpha1 TrustRoot') {
        const root = within(name, () => readTrustRoot(object));
        addOnce(trustRoots, name, root.name, root);
      } else if (kind === 'v1 Secret') addOnce(secrets, name, nameOf(object), object);
      else if (kind === 'v1 ConfigMap') addOnce(configMaps, name, nameOf(object), object);
      else
        throw new ImagePolicyError(
          'IMAGE_POLICY_UNKNOWN',
          `${name}: ${kind.trim() || 'a document'} is no policy of images`,
        );
    }
  if (found.length === 0)
    throw new ImagePolicyError(
      'IMAGE_POLICY_UNKNOWN',
      `no policy of images is in ${files.map(({ name }) => name).join(', ')}`,
    );
  const material = { trustRoots, secrets, configMaps, ...(publicRoot === undefined ? {} : { publicRoot }) };
  return found.map((policy) => policyOf(policy, material));
}

const clusterImagePolicies = new Set(
  ['v1alpha1', 'v1beta1'].map((version) => `policy.sigstore.dev/${version} ClusterImagePolicy`),
);

const kindOf = ({ apiVersion, kind }: JsonObject): string =>
  `${typeof apiVersion === 'string' ? apiVersion : ''} ${typeof kind === 'string' ? kind : ''}`;

function nameOf({ metadata }: JsonObject): string {
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : '';
}

/** Which of two with one name would be meant, nobody can say. */
function addOnce<T>(map: Map<string, T>, file: string, name: string, value: T): void {
  if (map.has(name))
    throw new ImagePolicyError(
      'IMAGE_POLICY_INVALID',
      `${file}: there are two of one kind with the name ${name}`,
    );
  map.set(name, value);
}

function objectsOf(name: string, text: string): readonly JsonObject[] {
  const { documents, errors } = parseYaml(text);
  const [fault] = errors;
  if (fault !== undefined)
    throw new ImagePolicyError('IMAGE_POLICY_INVALID', `${name}: ${fault.message}`, { cause: fault });
  return documents.map(({ value, duplicates }) => {
    if (duplicates.length > 0)
      throw new ImagePolicyError('IMAGE_POLICY_INVALID', `${name}: a field stands twice in one object`);
    if (isObject(value)) return value;
    throw new ImagePolicyError('IMAGE_POLICY_UNKNOWN', `${name}: a document is no object`);
  });
}

function within<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ImagePolicyError)) throw error;
    throw new ImagePolicyError(error.code, `${file}: ${error.message}`, { cause: error });
  }
}
