import type { Inventory, Workload } from '@keelson/checks';
import { createObject, isObject, type JsonObject, type JsonValue, objectOf, valueAt } from '@keelson/core';
import { labelsOf, matchesSelector, type Resource } from '@keelson/kubernetes';
import { listAt, mappingAt, textAt } from '../fields.ts';
import { calicoSelector } from './calico-selector.ts';

export type Direction = 'ingress' | 'egress';

/** One network policy of any dialect: whom it selects and in which directions it isolates them. */
export interface PolicyCoverage {
  readonly policy: Resource;
  readonly directions: ReadonlySet<Direction>;
  /** The workloads of the input that it selects. */
  readonly selected: readonly Workload[];
}

/** Every policy of the input that isolates Pods: Kubernetes, Cilium, Calico, AdminNetworkPolicy and its heirs. */
export function policyCoverage(inventory: Inventory): readonly PolicyCoverage[] {
  return inventory.memo('policy-coverage', () =>
    inventory.resources.flatMap((policy) => coverageOf(policy, inventory)),
  );
}

function coverageOf(policy: Resource, inventory: Inventory): readonly PolicyCoverage[] {
  const { group, kind } = policy;
  if (kind === 'NetworkPolicy' && (group === 'networking.k8s.io' || group === 'extensions')) {
    return [kubernetesPolicy(policy, inventory)];
  }
  if (group === 'cilium.io') return ciliumPolicies(policy, inventory);
  if (group.endsWith('projectcalico.org')) return calicoPolicies(policy, inventory);
  if (group === 'policy.networking.k8s.io') return clusterPolicies(policy, inventory);
  return [];
}

/** Without `policyTypes` a policy is for ingress, and for egress when it has egress rules (NetworkPolicySpec). */
function kubernetesPolicy(policy: Resource, inventory: Inventory): PolicyCoverage {
  const namespace = inventory.namespaceOf(policy);
  const types = listAt(policy.object, ['spec', 'policyTypes']);
  const directions = new Set<Direction>();
  if (types.length === 0 || types.includes('Ingress')) directions.add('ingress');
  const hasEgress = listAt(policy.object, ['spec', 'egress']).length > 0;
  if (types.length === 0 ? hasEgress : types.includes('Egress')) directions.add('egress');
  const selector = valueAt(policy.object, ['spec', 'podSelector']) ?? createObject();
  return {
    policy,
    directions,
    selected: inventory.workloadsSelected(namespace, selector),
  };
}

/** Cilium isolates an endpoint in a direction as soon as a rule for it stands in a policy that selects it. */
function ciliumPolicies(policy: Resource, inventory: Inventory): readonly PolicyCoverage[] {
  const isClusterwide = policy.kind === 'CiliumClusterwideNetworkPolicy';
  if (!isClusterwide && policy.kind !== 'CiliumNetworkPolicy') return [];
  const namespace = inventory.namespaceOf(policy);
  const specs = [valueAt(policy.object, ['spec']), ...listAt(policy.object, ['specs'])].filter(isObject);
  return specs.flatMap((spec) => {
    const selector = mappingAt(spec, ['endpointSelector']);
    if (selector === undefined) return [];
    const directions = new Set<Direction>();
    for (const direction of ['ingress', 'egress'] as const) {
      const isWritten = isGiven(spec[direction]) || isGiven(spec[`${direction}Deny`]);
      if (isWritten && mappingAt(spec, ['enableDefaultDeny'])?.[direction] !== false)
        directions.add(direction);
    }
    const plain = withoutSources(selector);
    const scope = isClusterwide
      ? inventory.workloads
      : inventory.workloadsLabelled(namespace, podLabelsOf(plain));
    return [
      {
        policy,
        directions,
        selected: scope.filter((workload) => matchesSelector(ciliumLabels(workload, inventory), plain)),
      },
    ];
  });
}

/** A field that is null counts as not written. */
function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}

const namespaceLabel = 'io.kubernetes.pod.namespace';
const namespaceLabelsPrefix = 'io.cilium.k8s.namespace.labels.';

/** Labels as Cilium sees them: the Pod's own, its namespace and that namespace's labels. */
function ciliumLabels(workload: Workload, inventory: Inventory): JsonObject {
  const known = inventory.memo('cilium-labels', () => new Map<Workload, JsonObject>());
  const labels = known.get(workload) ?? withNamespaceLabels(workload, inventory);
  known.set(workload, labels);
  return labels;
}

