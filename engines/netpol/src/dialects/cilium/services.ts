import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import { allOf, inNamespace } from '../../model/matcher.ts';
import type { PeerMatch } from '../../model/policy.ts';
import { ownLabels } from '../../model/read-cluster.ts';
import { isAddress, parseAddress } from '../../sets/addresses.ts';
import { FieldFault, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import { labelSelector, matchLabels } from '../label-selector.ts';
import type { CiliumContext } from './context.ts';
import { selectsLabels } from './label-match.ts';

/** Items of `toServices`: what stands behind Services, Pods by the Service's selector or else its own addresses. */
export function servicePeers(value: JsonValue | undefined, path: Path, context: CiliumContext): PeerMatch[] {
  return (mappingsAt(value, path) ?? []).flatMap((item) => {
    const services = servicesOf(item.value, item.path, context);
    if (services.length === 0)
      context.warn(item.path, 'chooses no Service of the input: it matches nothing here');
    return services.flatMap((service) => backends(service, item.path, context));
  });
}

/** Services by name or by their labels; of all namespaces where none is named, whatever the policy's own is. */
function servicesOf(item: JsonObject, path: Path, { objects }: CiliumContext): readonly Resource[] {
  onlyFields(item, ['k8sService', 'k8sServiceSelector'], path);
  const namedPath = [...path, 'k8sService'];
  const named = mappingAt(item['k8sService'], namedPath);
  const selectedPath = [...path, 'k8sServiceSelector'];
  const selected = mappingAt(item['k8sServiceSelector'], selectedPath);
  if ((named === undefined) === (selected === undefined))
    throw new FieldFault(path, 'needs exactly one of k8sService, k8sServiceSelector');
  if (named !== undefined) {
    onlyFields(named, ['serviceName', 'namespace'], namedPath);
    const name = textAt(named['serviceName'], [...namedPath, 'serviceName']) ?? '';
    const namespace = namespaceAt(named, namedPath);
    return objects.of('', 'Service').filter((each) => each.name === name && isIn(each, namespace));
  }
  if (selected === undefined) return [];
  onlyFields(selected, ['selector', 'namespace'], selectedPath);
  const namespace = namespaceAt(selected, selectedPath);
  labelSelector('pod', selected['selector'], [...selectedPath, 'selector']);
  return objects
    .of('', 'Service')
    .filter((each) => isIn(each, namespace) && selectsLabels(selected['selector'], ownLabels(each)));
}

function namespaceAt(value: JsonObject, path: Path): string | undefined {
  const namespace = textAt(value['namespace'], [...path, 'namespace']);
  return namespace === '' ? undefined : namespace;
}

function isIn(service: Resource, namespace: string | undefined): boolean {
  return namespace === undefined || (effectiveNamespace(service) ?? 'default') === namespace;
}

function backends(service: Resource, path: Path, context: CiliumContext): PeerMatch[] {
  const namespace = effectiveNamespace(service) ?? 'default';
  const spec = service.object['spec'];
  const selector = isObject(spec) ? spec['selector'] : undefined;
  if (isObject(selector) && Object.keys(selector).length > 0) {
    const matcher = allOf(inNamespace(namespace), ...matchLabels('pod', selector, path));
    return [{ type: 'endpoints', matcher }];
  }
  const endpoints = context.objects.find('', 'Endpoints', service.name, namespace);
  const slices = context.objects
    .of('discovery.k8s.io', 'EndpointSlice')
    .filter((each) => isIn(each, namespace) && serviceOfSlice(each) === service.name);
  const texts = [...addressesOfEndpoints(endpoints), ...slices.flatMap(addressesOfSlice)];
  const ranges = texts.filter(isAddress).map((text) => {
    const { family, value } = parseAddress(text);
    return { family, low: value, high: value };
  });
  return ranges.length === 0 ? [] : [{ type: 'addresses', ranges, except: [], endpoints: false }];
}

function addressesOfEndpoints(endpoints: Resource | undefined): string[] {
  return objectsAt(endpoints?.object['subsets'])
    .flatMap(({ addresses }) => objectsAt(addresses))
    .map(({ ip }) => String(ip));
}

function addressesOfSlice({ object }: Resource): string[] {
  return objectsAt(object['endpoints']).flatMap(({ addresses }) =>
    Array.isArray(addresses) ? addresses.map(String) : [],
  );
}

function serviceOfSlice(slice: Resource): string | undefined {
  return ownLabels(slice).get('kubernetes.io/service-name');
}

function objectsAt(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((each) => isObject(each)) : [];
}
