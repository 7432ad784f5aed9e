import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { allOf, type EndpointMatcher, noEndpoints, ownNetworked } from '../../model/matcher.ts';
import type {
  ConnectionMatch,
  Direction,
  PeerMatch,
  PodSelectors,
  Policy,
  Rule,
  Verdict,
} from '../../model/policy.ts';
import { allConnections } from '../../sets/connections.ts';
import { cidrAt, FieldFault, listAt, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import { labelSelector, selectAll, selectorOf } from '../label-selector.ts';
import { type AdminForm, adminForm, onlyField } from './admin-forms.ts';
import type { ReadContext } from './network-policy.ts';

/** A peer field that nobody here knows: the CRD is of another version, and the rule fails closed. */
const unknownPeer = Symbol('unknown peer');

/**
 * An AdminNetworkPolicy or BaselineAdminNetworkPolicy (v1alpha1) or a ClusterNetworkPolicy (v1alpha2) of
 * `policy.networking.k8s.io`. Pods of the host's network are neither subject nor peer of any.
 * @throws FieldFault for what the API server refuses
 */
export function readAdminPolicy(resource: Resource, context: ReadContext): Policy {
  if (resource.kind === 'BaselineAdminNetworkPolicy' && resource.name !== 'default')
    throw new FieldFault(['metadata', 'name'], 'is not default, as the one policy of the kind is called');
  const path = ['spec'];
  const spec = mappingAt(resource.object['spec'], path) ?? {};
  onlyFields(spec, ['tier', 'priority', 'subject', 'ingress', 'egress'], path);
  const form = adminForm(resource.version, resource.kind, spec);
  if (resource.kind === 'BaselineAdminNetworkPolicy' && resource.name !== 'default')
    throw new FieldFault(['metadata', 'name'], 'is not default, as the one policy of its kind is called');
  const reader = new AdminRuleReader(resource, form, context);
  const subject = mappingAt(spec['subject'], [...path, 'subject']) ?? {};
  return {
    kind: resource.kind,
    namespace: undefined,
    name: resource.name,
    tier: form.tier,
    order: form.priority,
    sortName: resource.name,
    subject: podsOf(subject, [...path, 'subject']),
    subjectSelectors: selectorsOf(subject),
    isolates: { ingress: false, egress: false },
    rules: [...reader.rules('ingress', spec), ...reader.rules('egress', spec)],
    resource,
  };
}

class AdminRuleReader {
  readonly #resource: Resource;
  readonly #form: AdminForm;
  readonly #context: ReadContext;

  constructor(resource: Resource, form: AdminForm, context: ReadContext) {
    this.#resource = resource;
    this.#form = form;
    this.#context = context;
  }

  rules(direction: Direction, spec: JsonObject): Rule[] {
    return (this.#list(spec[direction], ['spec', direction]) ?? []).map((rule) =>
      this.#rule(direction, rule.value, rule.path),
    );
  }

  /** The mappings of a field, which the API allows so many of. */
  #list(value: JsonValue | undefined, path: Path): ReturnType<typeof mappingsAt> {
    const items = mappingsAt(value, path);
    const { most } = this.#form;
    if (items !== undefined && items.length > most) throw new FieldFault(path, `has more than ${most} items`);
    return items;
  }

  #rule(direction: Direction, rule: JsonObject, path: Path): Rule {
    const peersField = direction === 'ingress' ? 'from' : 'to';
    const { portsField, actions } = this.#form;
    onlyFields(rule, ['name', 'action', peersField, portsField], path);
    const name = textAt(rule['name'], [...path, 'name']);
    const verdict = actions.get(textAt(rule['action'], [...path, 'action']) ?? '');
    if (verdict === undefined)
      throw new FieldFault([...path, 'action'], `is not ${[...actions.keys()].join(', ')}`);
    return {
      direction,
      ...this.#verdictAndPeers(direction, verdict, rule[peersField], [...path, peersField]),
      connections: this.#ports(rule[portsField], [...path, portsField]),
      path,
      ...(name === undefined ? {} : { name }),
    };
  }

  /** A peer of an unknown form makes an allowing rule match nothing, and another one deny everything. */
  #verdictAndPeers(
    direction: Direction,
    verdict: Verdict,
    value: JsonValue | undefined,
    path: Path,
  ): { verdict: Verdict; peers: PeerMatch[] } {
    const items = this.#list(value, path) ?? [];
    if (items.length === 0) throw new FieldFault(path, 'is missing');
    const peers: PeerMatch[] = [];
    for (const item of items) {
      const peer = this.#peer(direction, item.value, item.path);
      if (peer !== unknownPeer) peers.push(peer);
      else
        return verdict === 'allow' ? { verdict, peers: [] } : { verdict: 'deny', peers: [{ type: 'any' }] };
    }
    return { verdict, peers };
  }

  #peer(direction: Direction, peer: JsonObject, path: Path): PeerMatch | typeof unknownPeer {
    if (Object.keys(peer).length === 0) return this.#unknown(path, 'names no peer');
    const field = onlyField(peer, path);
    const at = [...path, field];
    if (field === 'namespaces' || field === 'pods')
      return { type: 'endpoints', matcher: podsOf(peer, path), selectors: selectorsOf(peer) };
    if (direction === 'egress' && field === 'networks') return this.#networks(peer[field], at);
    if (direction === 'egress' && field === 'nodes') {
      labelSelector('namespace', peer[field], at);
      this.#warn(at, 'speaks of nodes, whose addresses the input does not tell: it matches nothing here');
      return { type: 'endpoints', matcher: noEndpoints };
    }
    if (direction === 'egress' && field === 'domainNames' && this.#form.domainNames) {
      const names = (listAt(peer[field], at) ?? []).map((each, i) => textAt(each, [...at, i]) ?? '');
      const known = names.map((name) => this.#context.hosts?.get(name));
      if (known.includes(undefined))
        this.#warn(at, 'speaks of names, whose addresses the input does not tell: it matches nothing here');
      const ranges = known.flatMap((own) => own ?? []);
      return ranges.length === 0
        ? { type: 'endpoints', matcher: noEndpoints }
        : { type: 'addresses', ranges, except: [], endpoints: false };
    }
    return this.#unknown(at, 'is not a peer that is known here');
  }

  /** Addresses, those of Pods among them unless the data plane is said to be another: the API checks traffic within the cluster too. */
  #networks(value: JsonValue | undefined, path: Path): PeerMatch {
    const warn = this.#warn.bind(this);
    const ranges = (listAt(value, path) ?? []).map((each, i) => cidrAt(each, [...path, i], { warn }));
    return { type: 'addresses', ranges, except: [], endpoints: this.#context.rangesMatchPods };
  }

  #ports(value: JsonValue | undefined, path: Path): ConnectionMatch {
    const ports = this.#list(value, path);
    if (ports === undefined) return { fixed: allConnections, named: [] };
    if (ports.length === 0) throw new FieldFault(path, 'is empty');
    const { connections } = this.#context;
    return ports
      .map((port) => this.#form.port(port.value, port.path, connections))
      .reduce((all, one) => ({
        fixed: connections.union(all.fixed, one.fixed),
        named: [...all.named, ...one.named],
      }));
  }

  #unknown(path: Path, message: string): typeof unknownPeer {
    const problem = `${message}, so the rule fails closed: it allows nothing, or denies everything`;
    this.#context.problems.push({ level: 'error', resource: this.#resource, path, message: problem });
    return unknownPeer;
  }

  #warn(path: Path, message: string): void {
    this.#context.problems.push({ level: 'warning', resource: this.#resource, path, message });
  }
}

/** Pods by their namespaces, or by their namespaces and their own labels. */
function podsOf(value: JsonObject, path: Path): EndpointMatcher {
  const field = onlyField(value, path);
  const at = [...path, field];
  if (field === 'namespaces') return allOf(labelSelector('namespace', value[field], at), ownNetworked);
  if (field !== 'pods') throw new FieldFault(at, 'is not namespaces or pods');
  const pods = mappingAt(value[field], at) ?? {};
  onlyFields(pods, ['namespaceSelector', 'podSelector'], at);
  return allOf(
    labelSelector('namespace', pods['namespaceSelector'] ?? {}, [...at, 'namespaceSelector']),
    labelSelector('pod', pods['podSelector'] ?? {}, [...at, 'podSelector']),
    ownNetworked,
  );
}

function selectorsOf({ namespaces, pods }: JsonObject): PodSelectors {
  if (namespaces !== undefined) return { namespaces: selectorOf(namespaces), pods: selectAll };
  const { namespaceSelector, podSelector } = isObject(pods) ? pods : {};
  return { namespaces: selectorOf(namespaceSelector), pods: selectorOf(podSelector) };
}
