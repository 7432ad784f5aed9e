import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { PeerMatch, Policy, Rule, Verdict } from '../../model/policy.ts';
import { allConnections, noConnections, type SetId } from '../../sets/connections.ts';
import { FieldFault, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { IstioContext } from './context.ts';
import { ambient, meshTier, tcp, waypointTier } from './mesh.ts';
import { onPlainPorts } from './plain-ports.ts';
import { type Asked, conditionAsked, opaqueRequests, operationAsked, operationFields } from './requests.ts';
import { allPeers, conditionPeers, requestSources, sourceFields, sourcePeers } from './sources.ts';
import { seenBy, type View } from './views.ts';
import { workloadsOf } from './workloads.ts';

const verdicts: ReadonlyMap<string, Verdict | undefined> = new Map<string, Verdict | undefined>([
  ['ALLOW', 'allow'],
  ['DENY', 'deny'],
  // Another service decides, which the input does not tell; it can only deny what these policies allow.
  ['CUSTOM', undefined],
  ['AUDIT', undefined],
]);

/** A DENY stands before all ALLOW. */
const denyFirst = -1;

/** What a rule asks of peers and of connections. */
interface Conditions {
  peers: readonly PeerMatch[];
  asked: Asked;
}

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

class RuleReader {
  readonly #context: IstioContext;
  /** Whether the policy is enforced where requests are seen, also for workloads of the node's proxy. */
  readonly #seesRequests: boolean;

  constructor(context: IstioContext, seesRequests: boolean) {
    this.#context = context;
    this.#seesRequests = seesRequests;
  }

  /** A rule; where the node's proxy enforces it, and it asks for what that does not see, it denies all (Istio, "ambient"). */
  rules(rule: JsonObject, path: Path, verdict: Verdict): { rules: readonly Rule[]; implied: Rule[] } {
    onlyFields(rule, ['from', 'to', 'when'], path);
    const sources = this.#sources(rule['from'], [...path, 'from']);
    const operations = this.#operations(rule['to'], [...path, 'to']);
    const conditions = this.#conditions(rule['when'], [...path, 'when']);
    const base = {
      direction: 'ingress' as const,
      path,
      ...(verdict === 'deny' ? { precedence: denyFirst } : {}),
    };
    const rules = sources.map((source): Rule => {
      const connections = this.#all(source.asked, operations, conditions.asked);
      const peers = allPeers([...source.peers, ...conditions.peers]) ?? { type: 'any' };
      return { ...base, verdict, peers: [peers], connections: { fixed: connections, named: [] } };
    });
    const ofRequests = [operations, conditions.asked, ...sources.map(({ asked }) => asked)].some(
      (asked) => asked.ofRequests,
    );
    const joined = this.#joined(rules);
    if (!ofRequests) return { rules: joined, implied: [] };
    const seen = onPlainPorts(joined, this.#context);
    return {
      rules: seen.rules,
      implied: this.#seesRequests ? seen.implied : [...seen.implied, this.#blind(path)],
    };
  }

  /** Sources that ask for the same connections are one rule. */
  #joined(rules: readonly Rule[]): Rule[] {
    const bySet = Map.groupBy(rules, ({ connections }) => connections.fixed);
    return [...bySet.values()].flatMap(([first, ...others]) =>
      first === undefined
        ? []
        : { ...first, peers: [...first.peers, ...others.flatMap(({ peers }) => peers)] },
    );
  }

  #blind(path: Path): Rule {
    return {
      direction: 'ingress',
      verdict: 'deny',
      precedence: denyFirst,
      peers: [{ type: 'any' }],
      subject: { type: 'endpoints', matcher: ambient },
      connections: { fixed: tcp(this.#context.connections), named: [] },
      path,
    };
  }

  #all(...asked: readonly Asked[]): SetId {
    const { connections } = this.#context;
    return asked.reduce<SetId>(
      (all, one) => connections.intersection(all, one.connections),
      tcp(connections),
    );
  }

  #sources(value: JsonValue | undefined, path: Path): Conditions[] {
    const nothing: Asked = { connections: allConnections, ofRequests: false };
    const items = this.#items(value, path);
    if (items === undefined) return [{ peers: [], asked: nothing }];
    return items.map((item) => {
      const source = this.#inner(item.value, 'source', item.path);
      const at = [...item.path, 'source'];
      onlyFields(source, sourceFields, at);
      this.#mustAsk(source, at);
      const peers = sourcePeers(source, at, this.#context);
      const ofRequest = Object.entries(source).filter(([field]) => requestSources.includes(field));
      const identity = ['principals', 'namespaces', 'serviceAccounts'].some(
        (field) => source[field] !== undefined,
      );
      if (identity && source['ipBlocks'] !== undefined)
        this.#context.warn(
          at,
          'asks for an identity and an address at once: only Pods whose address is known match',
        );
      const asked: Asked =
        ofRequest.length === 0
          ? nothing
          : {
              connections: opaqueRequests(sourceText(ofRequest), this.#context.connections),
              ofRequests: true,
            };
      return { peers: peers === undefined ? [] : [peers], asked };
    });
  }

  #operations(value: JsonValue | undefined, path: Path): Asked {
    const items = this.#items(value, path);
    if (items === undefined) return { connections: allConnections, ofRequests: false };
    const { connections } = this.#context;
    const asked = items.map((item) => {
      const operation = this.#inner(item.value, 'operation', item.path);
      const at = [...item.path, 'operation'];
      onlyFields(operation, operationFields, at);
      this.#mustAsk(operation, at);
      return operationAsked(operation, at, this.#context);
    });
    return {
      connections: asked.reduce<SetId>((all, one) => connections.union(all, one.connections), noConnections),
      ofRequests: asked.some(({ ofRequests }) => ofRequests),
    };
  }

  #conditions(value: JsonValue | undefined, path: Path): Conditions {
    if (value === null) throw new FieldFault(path, 'is null');
    const read = (mappingsAt(value, path) ?? []).map((item) => {
      onlyFields(item.value, ['key', 'values', 'notValues'], item.path);
      if ((textAt(item.value['key'], [...item.path, 'key']) ?? '') === '')
        throw new FieldFault([...item.path, 'key'], 'is missing');
      const { key: _, ...values } = item.value;
      this.#mustAsk(values, item.path);
      const peers = conditionPeers(item.value, item.path, this.#context);
      return peers ?? conditionAsked(item.value, item.path, this.#context);
    });
    const asked = read.filter((each) => 'ofRequests' in each);
    return {
      peers: read.filter((each) => 'type' in each),
      asked: {
        connections: this.#all(...asked),
        ofRequests: asked.some(({ ofRequests }) => ofRequests),
      },
    };
  }

  /** Items of a list that has some where it is there at all. */
  #items(value: JsonValue | undefined, path: Path): { value: JsonObject; path: Path }[] | undefined {
    if (value === null) throw new FieldFault(path, 'is null');
    const items = mappingsAt(value, path);
    if (items?.length === 0) throw new FieldFault(path, 'is empty');
    return items;
  }

  #inner(item: JsonObject, field: string, path: Path): JsonObject {
    onlyFields(item, [field], path);
    const inner = mappingAt(item[field], [...path, field]);
    if (inner === undefined) throw new FieldFault([...path, field], 'is missing');
    return inner;
  }

  #mustAsk(value: JsonObject, path: Path): void {
    const isAsking = Object.values(value).some((field) => !Array.isArray(field) || field.length > 0);
    if (!isAsking) throw new FieldFault(path, 'asks for nothing');
    const empty = Object.entries(value).find(([, field]) => Array.isArray(field) && field.length === 0);
    if (empty !== undefined)
      this.#context.warn([...path, empty[0]], 'is empty, which counts as if it were not there');
  }
}

/** What a source says of requests, for reports. */
function sourceText(fields: readonly (readonly [field: string, value: JsonValue])[]): string {
  return fields
    .map(([field, value]) => `${field} ${Array.isArray(value) ? value.join(' or ') : String(value)}`)
    .join(' and ');
}
