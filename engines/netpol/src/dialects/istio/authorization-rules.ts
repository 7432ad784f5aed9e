import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { PeerMatch, Rule, Verdict } from '../../model/policy.ts';
import { allConnections, noConnections, type SetId } from '../../sets/connections.ts';
import { FieldFault, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import type { IstioContext } from './context.ts';
import { ambient, tcp } from './mesh.ts';
import { onPlainPorts } from './plain-ports.ts';
import { type Asked, conditionAsked, opaqueRequests, operationAsked, operationFields } from './requests.ts';
import {
  allPeers,
  conditionPeers,
  remoteAddress,
  remoteFields,
  remotePeers,
  requestSources,
  sourceFields,
  sourcePeers,
} from './sources.ts';

/** A DENY stands before all ALLOW. */
export const denyFirst = -1;

/** What a rule asks of peers and of connections. */
interface Conditions {
  peers: readonly PeerMatch[];
  asked: Asked;
  /** The same where no requests are seen: addresses that requests tell are those of the connections themselves. */
  plain: { peers: readonly PeerMatch[]; asked: Asked };
}

/** What one condition asks for, of peers or of connections. */
interface Condition {
  peers?: PeerMatch;
  asked?: Asked;
  plain: { peers?: PeerMatch; asked?: Asked };
}

/** Reads the rules of one policy. */
export class RuleReader {
  readonly #context: IstioContext;
  /** Whether the policy is enforced where requests are seen, also for workloads of the node's proxy. */
  readonly #seesRequests: boolean;

  constructor(context: IstioContext, seesRequests: boolean) {
    this.#context = context;
    this.#seesRequests = seesRequests;
  }

  /** A rule, and what follows from it where proxies do not see what it asks for. */
  rules(rule: JsonObject, path: Path, verdict: Verdict): { rules: readonly Rule[]; implied: Rule[] } {
    onlyFields(rule, ['from', 'to', 'when'], path);
    const sources = this.#sources(rule['from'], [...path, 'from']);
    const operations = this.#operations(rule['to'], [...path, 'to']);
    const conditions = this.#conditions(rule['when'], [...path, 'when']);
    const base = {
      direction: 'ingress' as const,
      verdict,
      path,
      ...(verdict === 'deny' ? { precedence: denyFirst } : {}),
    };
    const ruleOf = (source: Pick<Conditions, 'peers' | 'asked'>, rest: typeof source): Rule => {
      const connections = this.#all(source.asked, operations, rest.asked);
      const peers = allPeers([...source.peers, ...rest.peers]) ?? { type: 'any' };
      return { ...base, peers: [peers], connections: { fixed: connections, named: [] } };
    };
    const rules = this.#joined(sources.map((source) => ruleOf(source, conditions)));
    const isOfRequests = (...asked: readonly Asked[]) => asked.some((each) => each.ofRequests);
    if (!isOfRequests(operations, conditions.asked, ...sources.map(({ asked }) => asked)))
      return { rules, implied: [] };
    const plain = sources
      .filter(
        (source) =>
          verdict === 'deny' || !isOfRequests(operations, conditions.plain.asked, source.plain.asked),
      )
      .map((source) => ruleOf(source.plain, conditions.plain));
    const hasOtherPeers = [...sources, conditions].some(
      (each) => each.asked.connections !== each.plain.asked.connections,
    );
    const seen = onPlainPorts({ verdict, rules, plain: this.#joined(plain), hasOtherPeers }, this.#context);
    return this.#seesRequests ? seen : this.#unseen(seen, rules, verdict);
  }

  /** The node's proxy sees no requests: there an ALLOW that asks for some matches nothing, and a DENY whatever they are (Istio, "ambient"). */
  #unseen(
    seen: { rules: readonly Rule[]; implied: Rule[] },
    rules: readonly Rule[],
    verdict: Verdict,
  ): { rules: readonly Rule[]; implied: Rule[] } {
    const subject: PeerMatch = { type: 'endpoints', matcher: ambient };
    if (verdict !== 'deny') {
      const elsewhere: PeerMatch = { type: 'not', peer: subject };
      return { ...seen, rules: seen.rules.map((rule) => ({ ...rule, subject: elsewhere })) };
    }
    const denied = rules.map((rule): Rule => {
      const fixed = this.#context.connections.anyRequest(rule.connections.fixed);
      return { ...rule, subject, connections: { fixed, named: [] } };
    });
    return { ...seen, implied: [...seen.implied, ...denied] };
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
    if (items === undefined) return [{ peers: [], asked: nothing, plain: { peers: [], asked: nothing } }];
    return items.map((item) => {
      const source = this.#inner(item.value, 'source', item.path);
      const at = [...item.path, 'source'];
      onlyFields(source, sourceFields, at);
      this.#mustAsk(source, at);
      const peers = sourcePeers(source, at, this.#context) ?? [];
      const remote = remotePeers(source, at, this.#context) ?? [];
      const identity = ['principals', 'namespaces', 'serviceAccounts'].some(
        (field) => source[field] !== undefined,
      );
      if (identity && source['ipBlocks'] !== undefined)
        this.#context.warn(
          at,
          'asks for an identity and an address at once: only Pods whose address is known match',
        );
      const asked = (isMeant: (field: string) => boolean): Asked => {
        const told = Object.entries(source).filter(
          ([field]) => requestSources.includes(field) && isMeant(field),
        );
        if (told.length === 0) return nothing;
        const requests = opaqueRequests(sourceText(told), this.#context.connections);
        return { connections: requests, ofRequests: true };
      };
      return {
        peers: [peers].flat(),
        asked: asked(() => true),
        plain: { peers: [peers, remote].flat(), asked: asked((field) => !remoteFields.includes(field)) },
      };
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
    const read = (mappingsAt(value, path) ?? []).map((item): Condition => {
      onlyFields(item.value, ['key', 'values', 'notValues'], item.path);
      if ((textAt(item.value['key'], [...item.path, 'key']) ?? '') === '')
        throw new FieldFault([...item.path, 'key'], 'is missing');
      const { key: _, ...values } = item.value;
      this.#mustAsk(values, item.path);
      const peers = conditionPeers(item.value, item.path, this.#context);
      if (peers !== undefined && item.value['key'] !== remoteAddress) return { peers, plain: { peers } };
      const asked = conditionAsked(item.value, item.path, this.#context);
      return { asked, plain: peers === undefined ? { asked } : { peers } };
    });
    const all = (some: readonly { peers?: PeerMatch; asked?: Asked }[]) => {
      const asked = some.flatMap((each) => each.asked ?? []);
      const ofRequests = asked.some((each) => each.ofRequests);
      return {
        peers: some.flatMap((each) => each.peers ?? []),
        asked: { connections: this.#all(...asked), ofRequests },
      };
    };
    return { ...all(read), plain: all(read.map(({ plain }) => plain)) };
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
