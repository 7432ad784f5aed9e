import type { Inventory, Violation } from '@keelson/checks';
import type { JsonObject, Path } from '@keelson/core';
import { matchesLabels, matchesSelector, type PodTemplate, serviceAccountNameOf } from '@keelson/kubernetes';
import { firstExisting, listAt, mappingAt, scalarText, textAt, titleOf } from '../fields.ts';
import type { Program } from '../program.ts';

/** Workloads whose selector does not match the labels of their own Pods. */
export const selectorMismatch: Program = function* ({ resources, podTemplate }) {
  for (const resource of resources) {
    const template = podTemplate(resource);
    if (template === undefined) continue;
    const path: Path = [...template.path.slice(0, -1), 'selector'];
    const selector = mappingAt(resource.object, [...path]);
    if (selector === undefined) continue;
    const labels = mappingAt(template.metadata, ['labels']) ?? {};
    const isPlain = resource.kind === 'ReplicationController' || resource.kind === 'DeploymentConfig';
    const matches = isPlain ? matchesLabels(labels, selector) : matchesSelector(labels, selector);
    if (matches) continue;
    const inner = ['matchLabels', 'matchExpressions'].find((key) => selector[key] !== undefined);
    yield {
      subject: resource,
      path: isPlain || inner === undefined ? path : [...path, inner],
      message: `${titleOf(resource)} selects other Pods than those it makes`,
    };
  }
};

/** Pods under a service account that is not in the input. */
export const missingServiceAccount: Program = function* ({ inventory }) {
  for (const { resource, template, namespace } of inventory.workloads) {
    const name = serviceAccountNameOf(template.spec);
    if (name === 'default' || name === '') continue;
    if (inventory.find('ServiceAccount', namespace, name) !== undefined) continue;
    const path = firstExisting(
      resource.object,
      [...template.specPath, 'serviceAccount'],
      [...template.specPath, 'serviceAccountName'],
    );
    yield {
      subject: resource,
      path,
      message: `${titleOf(resource)} runs as the service account "${name}", which is not there`,
    };
  }
};

/** Workloads that run under a service account that others run under too. */
export const sharedServiceAccount: Program = function* ({ inventory }) {
  const own = inventory.workloads.filter(({ template }) => {
    const name = serviceAccountNameOf(template.spec);
    return name !== 'default' && name !== '';
  });
  const users = Map.groupBy(
    own,
    ({ namespace, template }) => `${namespace}/${serviceAccountNameOf(template.spec)}`,
  );
  for (const [account, workloads] of users) {
    const others = new Set(workloads.map(({ resource }) => resource)).size - 1;
    if (others < 1) continue;
    for (const { resource, template } of workloads) {
      yield {
        subject: resource,
        path: [...template.specPath, 'serviceAccountName'],
        message: `${titleOf(resource)} shares the service account "${account}" with ${others} other ${others === 1 ? 'workload' : 'workloads'}`,
      };
    }
  }
};

/** A key of a ConfigMap or Secret that a container is given. */
interface KeyReference {
  readonly name: string;
  readonly key: string;
  readonly path: Path;
}

export const missingConfigMapKey: Program = ({ inventory }) =>
  missingKeys(inventory, 'ConfigMap', 'configMapKeyRef', 'configMap', ['data', 'binaryData']);

export const missingSecretKey: Program = ({ inventory }) =>
  missingKeys(inventory, 'Secret', 'secretKeyRef', 'secret', ['data', 'stringData']);

/** Keys that an object of the input lacks. What is not in the input may be made elsewhere and is not judged. */
function* missingKeys(
  inventory: Inventory,
  kind: string,
  envField: string,
  volumeField: string,
  dataFields: readonly string[],
): Iterable<Violation> {
  for (const { resource, template, namespace } of inventory.workloads) {
    const references = [...envReferences(template, envField), ...volumeReferences(template, volumeField)];
    for (const { name, key, path } of references) {
      const holder = inventory.find(kind, namespace, name);
      if (holder === undefined) continue;
      if (dataFields.some((field) => Object.hasOwn(mappingAt(holder.object, [field]) ?? {}, key))) continue;
      yield {
        subject: resource,
        path,
        message: `${titleOf(resource)} uses the key "${key}", which the ${kind} "${name}" does not have`,
        related: [
          {
            subject: holder,
            path: firstExisting(holder.object, ...dataFields.map((field): Path => [field])),
          },
        ],
      };
    }
  }
}

function* envReferences(template: PodTemplate, field: string): Iterable<KeyReference> {
  for (const { container, path } of template.containers) {
    for (const [i, variable] of listAt(container, ['env']).entries()) {
      const reference = mappingAt(variable, ['valueFrom', field]);
      const name = textAt(reference, ['name']);
      const key = textAt(reference, ['key']);
      if (name === undefined || key === undefined || reference?.['optional'] === true) continue;
      yield { name, key, path: [...path, 'env', i, 'valueFrom', field, 'key'] };
    }
  }
}

function* volumeReferences(template: PodTemplate, field: string): Iterable<KeyReference> {
  for (const [i, volume] of listAt(template.spec, ['volumes']).entries()) {
    const at: Path = [...template.specPath, 'volumes', i];
    yield* itemReferences(mappingAt(volume, [field]), [...at, field]);
    for (const [j, source] of listAt(volume, ['projected', 'sources']).entries()) {
      yield* itemReferences(mappingAt(source, [field]), [...at, 'projected', 'sources', j, field]);
    }
  }
}

function* itemReferences(source: JsonObject | undefined, path: Path): Iterable<KeyReference> {
  // A Secret is named `secretName` in a volume and `name` in a projection.
  const name = textAt(source, ['secretName']) ?? textAt(source, ['name']);
  if (source === undefined || name === undefined || source['optional'] === true) return;
  for (const [i, item] of listAt(source, ['items']).entries()) {
    const key = textAt(item, ['key']);
    if (key !== undefined) yield { name, key, path: [...path, 'items', i, 'key'] };
  }
}

/** Volumes of the cluster whose storage class is not known to encrypt. */
export const volumeWithoutEncryption: Program = function* ({ resources, inventory }) {
  for (const volume of resources) {
    const className = textAt(volume.object, ['spec', 'storageClassName']);
    const storage = className === undefined ? undefined : inventory.find('StorageClass', '', className);
    if (storage !== undefined && encrypts(mappingAt(storage.object, ['parameters']))) continue;
    const path: Path = ['spec', 'storageClassName'];
    yield { subject: volume, path, message: `${titleOf(volume)} is not known to be encrypted` };
  }
};

const keyParameters = /kms|encryption-?key|diskencryptionset|boot-?key/i;

function encrypts(parameters: JsonObject | undefined): boolean {
  if (parameters === undefined) return false;
  return Object.keys(parameters).some((key) => {
    const value = scalarText(parameters[key]) ?? '';
    if (/^encrypted$/i.test(key)) return value.toLowerCase() === 'true';
    return keyParameters.test(key) || value.includes('/cryptoKeys/');
  });
}
