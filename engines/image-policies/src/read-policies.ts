import { isObject, type JsonObject, SourceText } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { ImagePolicyError } from './errors.ts';
import { ownPolicyKind, readOwnPolicy } from './keelson/image-policy.ts';
import { kyvernoPolicy } from './kyverno/cluster-policy.ts';
import { imageValidatingPolicy } from './kyverno/image-validating/image-validating-policy.ts';
import type { PolicyDocument, PolicyReader, ReadOptions } from './material.ts';
import type { ImagePolicy } from './model/policy.ts';
import { isTrustPolicy, readNotationPolicy } from './notation/trust-policy.ts';
import { policyOf } from './policy-controller/admission.ts';
import { readClusterImagePolicy } from './policy-controller/cluster-image-policy.ts';
import { readTrustRoot, type TrustRoot } from './policy-controller/trust-root.ts';
import { isRatifyKind, type RatifyDocument, readRatifyDocument } from './ratify/documents.ts';
import { ratifyPolicies } from './ratify/ratify-policy.ts';

/** A file of policies, and of what they refer to. */
export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

const clusterImagePolicy: PolicyReader = ({ object }) => {
  const policy = readClusterImagePolicy(object);
  return (material) => [policyOf(policy, material)];
};

/** Who reads which kind of policy. */
const readers: ReadonlyMap<string, PolicyReader> = new Map<string, PolicyReader>([
  ['policy.sigstore.dev/v1alpha1 ClusterImagePolicy', clusterImagePolicy],
  ['policy.sigstore.dev/v1beta1 ClusterImagePolicy', clusterImagePolicy],
  ...['v1', 'v2beta1'].flatMap((version) =>
    ['ClusterPolicy', 'Policy'].map((kind) => [`kyverno.io/${version} ${kind}`, kyvernoPolicy] as const),
  ),
  ...['v1alpha1', 'v1beta1', 'v1'].flatMap((version) =>
    ['ImageValidatingPolicy', 'NamespacedImageValidatingPolicy'].map(
      (kind) => [`policies.kyverno.io/${version} ${kind}`, imageValidatingPolicy] as const,
    ),
  ),
  [ownPolicyKind, readOwnPolicy],
]);

/**
 * Reads policies of images from YAML, with the TrustRoots, Secrets and ConfigMaps that they refer to, in any order over
 * all files. A document of another kind is refused: a policy that is not understood must not look like one that passes.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID, IMAGE_POLICY_UNKNOWN, IMAGE_TRUST_ROOT_INVALID; errors of the YAML
 */
export function readImagePolicies(
  files: readonly PolicyFile[],
  options: ReadOptions = {},
): readonly ImagePolicy[] {
  const trustRoots = new Map<string, TrustRoot>();
  const secrets = new Map<string, JsonObject>();
  const configMaps = new Map<string, JsonObject>();
  const ratify: RatifyDocument[] = [];
  const found: { readonly file: string; readonly policies: ReturnType<PolicyReader> }[] = [];
  for (const { name: file, text } of files)
    for (const document of documentsOf(file, text)) {
      const { object } = document;
      const kind = kindOf(object);
      const reader = isTrustPolicy(object) ? readNotationPolicy : readers.get(kind);
      if (reader !== undefined) found.push({ file, policies: within(file, () => reader(document)) });
      else if (isRatifyKind(kind)) ratify.push(within(file, () => readRatifyDocument(kind, document)));
      else if (kind === 'policy.sigstore.dev/v1alpha1 TrustRoot') {
        const root = within(file, () => readTrustRoot(object));
        addOnce(trustRoots, file, root.name, root);
      } else if (kind === 'v1 Secret') addOnce(secrets, file, nameOf(object), object);
      else if (kind === 'v1 ConfigMap') addOnce(configMaps, file, nameOf(object), object);
      else
        throw new ImagePolicyError(
          'IMAGE_POLICY_UNKNOWN',
          `${file}: ${kind.trim() || 'a document'} is no policy of images`,
        );
    }
  const material = { ...options, trustRoots, secrets, configMaps };
  const policies = found.flatMap((each) => within(each.file, () => each.policies(material)));
  // Those of Ratify are one policy together.
  if (ratify.length > 0) policies.push(...ratifyPolicies(ratify, material));
  if (policies.length === 0)
    throw new ImagePolicyError(
      'IMAGE_POLICY_UNKNOWN',
      `no policy of images is in ${files.map(({ name }) => name).join(', ')}`,
    );
  return policies;
}

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

function documentsOf(name: string, text: string): readonly PolicyDocument[] {
  const { documents, errors } = parseYaml(text);
  const source = new SourceText(name, text);
  const [fault] = errors;
  if (fault !== undefined)
    throw new ImagePolicyError('IMAGE_POLICY_INVALID', `${name}: ${fault.message}`, { cause: fault });
  return documents.map((document) => {
    const { value, duplicates } = document;
    if (duplicates.length > 0)
      throw new ImagePolicyError('IMAGE_POLICY_INVALID', `${name}: a field stands twice in one object`);
    if (isObject(value))
      return {
        object: value,
        file: name,
        locate: (path) => {
          const place = document.locate(path);
          return place && { file: name, ...source.position(place.value.start) };
        },
      };
    throw new ImagePolicyError('IMAGE_POLICY_UNKNOWN', `${name}: a document is no object`);
  });
}

function within<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ImagePolicyError) || error.location !== undefined) throw error;
    throw new ImagePolicyError(error.code, `${file}: ${error.message}`, { cause: error });
  }
}
