import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { ConnectionMatch, Direction, PeerMatch, Rule, Verdict } from '../../model/policy.ts';
import { FieldFault, mappingAt, mappingsAt, onlyFields } from '../fields.ts';
import { connectionsOf } from './connections.ts';
import type { CalicoContext } from './context.ts';
import { httpRequests } from './http.ts';
import { EntityReader, ofIpVersion, peerFields } from './peers.ts';
import type { SelectorReader } from './selectors.ts';
import { serviceMatch } from './services.ts';

const ruleFields = [
  'action',
  'protocol',
  'notProtocol',
  'icmp',
  'notICMP',
  'ipVersion',
  'source',
  'destination',
  'http',
  'metadata',
];

/** Verdicts by action; `Log` writes a line and goes on to the next rule. */
const verdicts: ReadonlyMap<JsonValue | undefined, Verdict | 'log'> = new Map([
  ['Allow', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
  ['Log', 'log'],
]);

/** What a rule says of one of its ends. */
interface End {
  peer: PeerMatch | undefined;
  entity: JsonObject;
  path: Path;
}

/** Reads the rules of one policy or profile. */
export class RuleReader {
  readonly #resource: Resource;
  readonly #namespace: string | undefined;
  readonly #context: CalicoContext;
  readonly #entities: EntityReader;

  constructor(
    resource: Resource,
    namespace: string | undefined,
    context: CalicoContext,
    selectors: SelectorReader,
  ) {
    this.#resource = resource;
    this.#namespace = namespace;
    this.#context = context;
    this.#entities = new EntityReader(resource, namespace, context, selectors);
  }

  /**
   * The rules of a direction that decide something, in order.
   * @throws FieldFault for what the API server refuses
   */
  rules(direction: Direction, spec: JsonObject): Rule[] {
    return (mappingsAt(spec[direction], ['spec', direction]) ?? []).flatMap(({ value, path }) =>
      this.#rule(direction, value, path),
    );
  }

  #rule(direction: Direction, rule: JsonObject, path: Path): Rule[] {
    onlyFields(rule, ruleFields, path);
    const verdict = verdicts.get(rule['action']);
    if (verdict === undefined) throw new FieldFault([...path, 'action'], 'is not Allow, Deny, Pass or Log');
    const source = this.#end(rule, 'source', path);
    const destination = this.#end(rule, 'destination', path);
    const [own, far] = direction === 'ingress' ? [destination, source] : [source, destination];
    const service = this.#service(own, far);
    const connections =
      service?.connections ?? connectionsOf(rule, { source, destination }, path, this.#context);
    const version = ofIpVersion(rule['ipVersion'], [...path, 'ipVersion']);
    const peers = [far.peer, service?.peer, version].filter((peer) => peer !== undefined);
    if (verdict === 'log') return [];
    return [
      {
        direction,
        verdict,
        peers: [allOfPeers(peers)],
        connections: this.#ofRequests(rule, connections, path),
        path,
        ...(own.peer === undefined ? {} : { subject: own.peer }),
      },
    ];
  }

  #end(rule: JsonObject, field: 'source' | 'destination', path: Path): End {
    const at = [...path, field];
    const entity = mappingAt(rule[field], at) ?? {};
    onlyFields(entity, [...peerFields, 'ports', 'notPorts'], at);
    return { peer: this.#entities.peer(entity, at), entity, path: at };
  }

  #service(own: End, far: End): { peer: PeerMatch; connections: ConnectionMatch } | undefined {
    if (isObject(own.entity['services']))
      throw new FieldFault([...own.path, 'services'], 'may only stand at the far end');
    return serviceMatch(far.entity['services'], [...far.path, 'services'], {
      resource: this.#resource,
      namespace: this.#namespace,
      context: this.#context,
    });
  }

  /** Requests of HTTP that a rule lets through, by proxies that see them ("Application layer policy"). */
  #ofRequests(rule: JsonObject, of: ConnectionMatch, path: Path): ConnectionMatch {
    const at = [...path, 'http'];
    const requests = httpRequests(rule['http'], at, this.#context.connections);
    if (requests === undefined) return of;
    const message = 'is about requests, which only proxies of the application layer policy see';
    this.#context.problems.push({ level: 'warning', resource: this.#resource, path: at, message });
    const { within = requests } = of;
    return { ...of, within: this.#context.connections.intersection(within, requests) };
  }
}

function allOfPeers(peers: readonly PeerMatch[]): PeerMatch {
  const [first] = peers;
  if (first === undefined) return { type: 'any' };
  return peers.length === 1 ? first : { type: 'all', peers };
}
