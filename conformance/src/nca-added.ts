import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { type Resource, type ResourceOrigin, resourcesOf } from '@keelson/kubernetes';
import type { Endpoint } from '@keelson/netpol';
import { hasController } from './nca-ingress.ts';
import type { Topology } from './nca-topology.ts';

/** Pods that every cluster has, which the suite's owners add where a policy asks for their labels and no Pod has them. */
const common: readonly { labels: JsonObject; objects: readonly JsonObject[] }[] = [
  {
    labels: { name: 'kube-system', 'kubernetes.io/metadata.name': 'kube-system', 'k8s-app': 'kube-dns' },
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'kube-system', labels: { name: 'kube-system' } },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'kube-dns-livesim',
          namespace: 'kube-system',
          labels: { 'k8s-app': 'kube-dns', 'projectcalico.org/namespace': 'kube-system' },
        },
        spec: { containers: [{ name: 'dns', image: 'dns' }] },
      },
    ],
  },
];

/** Gateways of Istio, which are added where a Gateway asks for their labels. */
const gateways: readonly { labels: JsonObject; objects: readonly JsonObject[] }[] = [
  gateway('istio-ingressgateway', 'istio-system', {
    app: 'istio-ingressgateway',
    istio: 'ingressgateway',
  }),
  gateway('istio-egressgateway', 'istio-system', { app: 'istio-egressgateway', istio: 'egressgateway' }, 443),
  gateway('custom-ingressgateway', 'custom-gateways', { istio: 'custom-ingressgateway' }),
];

function gateway(name: string, namespace: string, labels: JsonObject, port?: number) {
  const serviceAccountName = namespace === 'istio-system' ? name : `${name}-livesim`;
  const containers = [{ name: 'istio-proxy', image: 'proxy' }];
  const made: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${name}-livesim`, namespace, labels },
    spec: { serviceAccountName, containers },
  };
  const service: JsonObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: labels, ports: [{ port: port ?? 80 }] },
  };
  return { labels, objects: port === undefined ? [made] : [made, service] };
}

/** The controller of Ingresses, which is added where no Service has Pods of one behind it. */
const controller: readonly JsonObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'ingress-controller-ns', labels: { name: 'ingress-controller-ns' } },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ingress-nginx', namespace: 'ingress-controller-ns' },
    spec: { selector: { app: 'ingress-nginx' }, ports: [{ port: 5678 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'ingress-controller-livesim',
      namespace: 'ingress-controller-ns',
      labels: { app: 'ingress-nginx' },
    },
    spec: { containers: [{ name: 'controller', image: 'controller' }] },
  },
];

const origin: ResourceOrigin = {
  file: 'added',
  locate: (path) => ({ file: 'added', line: 1, column: 1, path: [...path], missing: true }),
};

/** What is added for the policies among objects; nothing where all they name is there. */
export function addedObjects(
  policies: readonly Resource[],
  around: readonly Resource[],
  topology: Topology,
): Resource[] {
  const missing = policies
    .filter(({ kind, group }) => kind === 'NetworkPolicy' && group.endsWith('k8s.io'))
    .flatMap(({ object }) => missingLabels(object['spec'], topology));
  const chosen = [
    ...common.filter(({ labels }) => missing.some(([key, value]) => labels[key] === value)),
    ...gateways.filter(({ labels }) =>
      missingGateways(policies, topology).some(([key, value]) => labels[key] === value),
    ),
  ];
  const hasIngress = policies.some(({ kind, group }) => kind === 'Ingress' && group === 'networking.k8s.io');
  const objects = [
    ...chosen.flatMap((each) => each.objects),
    ...(hasIngress && !hasController(around, topology) ? controller : []),
  ];
  return objects.flatMap((object) => resourcesOf(object, origin).resources);
}

/** Labels that Gateways ask for and no Pod has. */
function missingGateways(policies: readonly Resource[], { cluster }: Topology): [string, JsonValue][] {
  return policies
    .filter(({ kind, group }) => kind === 'Gateway' && group === 'networking.istio.io')
    .flatMap(({ object }) => {
      const spec = object['spec'];
      const selector = isObject(spec) ? spec['selector'] : undefined;
      return Object.entries(isObject(selector) ? selector : {});
    })
    .filter(([key, value]) => !cluster.endpoints.some(({ labels }) => labels.get(key) === value));
}

/** The labels at which the selectors below a value come to choose no Pod. */
function missingLabels(value: JsonValue | undefined, topology: Topology): [string, JsonValue][] {
  if (Array.isArray(value)) return value.flatMap((item) => missingLabels(item, topology));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    if (!isObject(inner) || !isObject(inner['matchLabels'])) return missingLabels(inner, topology);
    let left: readonly Endpoint[] = topology.cluster.endpoints;
    return Object.entries(inner['matchLabels']).filter(([key, wanted]) => {
      left = left.filter((endpoint) => labelsOf(endpoint, field, topology)?.get(key) === wanted);
      return left.length === 0;
    });
  });
}

function labelsOf({ namespace, labels }: Endpoint, field: string, { cluster }: Topology) {
  return field === 'namespaceSelector' ? cluster.namespaces.get(namespace)?.labels : labels;
}
