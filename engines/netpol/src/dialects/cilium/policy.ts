import { isObject, type JsonObject, type Path } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import type { ConnectionMatch, Direction, PeerMatch, Policy, Rule, Verdict } from '../../model/policy.ts';
import { allConnections } from '../../sets/connections.ts';
import { FieldFault, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import { defaultTier, type ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { CiliumContext } from './context.ts';
import { icmpConnections } from './icmp.ts';
import { peerFields, peersMissing, peersOf } from './peers.ts';
import { portConnections } from './ports.ts';
import { nodeSelector, otherClusters, otherNamespace, selectsInit, subjectSelector } from './selector.ts';

/** Rules that deny stand before all others of the tier, those of NetworkPolicies among them. */
const denyFirst = -1;
/** What requests are left of a port whose rules let some through, where nothing else denies. */
const denyLast = 1;

const ruleFields = [
  'endpointSelector',
  'nodeSelector',
  'ingress',
  'ingressDeny',
  'egress',
  'egressDeny',
  'labels',
  'description',
  'enableDefaultDeny',
  'log',
];

/**
 * A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy (`cilium.io/v2`): a policy for each of its specs. They share the
 * tier of NetworkPolicies (Cilium 1.20 calls it Normal).
 * @throws FieldFault for what Cilium refuses
 */
export function readCiliumPolicy(resource: Resource, read: ReadContext, objects: Objects): Policy[] {
  const { object } = resource;
  const single = mappingAt(object['spec'], ['spec']);
  const several = mappingsAt(object['specs'], ['specs']) ?? [];
  const specs = [...(single === undefined ? [] : [{ value: single, path: ['spec'] as Path }]), ...several];
  if (specs.length === 0) throw new FieldFault(['spec'], 'is missing, and specs too');
  return specs.map(({ value, path }) => new SpecReader(resource, value, path, read, objects).policy());
}

class SpecReader {
  readonly #resource: Resource;
  readonly #spec: JsonObject;
  readonly #path: Path;
  readonly #context: CiliumContext;
  readonly #namespace: string | undefined;

  constructor(resource: Resource, spec: JsonObject, path: Path, read: ReadContext, objects: Objects) {
    const isClusterwide = resource.kind === 'CiliumClusterwideNetworkPolicy';
    this.#resource = resource;
    this.#spec = spec;
    this.#path = path;
    this.#namespace = isClusterwide ? undefined : (effectiveNamespace(resource) ?? 'default');
    const scope = { namespace: this.#namespace, isInit: selectsInit(spec['endpointSelector']) };
    this.#context = new CiliumContext(resource, read, objects, scope);
  }

  policy(): Policy {
    const namespace = this.#namespace;
    onlyFields(this.#spec, ruleFields, this.#path);
    const subject = this.#subject();
    const isolates = { ingress: this.#isolates('ingress'), egress: this.#isolates('egress') };
    return {
      kind: this.#resource.kind,
      namespace,
      name: this.#resource.name,
      tier: defaultTier,
      order: 0,
      sortName: `${namespace ?? ''}/${this.#resource.name}`,
      subject,
      isolates,
      rules: [...this.#rules('ingress', isolates.ingress), ...this.#rules('egress', isolates.egress)],
      resource: this.#resource,
    };
  }

  #subject() {
    const { endpointSelector, nodeSelector: nodesWritten } = this.#spec;
    const path = [...this.#path, nodesWritten === undefined ? 'endpointSelector' : 'nodeSelector'];
    if ((endpointSelector === undefined) === (nodesWritten === undefined))
      throw new FieldFault(this.#path, 'needs exactly one of endpointSelector, nodeSelector');
    if (nodesWritten !== undefined) {
      if (this.#namespace !== undefined)
        throw new FieldFault(path, 'may stand in policies of the cluster only');
      if (isObject(nodesWritten) && Object.keys(nodesWritten).length > 0)
        this.#context.warn(path, 'chooses nodes by labels, which Pods of their network do not tell');
      return nodeSelector(nodesWritten, path);
    }
    for (const name of otherClusters(endpointSelector))
      this.#context.warn(path, `speaks of the cluster ${name}: the one that is judged is called default`);
    const other = otherNamespace(endpointSelector, this.#namespace);
    if (other !== undefined)
      this.#context.warn(path, `names the namespace ${other}, which Cilium replaces by the policy's own`);
    return subjectSelector(endpointSelector, path, this.#namespace);
  }

  /** Rules of a direction make the endpoint deny what none of them speaks of, unless the policy says otherwise. */
  #isolates(direction: Direction): boolean {
    const path = [...this.#path, 'enableDefaultDeny'];
    const written = mappingAt(this.#spec['enableDefaultDeny'], path) ?? {};
    onlyFields(written, ['ingress', 'egress'], path);
    const value = written[direction] ?? undefined;
    if (value !== undefined && typeof value !== 'boolean')
      throw new FieldFault([...path, direction], 'is not true or false');
    const hasRules = [direction, `${direction}Deny`].some(
      (field) => (mappingsAt(this.#spec[field], [...this.#path, field]) ?? []).length > 0,
    );
    if (value === true && !hasRules)
      this.#context.warn([...path, direction], `does nothing: the policy has no rules of ${direction}`);
    return hasRules && value !== false;
  }

  #rules(direction: Direction, isolates: boolean): Rule[] {
    return (['', 'Deny'] as const).flatMap((suffix) => {
      const field = `${direction}${suffix}`;
      const items = mappingsAt(this.#spec[field], [...this.#path, field]) ?? [];
      return items.flatMap((item) =>
        this.#rule(direction, suffix === 'Deny', isolates, item.value, item.path),
      );
    });
  }

  #rule(direction: Direction, isDeny: boolean, isolates: boolean, rule: JsonObject, path: Path): Rule[] {
    const requires = direction === 'egress' ? 'toRequires' : 'fromRequires';
    const fields = [...peerFields(direction), requires, 'toPorts', 'icmps'];
    onlyFields(rule, [...fields, ...(isDeny ? [] : ['authentication', 'auth'])], path);
    const named = this.#neverPasses(rule, path) ? [] : peersOf(rule, direction, path, this.#context);
    const ports = this.#connections(rule, direction, isDeny, path);
    const verdict: Verdict = isDeny ? 'deny' : 'allow';
    // Without peers a rule speaks of all of them where it names ports, and of nothing where it does not.
    const peers: PeerMatch[] = named ?? (ports === undefined ? [] : [{ type: 'any' }]);
    const base = { direction, peers, path, ...(isDeny ? { precedence: denyFirst } : {}) };
    const matches = ports ?? [{ fixed: allConnections, named: [] }];
    return [
      ...matches.map((connections): Rule => ({ ...base, verdict, connections })),
      ...(isDeny || isolates ? [] : this.#refusedRequests(matches, { direction, peers, path })),
      ...this.#requirements(rule, direction, path),
    ];
  }

  /** Where the policy makes nothing denied, rules of requests still refuse all other requests to their ports. */
  #refusedRequests(
    matches: readonly ConnectionMatch[],
    base: Pick<Rule, 'direction' | 'peers' | 'path'>,
  ): Rule[] {
    const { connections } = this.#context;
    return matches.flatMap((match) => {
      const fixed = connections.anyRequest(match.fixed);
      const { within: _, ...anyRequest } = { ...match, fixed };
      if (fixed === match.fixed && match.within === undefined) return [];
      return [{ ...base, verdict: 'deny' as const, precedence: denyLast, connections: anyRequest }];
    });
  }

  /** Requirements hold for all rules that choose endpoints, so who misses one is denied. */
  #requirements(rule: JsonObject, direction: Direction, path: Path): Rule[] {
    const peers = peersMissing(rule, direction, path, this.#context);
    if (peers.length === 0) return [];
    const connections: ConnectionMatch = { fixed: allConnections, named: [] };
    return [{ direction, verdict: 'deny', peers, connections, precedence: denyFirst, path }];
  }

  #connections(
    rule: JsonObject,
    direction: Direction,
    isDeny: boolean,
    path: Path,
  ): readonly ConnectionMatch[] | undefined {
    const form = { direction, isDeny };
    const ports = portConnections(rule['toPorts'], [...path, 'toPorts'], form, this.#context);
    const icmp = icmpConnections(rule['icmps'], [...path, 'icmps'], this.#context);
    if (icmp === undefined) return ports;
    if (ports !== undefined) throw new FieldFault([...path, 'icmps'], 'may not stand with toPorts');
    return [{ fixed: icmp, named: [] }];
  }

  /** True for a rule whose connections fail to authenticate by intention. */
  #neverPasses(rule: JsonObject, path: Path): boolean {
    if (rule['auth'] !== undefined)
      this.#context.warn([...path, 'auth'], 'is not read by Cilium, which took authentication in its place');
    const at = [...path, 'authentication'];
    const authentication = mappingAt(rule['authentication'], at);
    if (authentication === undefined) return false;
    onlyFields(authentication, ['mode'], at);
    const mode = textAt(authentication['mode'], [...at, 'mode']);
    if (mode !== 'disabled' && mode !== 'required' && mode !== 'test-always-fail')
      throw new FieldFault([...at, 'mode'], 'is not disabled, required or test-always-fail');
    return mode === 'test-always-fail';
  }
}
