import { type Check, judge } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadChecks } from '../../index.ts';

const programs = (await loadChecks()).filter(
  (check: Check) => check.target === 'kubernetes' && check.judge.type === 'program',
);

const kinds = [
  ['v1', 'Pod'],
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  ['v1', 'ConfigMap'],
  ['v1', 'PersistentVolume'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['cilium.io/v2', 'CiliumNetworkPolicy'],
  ['projectcalico.org/v3', 'GlobalNetworkPolicy'],
  ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['networking.istio.io/v1', 'VirtualService'],
  ['monitoring.coreos.com/v1', 'ServiceMonitor'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
] as const;

/** Words that programs look for, so that random objects get past their first lines. */
const word = fc.constantFrom(
  ...'selector podSelector matchLabels matchExpressions endpointSelector specs rules backendRefs http paths backend'.split(
    ' ',
  ),
  ...'service name template spec metadata labels ports port targetPort subjects roleRef kind namespace verbs'.split(
    ' ',
  ),
  ...'apiGroups resources ingress egress policyTypes subject pods namespaces containers image env volumes'.split(
    ' ',
  ),
  ...'scaleTargetRef serviceName parentRefs gateways serviceAccountName data items key aggregationRule'.split(
    ' ',
  ),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), fc.integer({ max: 9 }), word, fc.constant('')),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(word, tie('tree'), { maxKeys: 4 }),
  ),
}));
const fields = fc.dictionary(word, tree, { maxKeys: 4 });

test('objects of any shape make no program throw', () => {
  const object = fc.record({ kind: fc.constantFrom(...kinds), spec: fields, rest: fields });
  const property = fc.property(fc.array(object, { minLength: 1, maxLength: 5 }), (objects) => {
    const text = objects
      .map(({ kind: [apiVersion, kind], spec, rest }) =>
        JSON.stringify({ ...rest, apiVersion, kind, metadata: { name: 'x' }, spec }),
      )
      .join('\n---\n');
    const { resources } = readManifestText(new SourceText('a.yaml', text));
    const { notifications } = judge({ resources, dockerfiles: [] }, programs);
    expect(notifications.map(({ message }) => message)).toEqual([]);
  });
  fc.assert(property, { seed: 20261123, numRuns: 400 });
});
