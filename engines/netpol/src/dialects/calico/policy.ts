import type { JsonObject, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { allEndpoints, allOf, type EndpointMatcher, inNamespace } from '../../model/matcher.ts';
import type { Direction, Policy } from '../../model/policy.ts';
import { FieldFault, listAt, mappingAt, onlyFields, textAt } from '../fields.ts';
import { type CalicoContext, orderAt, type Tier } from './context.ts';
import { knownEndpoints } from './labels.ts';
import { RuleReader } from './rules.ts';
import { SelectorReader } from './selectors.ts';

const fields = [
  'tier',
  'order',
  'selector',
  'serviceAccountSelector',
  'types',
  'ingress',
  'egress',
  'performanceHints',
];
/** Passes of their own in the data plane, for host endpoints. */
const passFields = ['doNotTrack', 'preDNAT', 'applyOnForward'];
const globalFields = [...fields, ...passFields, 'namespaceSelector'];

/**
 * A NetworkPolicy or GlobalNetworkPolicy of Calico.
 * @throws FieldFault for what the API server refuses
 */
export function readCalicoPolicy(resource: Resource, context: CalicoContext): Policy {
  const isGlobal = resource.kind === 'GlobalNetworkPolicy';
  const namespace = isGlobal ? undefined : (resource.namespace ?? 'default');
  if (isGlobal && resource.namespace !== undefined)
    context.problems.push({
      level: 'warning',
      resource,
      path: ['metadata', 'namespace'],
      message: 'counts for nothing in a policy of the whole cluster',
    });
  const path = ['spec'];
  const spec = mappingAt(resource.object['spec'], path);
  if (spec === undefined) throw new FieldFault(path, 'is missing');
  onlyFields(spec, isGlobal ? globalFields : fields, path);
  const selectors = new SelectorReader();
  const subject = subjectOf(spec, namespace, selectors);
  const isolates = typesOf(spec, path);
  const tier = tierOf(spec, resource, context);
  warnOfPasses(spec, resource, context);
  const reader = new RuleReader(resource, namespace, context, selectors);
  const rules = [...reader.rules('ingress', spec), ...reader.rules('egress', spec)];
  return {
    kind: resource.kind,
    namespace,
    name: resource.name,
    tier: tier.key,
    order: orderAt(spec['order'], [...path, 'order']) ?? Number.POSITIVE_INFINITY,
    sortName: `${resource.name}/${namespace ?? ''}/${resource.kind}`,
    subject,
    isolates: tier.denies ? isolates : { ingress: false, egress: false },
    rules: rules.filter(({ direction }) => isolates[direction]),
    selectors: selectors.written,
    resource,
  };
}

function subjectOf(
  spec: JsonObject,
  namespace: string | undefined,
  selectors: SelectorReader,
): EndpointMatcher {
  const read = (owner: 'pod' | 'namespace' | 'serviceAccount', field: string) =>
    selectors.read(owner, spec[field], ['spec', field])?.matcher ?? allEndpoints;
  return allOf(
    ownersOf(spec, namespace),
    read('pod', 'selector'),
    read('namespace', 'namespaceSelector'),
    read('serviceAccount', 'serviceAccountSelector'),
  );
}

/** Passes before tracking and before addresses are translated are those of host endpoints, which stand in no namespace. */
function ownersOf(spec: JsonObject, namespace: string | undefined): EndpointMatcher {
  if (namespace !== undefined) return inNamespace(namespace);
  return spec['doNotTrack'] === true || spec['preDNAT'] === true ? inNamespace('') : knownEndpoints;
}

/** Without types a policy is about the directions that it has rules for, and about ingress where it has none. */
function typesOf(spec: JsonObject, path: Path): Record<Direction, boolean> {
  const typesPath = [...path, 'types'];
  const types = listAt(spec['types'], typesPath) ?? [];
  const has = (direction: Direction) => (listAt(spec[direction], [...path, direction]) ?? []).length > 0;
  if (types.length === 0) return { ingress: has('ingress') || !has('egress'), egress: has('egress') };
  const odd = types.findIndex((type) => type !== 'Ingress' && type !== 'Egress');
  if (odd >= 0) throw new FieldFault([...typesPath, odd], 'is not Ingress or Egress');
  return { ingress: types.includes('Ingress'), egress: types.includes('Egress') };
}

function tierOf(spec: JsonObject, resource: Resource, context: CalicoContext): Tier {
  const path = ['spec', 'tier'];
  const name = textAt(spec['tier'], path) ?? 'default';
  const tier = context.tiers.get(name);
  if (tier !== undefined) return tier;
  const message = `names a tier that the input does not have: it is judged behind all others, and denies at its end`;
  context.problems.push({ level: 'error', resource, path, message });
  return { key: { plane: 'network', order: Number.MAX_VALUE, name }, denies: true };
}

function warnOfPasses(spec: JsonObject, resource: Resource, { problems }: CalicoContext): void {
  for (const field of passFields) {
    if (spec[field] !== true) continue;
    const message = 'makes the policy act in a pass of its own, which is not told apart here';
    problems.push({ level: 'warning', resource, path: ['spec', field], message });
  }
}

/** A staged policy is only watched. */
export function readStagedPolicy(resource: Resource, { problems }: CalicoContext): undefined {
  const message = `${resource.kind} is staged: it allows and denies nothing`;
  problems.push({ level: 'warning', resource, path: ['kind'], message });
}
