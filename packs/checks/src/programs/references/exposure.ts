import type { Inventory, ProgramContext, Violation, Workload } from '@keelson/checks';
import { isObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import { parseImageReference, type Resource } from '@keelson/kubernetes';
import { listAt, scalarText, textAt, titleOf } from '../fields.ts';
import type { Program } from '../program.ts';
import { type Backend, ingressBackends, routeBackends } from './backends.ts';
import { workloadsBehind } from './services.ts';

/** Workloads with a known administrative interface behind a Service that the outside reaches. */
export const sensitiveInterfaceExposed: Program = function* ({ resources, inventory, params }) {
  const names = listAt(params, ['names']).filter((name) => typeof name === 'string');
  for (const service of resources) {
    const type = textAt(service.object, ['spec', 'type']);
    if (type !== 'LoadBalancer' && type !== 'NodePort') continue;
    for (const { resource, template } of workloadsBehind(service, inventory)) {
      const texts = [
        resource.name,
        ...template.containers.flatMap(({ container }) => imageName(container['image'])),
      ];
      const found = names.find((name) => texts.some((text) => text.includes(name)));
      if (found === undefined) continue;
      yield {
        subject: service,
        path: ['spec', 'type'],
        message: `${titleOf(service)} opens ${found} (${titleOf(resource)}) to the outside by a ${type}`,
        related: [{ subject: resource, path: ['metadata', 'name'] }],
      };
    }
  }
};

/** The last part of an image's repository: what it is, without where it comes from. */
function imageName(image: JsonValue | undefined): string[] {
  const reference = typeof image === 'string' ? parseImageReference(image) : undefined;
  return reference === undefined
    ? []
    : [reference.repository.slice(reference.repository.lastIndexOf('/') + 1)];
}

/** Services that open their workloads to the outside by themselves. */
export const workloadExposedByService: Program = function* ({ resources, inventory }) {
  for (const service of resources) {
    const type = textAt(service.object, ['spec', 'type']);
    const workloads =
      type === 'LoadBalancer' || type === 'NodePort' ? workloadsBehind(service, inventory) : [];
    if (workloads.length === 0) continue;
    yield {
      subject: service,
      path: ['spec', 'type'],
      message: `${titleOf(service)} publishes its port${behindText(workloads)}`,
      related: workloads.map(({ resource }) => ({ subject: resource, path: ['metadata', 'name'] })),
    };
  }
};

/** Services that lead to a port on which SSH listens. */
export const serviceExposesSsh: Program = function* ({ resources, inventory, params }) {
  const ports = new Set(listAt(params, ['ports']).flatMap((port) => scalarText(port) ?? []));
  for (const service of resources) {
    if (workloadsBehind(service, inventory).length === 0) continue;
    for (const [i, port] of listAt(service.object, ['spec', 'ports']).entries()) {
      const field = ['targetPort', 'port'].find(
        (key) => isObject(port) && ports.has(scalarText(port[key]) ?? ''),
      );
      if (field === undefined) continue;
      yield {
        subject: service,
        path: ['spec', 'ports', i, field],
        message: `${titleOf(service)} leads to an SSH port of its Pods`,
      };
    }
  }
};

export const workloadExposedByIngress: Program = ({ resources, inventory }) =>
  exposed(resources, inventory, ingressBackends);
export const workloadExposedByRoute: Program = ({ resources, inventory }) =>
  exposed(resources, inventory, (route, namespace) =>
    listAt(route.object, ['spec', 'parentRefs']).length === 0 ? [] : routeBackends(route, namespace),
  );

/** Istio: a VirtualService on a gateway of the input that leads to a Service with Pods. */
export const workloadExposedByMesh: Program = ({ resources, inventory }) =>
  exposed(resources, inventory, (service, namespace) =>
    listAt(service.object, ['spec', 'gateways']).some((gateway) => isGateway(gateway, namespace, inventory))
      ? meshBackends(service, namespace)
      : [],
  );

function isGateway(reference: JsonValue, namespace: string, inventory: Inventory): boolean {
  if (typeof reference !== 'string' || reference === 'mesh') return false;
  const [first = '', second] = reference.split('/');
  const home = second === undefined ? namespace : first;
  const name = second ?? first;
  return inventory
    .ofKind('Gateway', 'networking.istio.io')
    .some((gateway) => gateway.name === name && inventory.namespaceOf(gateway) === home);
}

function meshBackends(service: Resource, namespace: string): readonly Backend[] {
  return ['http', 'tcp', 'tls'].flatMap((protocol) =>
    listAt(service.object, ['spec', protocol]).flatMap((rule, i) =>
      listAt(rule, ['route']).flatMap((route, j): Backend[] => {
        const host = textAt(route, ['destination', 'host']);
        if (host === undefined) return [];
        // A host is a Service's name, alone or with its namespace and the cluster's domain.
        const [name = '', home = namespace] = host.split('.');
        const entry: Path = ['spec', protocol, i, 'route', j];
        return [{ name, namespace: home, entry, path: [...entry, 'destination', 'host'] }];
      }),
    ),
  );
}

function* exposed(
  resources: readonly Resource[],
  inventory: Inventory,
  backendsOf: (resource: Resource, namespace: string) => readonly Backend[],
): Iterable<Violation> {
  for (const resource of resources) {
    for (const { namespace, name, entry } of backendsOf(resource, inventory.namespaceOf(resource))) {
      const service = inventory.find('Service', namespace, name);
      const workloads: readonly Workload[] = service === undefined ? [] : workloadsBehind(service, inventory);
      if (service === undefined || (workloads.length === 0 && resource.kind !== 'Ingress')) continue;
      yield {
        subject: resource,
        path: entry,
        message: `${titleOf(resource)} publishes the Service "${name}"${behindText(workloads)}`,
        related: workloads.map((workload) => ({ subject: workload.resource, path: ['metadata', 'name'] })),
      };
    }
  }
}

function behindText(workloads: readonly Workload[]): string {
  const first = workloads[0];
  return first === undefined ? '' : ` and with it ${titleOf(first.resource)}`;
}

const tillerParts: readonly Path[] = [
  ['metadata'],
  ['spec', 'containers'],
  ['spec', 'template', 'metadata'],
  ['spec', 'template', 'spec', 'containers'],
];

/** Every part of a workload that says that it is Tiller: what has to be deleted. */
export const tillerDeployed: Program = function* ({ resources }) {
  for (const resource of resources) {
    for (const path of tillerParts) {
      const part = valueAt(resource.object, path);
      if (!namesTiller(part)) continue;
      yield { subject: resource, path, message: `${titleOf(resource)} is Tiller, the server of Helm 2` };
    }
  }
};

function namesTiller(part: JsonValue | undefined): boolean {
  if (Array.isArray(part))
    return part.some((container) => isObject(container) && isTiller(container['image']));
  if (!isObject(part)) return false;
  const labels = isObject(part['labels']) ? part['labels'] : {};
  return isTiller(part['name']) || Object.values(labels).some(isTiller);
}

function isTiller(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && /(^|[^a-z])tiller([^a-z]|$)/i.test(value);
}

/** Services through which Tiller is reached: their name, labels and selector. */
export const tillerService: Program = function* ({ resources }: ProgramContext) {
  for (const service of resources) {
    const parts: Path[] = [['metadata', 'name']];
    for (const path of [
      ['metadata', 'labels'],
      ['spec', 'selector'],
    ]) {
      const labels = valueAt(service.object, path);
      if (isObject(labels)) parts.push(...Object.keys(labels).map((key): Path => [...path, key]));
    }
    for (const path of parts) {
      if (!isTiller(valueAt(service.object, path))) continue;
      yield { subject: service, path, message: `${titleOf(service)} leads to Tiller, the server of Helm 2` };
    }
  }
};

/** ingress-nginx controllers that still paste annotations into their configuration (CVE-2021-25742). */
export const ingressNginxSnippetsAllowed: Program = function* ({ inventory }) {
  for (const { resource, template, namespace } of inventory.workloads) {
    for (const { container, path } of template.containers) {
      const image = textAt(container, ['image']) ?? '';
      const match =
        /ingress-nginx\/controller(?:-chroot)?:v?(\d+)\.(\d+)|nginx-(?:ingress-)?controller(?:-[a-z0-9]+)?:v?(\d+)\.(\d+)/.exec(
          image,
        );
      if (match === null || !allowsSnippetsByDefault(match)) continue;
      const settings = inventory
        .ofKind('ConfigMap', '')
        .filter((map) => inventory.namespaceOf(map) === namespace)
        .map((map) => textAt(map.object, ['data', 'allow-snippet-annotations']));
      if (settings.includes('false')) continue;
      yield {
        subject: resource,
        path: [...path, 'image'],
        message: `${titleOf(resource)} lets whoever writes an Ingress write nginx configuration`,
      };
    }
  }
};

/** Snippets were switched off by default in 1.9. */
function allowsSnippetsByDefault(match: RegExpExecArray): boolean {
  const major = Number(match[1] ?? match[3]);
  const minor = Number(match[2] ?? match[4]);
  return major < 1 || (major === 1 && minor < 9);
}
