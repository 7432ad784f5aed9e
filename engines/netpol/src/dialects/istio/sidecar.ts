import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import {
  allEndpoints,
  allOf,
  anyOf,
  type EndpointMatcher,
  hasLabel,
  inNamespace,
  noEndpoints,
  noneOf,
} from '../../model/matcher.ts';
import type { PeerMatch, Policy, Rule } from '../../model/policy.ts';
import { FieldFault, listAt, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { IstioContext } from './context.ts';
import { hostAt, hostNamespaceLabel, isHostLike, outsideLike } from './hosts.ts';
import { meshTier, tcp } from './mesh.ts';
import { servicesOf } from './services.ts';
import { workloadsOf } from './workloads.ts';

/** A Sidecar, with how special it is: for workloads before for a namespace before for the mesh. */
export interface ReadSidecar {
  rank: 0 | 1 | 2;
  /** What it is about, but for what a more special one is about. */
  matcher: EndpointMatcher;
  /** Undefined where it does not say what its workloads may reach. */
  policy: Policy | undefined;
  resource: Resource;
}

/** A host of a listener: `namespace/name`, either of which may be a wildcard. */
interface SidecarHost {
  namespace: string;
  name: string;
}

/**
 * A Sidecar: its workloads know no other services than those of its listeners, and reach what they do not know as its
 * `outboundTrafficPolicy` says.
 * @throws FieldFault
 */
export function readSidecar(resource: Resource, read: ReadContext, objects: Objects): ReadSidecar {
  const path: Path = ['spec'];
  const context = new IstioContext(resource, read, objects);
  const spec = mappingAt(resource.object['spec'], path);
  if (spec === undefined) throw new FieldFault(path, 'is missing');
  const fields = ['workloadSelector', 'ingress', 'egress', 'outboundTrafficPolicy', 'inboundConnectionPool'];
  onlyFields(spec, fields, path);
  if (context.isRoot && spec['workloadSelector'] !== undefined)
    throw new FieldFault([...path, 'workloadSelector'], 'may not stand in the root namespace');
  const { matcher, isAll } = workloadsOf(spec, path, context, 'workloadSelector');
  const reachesAddresses =
    outboundMode(spec['outboundTrafficPolicy'], [...path, 'outboundTrafficPolicy']) === 'ALLOW_ANY';
  const listeners = mappingsAt(spec['egress'], [...path, 'egress']);
  if (listAt(spec['ingress'], [...path, 'ingress']) !== undefined)
    context.warn([...path, 'ingress'], 'changes where the proxy listens, which is not judged');
  const rank = context.isRoot ? 2 : isAll ? 1 : 0;
  if (listeners === undefined || listeners.length === 0)
    return { rank, matcher, policy: undefined, resource };
  const isolates = !reachesAddresses || read.sidecarsIsolate === true;
  const rules = listeners.flatMap((each) => listenerRules(each.value, each.path, context));
  if (!isolates) {
    const message =
      'lists what workloads know, and keeps them from nothing: by ALLOW_ANY proxies pass on all else';
    context.warn([...path, 'egress'], message);
  }
  const policy: Policy = {
    kind: resource.kind,
    namespace: context.namespace,
    name: resource.name,
    tier: meshTier('sidecar', context.connections),
    order: 0,
    sortName: `${context.namespace}/${resource.name}`,
    subject: matcher,
    isolates: { ingress: false, egress: isolates },
    rules: reachesAddresses ? rules.map(withAddresses) : rules,
    selectors: context.selectors,
    resource,
  };
  return { rank, matcher, policy, resource };
}

function outboundMode(value: JsonValue | undefined, path: Path): string {
  const policy = mappingAt(value, path) ?? {};
  onlyFields(policy, ['mode', 'egressProxy'], path);
  const mode = textAt(policy['mode'], [...path, 'mode']) ?? 'ALLOW_ANY';
  if (mode !== 'ALLOW_ANY' && mode !== 'REGISTRY_ONLY')
    throw new FieldFault([...path, 'mode'], 'is not ALLOW_ANY or REGISTRY_ONLY');
  return mode;
}

/** What no endpoint is behind. */
const anywhere: PeerMatch = { type: 'not', peer: { type: 'endpoints', matcher: allEndpoints } };

function withAddresses(rule: Rule): Rule {
  return { ...rule, peers: [...rule.peers, anywhere] };
}

/** What a listener leads to; hosts of the own namespace are others for each namespace that a Sidecar of the mesh is about. */
function listenerRules(listener: JsonObject, path: Path, context: IstioContext): Rule[] {
  onlyFields(listener, ['port', 'bind', 'captureMode', 'hosts'], path);
  if (listener['port'] !== undefined)
    context.warn([...path, 'port'], 'is not judged: all ports are taken as meant');
  const hostsPath = [...path, 'hosts'];
  const written = listAt(listener['hosts'], hostsPath) ?? [];
  if (written.length === 0) throw new FieldFault(hostsPath, 'are missing');
  const hosts = written.map((each, i) => sidecarHost(each, [...hostsPath, i]));
  const rule = (matcher: EndpointMatcher, subject?: EndpointMatcher): Rule => ({
    direction: 'egress',
    verdict: 'allow',
    peers: [{ type: 'endpoints', matcher }],
    ...(subject === undefined ? {} : { subject: { type: 'endpoints', matcher: subject } }),
    connections: { fixed: tcp(context.connections), named: [] },
    path,
  });
  const fixed = hosts.filter(({ namespace }) => !context.isRoot || namespace !== '.');
  const own = hosts.filter(({ namespace }) => context.isRoot && namespace === '.');
  const namespaces =
    own.length === 0 ? [] : [...new Set(servicesOf(context.objects).map((each) => each.namespace))];
  return [
    rule(reachedBy(fixed, context.namespace, context)),
    ...namespaces.map((name) => rule(reachedBy(own, name, context), inNamespace(name))),
  ];
}

function sidecarHost(value: JsonValue, path: Path): SidecarHost {
  const text = textAt(value, path) ?? '';
  const [namespace = '', name = '', ...others] = text.split('/');
  if (namespace === '' || name === '' || others.length > 0)
    throw new FieldFault(path, 'is not namespace/name');
  if (namespace.length > 1 && /[*.~]/.test(namespace))
    throw new FieldFault(path, 'has a namespace that is no name');
  if (name !== '*' && !name.includes('.')) throw new FieldFault(path, 'has a name that is not full');
  return { namespace, name: hostAt(name, path) };
}

function reachedBy(hosts: readonly SidecarHost[], here: string, context: IstioContext): EndpointMatcher {
  const services = servicesOf(context.objects);
  const matchers = hosts.flatMap(({ namespace, name }) => {
    if (namespace === '~') return [];
    const where = namespace === '.' ? here : namespace;
    const isHere = (each: string) => where === '*' || each === where;
    const inside = services.filter((each) => isHere(each.namespace) && isHostLike(name, each.host));
    const entered = where === '*' ? [] : [hasLabel('pod', hostNamespaceLabel, where)];
    return [...inside.map(({ workloads }) => workloads), allOf(outsideLike(name), ...entered)];
  });
  return matchers.length === 0 ? noEndpoints : anyOf(...matchers);
}

/**
 * The policies of Sidecars, each only about workloads that none more special is about.
 * Two of the same rank for one namespace or mesh are told, and the first counts.
 */
export function sidecarPolicies(sidecars: readonly ReadSidecar[], read: ReadContext): Policy[] {
  const sorted = sidecars.toSorted((a, b) => a.rank - b.rank);
  const taken: { rank: number; matcher: EndpointMatcher }[] = [];
  return sorted.flatMap(({ rank, matcher, policy, resource }) => {
    const same = taken.find((each) => each.rank === rank && rank > 0 && each.matcher.key === matcher.key);
    if (same !== undefined) {
      const message =
        'is about workloads that another Sidecar is about: which one counts is undefined, here the first';
      read.problems.push({ level: 'error', resource, path: ['spec'], message });
      return [];
    }
    const before = taken.map((each) => each.matcher);
    taken.push({ rank, matcher });
    if (policy === undefined) return [];
    return before.length === 0
      ? policy
      : { ...policy, subject: allOf(policy.subject, noneOf(anyOf(...before))) };
  });
}
