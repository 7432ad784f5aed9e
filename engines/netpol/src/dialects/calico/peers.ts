import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { serviceAccountNameLabel } from '../../model/cluster-index.ts';
import { allOf, anyOf, type EndpointMatcher, hasLabel, inNamespace } from '../../model/matcher.ts';
import type { PeerMatch } from '../../model/policy.ts';
import { type AddressRange, allAddresses } from '../../sets/addresses.ts';
import { FieldFault, integerAt, listAt, mappingAt, onlyFields, textAt } from '../fields.ts';
import type { CalicoContext, NetworkSet } from './context.ts';
import { knownEndpoints, namespaceMeaningOf } from './labels.ts';
import { netsAt } from './nets.ts';
import { meaningOf } from './selector/evaluate.ts';
import { foldSelector } from './selector/fold.ts';
import type { ReadSelector, SelectorReader } from './selectors.ts';

/** Fields of an EntityRule that choose who is spoken of; `ports` and `notPorts` stand beside them. */
export const peerFields = [
  'nets',
  'notNets',
  'selector',
  'notSelector',
  'namespaceSelector',
  'serviceAccounts',
  'services',
];

/** Reads `source` and `destination` of the rules of one policy. */
export class EntityReader {
  readonly #resource: Resource;
  readonly #namespace: string | undefined;
  readonly #context: CalicoContext;
  readonly #selectors: SelectorReader;

  constructor(
    resource: Resource,
    namespace: string | undefined,
    context: CalicoContext,
    selectors: SelectorReader,
  ) {
    this.#resource = resource;
    this.#namespace = namespace;
    this.#context = context;
    this.#selectors = selectors;
  }

  /**
   * Who an EntityRule speaks of; undefined where it leaves that open. All of its fields have to match.
   * @throws FieldFault
   */
  peer(entity: JsonObject, path: Path): PeerMatch | undefined {
    const parts = [...this.#byAddress(entity, path), ...this.#bySelector(entity, path)];
    const [first] = parts;
    if (first === undefined) return undefined;
    return parts.length === 1 ? first : { type: 'all', peers: parts };
  }

  /** Endpoints whose address is not known are in no net, and are not outside of one either. */
  #byAddress(entity: JsonObject, path: Path): PeerMatch[] {
    const nets = this.#nets(entity, 'nets', path);
    const notNets = this.#nets(entity, 'notNets', path);
    if (nets === undefined && notNets === undefined) return [];
    const ranges = nets ?? [allAddresses(4), allAddresses(6)];
    return [{ type: 'addresses', ranges, except: notNets ?? [], endpoints: this.#context.rangesMatchPods }];
  }

  #nets(entity: JsonObject, field: string, path: Path): AddressRange[] | undefined {
    const { problems } = this.#context;
    const nets = netsAt(entity[field], [...path, field], this.#resource, problems);
    return nets === undefined || nets.length === 0 ? undefined : nets;
  }

  /** A selector speaks of the policy's own namespace unless a selector of namespaces stands beside it. */
  #bySelector(entity: JsonObject, path: Path): PeerMatch[] {
    const read = (owner: 'pod' | 'namespace', field: string) =>
      this.#selectors.read(owner, entity[field], [...path, field]);
    const namespaces = read('namespace', 'namespaceSelector');
    const selector = read('pod', 'selector');
    const notSelector = read('pod', 'notSelector');
    const accounts = this.#serviceAccounts(entity['serviceAccounts'], [...path, 'serviceAccounts']);
    const isNarrowed = selector !== undefined || notSelector !== undefined || accounts !== undefined;
    const parts: PeerMatch[] = [];
    if (isNarrowed || namespaces !== undefined) {
      const chosen = this.#chosen(namespaces, selector);
      if (chosen !== undefined) parts.push(chosen);
    }
    if (accounts !== undefined) parts.push({ type: 'endpoints', matcher: accounts });
    if (notSelector !== undefined)
      parts.push({ type: 'not', peer: this.#matching(notSelector.matcher, this.#setsAnywhere(notSelector)) });
    return parts;
  }

  #chosen(namespaces: ReadSelector | undefined, selector: ReadSelector | undefined): PeerMatch | undefined {
    const own = this.#namespace;
    if (namespaces === undefined && selector === undefined && own === undefined) return undefined;
    const where = namespaces?.matcher ?? (own === undefined ? undefined : inNamespace(own));
    const matchers = [where, selector?.matcher].filter((matcher) => matcher !== undefined);
    const sets = this.#sets(namespaces, selector);
    if (selector !== undefined && where !== undefined) selector.written.within = where;
    for (const read of [namespaces, selector]) {
      if (read !== undefined) read.written.hasAddresses = sets.length > 0;
    }
    return this.#matching(allOf(...matchers), sets);
  }

  #matching(matcher: EndpointMatcher, sets: readonly NetworkSet[]): PeerMatch {
    const endpoints: PeerMatch = { type: 'endpoints', matcher: allOf(knownEndpoints, matcher) };
    if (sets.length === 0) return endpoints;
    const ranges = sets.flatMap((set) => set.ranges);
    const addresses: PeerMatch = {
      type: 'addresses',
      ranges,
      except: [],
      endpoints: this.#context.rangesMatchPods,
    };
    return { type: 'either', peers: [endpoints, addresses] };
  }

  /** `notSelector` stands alone: neither the policy's namespace nor a selector of namespaces narrows it. */
  #setsAnywhere({ selector }: ReadSelector): NetworkSet[] {
    return this.#context.networkSets.filter(({ labels }) => foldSelector(selector, meaningOf(labels)));
  }

  #sets(namespaces: ReadSelector | undefined, selector: ReadSelector | undefined): NetworkSet[] {
    return this.#context.networkSets.filter(({ labels, namespaceLabels }) => {
      const isWhere =
        namespaces === undefined
          ? this.#namespace === undefined || labels.get('projectcalico.org/namespace') === this.#namespace
          : foldSelector(namespaces.selector, namespaceMeaningOf(namespaceLabels));
      return isWhere && (selector === undefined || foldSelector(selector.selector, meaningOf(labels)));
    });
  }

  /** Pods by the account that they run as: one of the names, and one that the selector chooses. */
  #serviceAccounts(value: JsonValue | undefined, path: Path): EndpointMatcher | undefined {
    const accounts = mappingAt(value, path);
    if (accounts === undefined) return undefined;
    onlyFields(accounts, ['names', 'selector'], path);
    const names = (listAt(accounts['names'], [...path, 'names']) ?? []).map(
      (name, i) => textAt(name, [...path, 'names', i]) ?? '',
    );
    const selector = this.#selectors.read('serviceAccount', accounts['selector'], [...path, 'selector']);
    const matchers: EndpointMatcher[] = selector === undefined ? [] : [selector.matcher];
    if (names.length > 0)
      matchers.push(anyOf(...names.map((name) => hasLabel('serviceAccount', serviceAccountNameLabel, name))));
    return matchers.length === 0 ? undefined : allOf(...matchers);
  }
}

/** Peers of one family of addresses only; endpoints whose address is not known are of both. */
export function ofIpVersion(value: JsonValue | undefined, path: Path): PeerMatch | undefined {
  const version = integerAt(value, path);
  if (version === undefined) return undefined;
  if (version !== 4 && version !== 6) throw new FieldFault(path, 'is not 4 or 6');
  const other = allAddresses(version === 4 ? 6 : 4);
  return { type: 'not', peer: { type: 'addresses', ranges: [other], except: [], endpoints: false } };
}
