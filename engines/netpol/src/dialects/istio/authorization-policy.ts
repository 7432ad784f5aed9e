import type { Resource } from '@keelson/kubernetes';
import type { Policy, Rule, Verdict } from '../../model/policy.ts';
import { FieldFault, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { denyFirst, RuleReader } from './authorization-rules.ts';
import { IstioContext } from './context.ts';
import { meshTier, tcp, waypointTier } from './mesh.ts';
import { seenBy, type View } from './views.ts';
import { workloadsOf } from './workloads.ts';

const verdicts: ReadonlyMap<string, Verdict | undefined> = new Map<string, Verdict | undefined>([
  ['ALLOW', 'allow'],
  ['DENY', 'deny'],
  // Another service decides, which the input does not tell; it can only deny what these policies allow.
  ['CUSTOM', undefined],
  ['AUDIT', undefined],
]);

/**
 * An AuthorizationPolicy of `security.istio.io`: a rule matches when one of its sources, one of its operations and all of its
 * conditions do. Workloads that some ALLOW is about deny what none allows. `views` tell which workloads see sources otherwise than they
 * are; a waypoint sees them as they are.
 * @throws FieldFault for what Istio refuses
 */
export function readAuthorizationPolicy(
  resource: Resource,
  read: ReadContext,
  objects: Objects,
  views: readonly View[],
): Policy[] {
  const path = ['spec'];
  const context = new IstioContext(resource, read, objects);
  if (resource.object['spec'] === undefined) context.warn(path, 'is missing: the policy allows nothing');
  const spec = mappingAt(resource.object['spec'], path) ?? {};
  onlyFields(spec, ['selector', 'targetRefs', 'targetRef', 'action', 'rules', 'provider'], path);
  const action = textAt(spec['action'], [...path, 'action']) ?? 'ALLOW';
  if (!verdicts.has(action)) throw new FieldFault([...path, 'action'], 'is not ALLOW, DENY, CUSTOM or AUDIT');
  const subject = workloadsOf(spec, path, context);
  const reader = new RuleReader(context, subject.proxy !== 'own');
  const items = mappingsAt(spec['rules'], [...path, 'rules']) ?? [];
  if (action === 'DENY' && items.length === 0)
    throw new FieldFault([...path, 'rules'], 'are missing: a DENY without rules denies nothing');
  const verdict = verdicts.get(action);
  const parts = items.map((item) => reader.rules(item.value, item.path, verdict ?? 'allow'));
  if (verdict === undefined) {
    if (action === 'CUSTOM')
      context.warn(
        [...path, 'action'],
        'asks a service that may deny more; it is judged as if it allowed all',
      );
    return [];
  }
  const near = views.filter(
    ({ namespaces }) => context.isRoot || namespaces === undefined || namespaces.has(context.namespace),
  );
  const seen = (rules: readonly Rule[]) =>
    seenBy(rules, subject.proxy === 'own' ? near : [], context.connections);
  const policy: Policy = {
    kind: resource.kind,
    namespace: context.namespace,
    name: resource.name,
    tier:
      subject.proxy === 'waypoint'
        ? waypointTier(context.connections)
        : meshTier('authorization', context.connections),
    order: 0,
    sortName: `${context.namespace}/${resource.name}`,
    subject: subject.matcher,
    isolates: { ingress: verdict === 'allow', egress: false },
    rules: seen(parts.flatMap(({ rules }) => rules)),
    selectors: context.selectors,
    resource,
  };
  const implied = parts.flatMap((each) => each.implied);
  if (subject.proxy === 'waypoint') implied.push(pastWaypoint(context));
  if (implied.length === 0) return [policy];
  return [
    policy,
    { ...policy, isolates: { ingress: false, egress: false }, rules: seen(implied), isImplied: true },
  ];
}

/** Who is not in the mesh does not know of waypoints, and connects to the workload itself. */
function pastWaypoint({ inMesh, connections }: IstioContext): Rule {
  return {
    direction: 'ingress',
    verdict: 'allow',
    precedence: denyFirst - 1,
    peers: [{ type: 'not', peer: { type: 'endpoints', matcher: inMesh } }],
    connections: { fixed: tcp(connections), named: [] },
    path: ['spec', 'targetRefs'],
  };
}