function withNamespaceLabels(workload: Workload, inventory: Inventory): JsonObject {
  const out = createObject();
  for (const key of Object.keys(workload.labels)) out[key] = workload.labels[key] ?? null;
  out[namespaceLabel] = workload.namespace;
  const labels = namespaceLabels(workload.namespace, inventory);
  for (const key of Object.keys(labels)) out[`${namespaceLabelsPrefix}${key}`] = labels[key] ?? null;
  return out;
}

/** Those of the labels wanted that only the Pod itself can carry. */
function podLabelsOf(selector: JsonObject): JsonObject {
  const wanted = mappingAt(selector, ['matchLabels']) ?? createObject();
  return objectOf(
    Object.entries(wanted).filter(([key]) => key !== namespaceLabel && !key.startsWith('io.cilium.')),
  );
}

/** Cilium writes labels with the source that they come from: `k8s:app`, `any:app`. */
function withoutSources(selector: JsonObject): JsonObject {
  const out = createObject();
  const labels = mappingAt(selector, ['matchLabels']);
  if (labels !== undefined) {
    const plain = createObject();
    for (const key of Object.keys(labels)) plain[bareKey(key)] = labels[key] ?? null;
    out['matchLabels'] = plain;
  }
  const expressions = selector['matchExpressions'];
  if (Array.isArray(expressions)) out['matchExpressions'] = expressions.map(bareExpression);
  return out;
}

function bareExpression(expression: JsonValue): JsonValue {
  if (!isObject(expression)) return expression;
  const out = createObject();
  for (const key of Object.keys(expression)) out[key] = expression[key] ?? null;
  out['key'] = bareKey(textAt(expression, ['key']) ?? '');
  return out;
}

function bareKey(key: string): string {
  return key.replace(/^(k8s|any)[:.]/, '');
}

/** Without `types` a Calico policy is for the directions that it has rules for, else for ingress. */
function calicoPolicies(policy: Resource, inventory: Inventory): readonly PolicyCoverage[] {
  const isGlobal = policy.kind === 'GlobalNetworkPolicy';
  if (!isGlobal && policy.kind !== 'NetworkPolicy') return [];
  const spec = mappingAt(policy.object, ['spec']) ?? createObject();
  const namespace = inventory.namespaceOf(policy);
  const types = listAt(spec, ['types']);
  const directions = new Set<Direction>();
  const hasEgress = isGiven(spec['egress']);
  if (types.length === 0 ? isGiven(spec['ingress']) || !hasEgress : types.includes('Ingress'))
    directions.add('ingress');
  if (types.length === 0 ? hasEgress : types.includes('Egress')) directions.add('egress');
  const selects = calicoSelector(textAt(spec, ['selector']) ?? 'all()');
  const reaches = calicoSelector(textAt(spec, ['namespaceSelector']) ?? 'all()');
  const scope = isGlobal
    ? inventory.workloads.filter((workload) => reaches(namespaceLabels(workload.namespace, inventory)))
    : inventory.workloadsIn(namespace);
  return [
    {
      policy,
      directions,
      selected: scope.filter(({ labels }) => selects(labels)),
    },
  ];
}

/** AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy. */
function clusterPolicies(policy: Resource, inventory: Inventory): readonly PolicyCoverage[] {
  const subject = mappingAt(policy.object, ['spec', 'subject']);
  if (subject === undefined) return [];
  const directions = new Set<Direction>();
  for (const direction of ['ingress', 'egress'] as const) {
    if (listAt(policy.object, ['spec', direction]).length > 0) directions.add(direction);
  }
  const byNamespace = valueAt(subject, ['namespaces']);
  const pods = mappingAt(subject, ['pods']);
  return [
    {
      policy,
      directions,
      selected: inventory.workloads.filter((workload) => {
        const labels = namespaceLabels(workload.namespace, inventory);
        if (pods === undefined) return matchesSelector(labels, byNamespace);
        return (
          matchesSelector(labels, pods['namespaceSelector']) &&
          matchesSelector(workload.labels, pods['podSelector'])
        );
      }),
    },
  ];
}

/** Labels of a namespace, with the name that the API server adds to every namespace. */
function namespaceLabels(name: string, inventory: Inventory): JsonObject {
  const known = inventory.memo('namespace-labels', () => new Map<string, JsonObject>());
  const labels = known.get(name) ?? readNamespaceLabels(name, inventory);
  known.set(name, labels);
  return labels;
}

function readNamespaceLabels(name: string, inventory: Inventory): JsonObject {
  const out = createObject();
  const namespace = inventory.find('Namespace', '', name);
  const labels = namespace === undefined ? createObject() : labelsOf(namespace);
  for (const key of Object.keys(labels)) out[key] = labels[key] ?? null;
  out['kubernetes.io/metadata.name'] = name;
  out['projectcalico.org/name'] = name;
  return out;
}
