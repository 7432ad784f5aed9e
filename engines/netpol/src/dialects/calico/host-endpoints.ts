import { isObject, type JsonValue } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { EndpointMatcher } from '../../model/matcher.ts';
import type { Policy, Rule, TierKey } from '../../model/policy.ts';
import { Bits } from '../../sets/bits.ts';
import { mappingAt, readOrRefuse } from '../fields.ts';
import { type CalicoContext, isCalico } from './context.ts';
import { RuleReader } from './rules.ts';
import { SelectorReader } from './selectors.ts';

/** Behind all tiers stand the profiles of an endpoint. */
const profileTier: TierKey = { plane: 'network', order: Number.POSITIVE_INFINITY, name: 'profiles' };

/**
 * What holds for an endpoint that Calico's own object describes where no policy decides: the rules of its profiles, and
 * what none of them allows is denied. Pods that Kubernetes' objects describe have profiles that allow everything.
 */
export function profilePolicy(
  resource: Resource,
  profiles: ReadonlyMap<string, Resource>,
  context: CalicoContext,
): Policy | undefined {
  const names = profileNames(resource);
  if (resource.kind !== 'HostEndpoint' && names.length === 0) return undefined;
  const known = names.flatMap((name) => profiles.get(name) ?? []);
  // Profiles that the input does not have are those that Calico makes for namespaces and accounts: they allow everything.
  if (resource.kind !== 'HostEndpoint' && known.length < names.length) return undefined;
  return {
    kind: resource.kind,
    namespace: resource.kind === 'HostEndpoint' ? undefined : (resource.namespace ?? 'default'),
    name: resource.name,
    tier: profileTier,
    order: 0,
    sortName: `${resource.namespace ?? ''}/${resource.name}`,
    subject: endpointOf(resource),
    isolates: { ingress: true, egress: true },
    isImplied: true,
    rules: known.flatMap(
      (profile) => readOrRefuse(profile, context.problems, () => rulesOf(profile, context)) ?? [],
    ),
    resource,
  };
}

/** Profiles among objects by their names. */
export function profilesByName(resources: readonly Resource[]): Map<string, Resource> {
  return new Map(
    resources.flatMap((resource) =>
      isCalico(resource, 'Profile') ? [[resource.name, resource] as const] : [],
    ),
  );
}

function rulesOf(profile: Resource, context: CalicoContext): Rule[] {
  const spec = mappingAt(profile.object['spec'], ['spec']) ?? {};
  const reader = new RuleReader(profile, undefined, context, new SelectorReader());
  const rules = [...reader.rules('ingress', spec), ...reader.rules('egress', spec)];
  return rules.filter(({ verdict }) => verdict !== 'pass');
}

function profileNames({ object }: Resource): string[] {
  const spec = object['spec'];
  const profiles: JsonValue | undefined = isObject(spec) ? spec['profiles'] : undefined;
  return Array.isArray(profiles) ? profiles.filter((name) => typeof name === 'string') : [];
}

/** The endpoint that an object describes. */
export function endpointOf(resource: Resource): EndpointMatcher {
  const { kind, namespace = '', name } = resource;
  return {
    key: `${kind} ${JSON.stringify([namespace, name])}`,
    select: ({ cluster, all }) =>
      Bits.of(
        all.size,
        cluster.endpoints.flatMap((endpoint, i) =>
          endpoint.resource?.kind === kind &&
          endpoint.resource.name === name &&
          (endpoint.resource.namespace ?? '') === namespace
            ? [i]
            : [],
        ),
      ),
  };
}
