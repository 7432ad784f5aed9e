import { Bits } from '../sets/bits.ts';
import type { Cluster, Labels } from './cluster.ts';
import type { EndpointMatcher, LabelOwner } from './matcher.ts';

/** A label that every service account is given here, with its name; no object can have it, since `/` stands twice. */
export const serviceAccountNameLabel = 'service/account/name';

/** By label key: who has the key, and who has it with each value. */
interface Postings {
  all: Bits;
  byValue: Map<string, Bits>;
}

/** Who has which label, so that a selector costs a few operations on bits and not a look at every endpoint. */
export class ClusterIndex {
  readonly cluster: Cluster;
  readonly all: Bits;
  readonly none: Bits;
  readonly hostNetworked: Bits;
  readonly #labels: Readonly<Record<LabelOwner, Map<string, Postings>>> = {
    pod: new Map(),
    namespace: new Map(),
    serviceAccount: new Map(),
  };
  readonly #byNamespace = new Map<string, Bits>();
  readonly #selected = new Map<string, Bits>();

  constructor(cluster: Cluster) {
    const { endpoints, namespaces, serviceAccounts } = cluster;
    this.cluster = cluster;
    this.all = Bits.full(endpoints.length);
    this.none = new Bits(endpoints.length);
    this.hostNetworked = new Bits(endpoints.length);
    endpoints.forEach(({ namespace, labels, hostNetwork, serviceAccount }, i) => {
      const add = (bits: Bits) => bits.add(i);
      this.#post('pod', labels, add);
      if (serviceAccount !== '') {
        const own = serviceAccounts?.get(`${namespace}/${serviceAccount}`) ?? [];
        this.#post('serviceAccount', new Map([...own, [serviceAccountNameLabel, serviceAccount]]), add);
      }
      this.#membersOf(namespace).add(i);
      if (hostNetwork) this.hostNetworked.add(i);
    });
    for (const [name, members] of this.#byNamespace) {
      const labels = namespaces.get(name)?.labels;
      if (labels !== undefined) this.#post('namespace', labels, (bits) => bits.addAll(members));
    }
  }

  /** What a matcher chooses, worked out once for each key. */
  select(matcher: EndpointMatcher): Bits {
    let bits = this.#selected.get(matcher.key);
    if (bits === undefined) {
      bits = matcher.select(this);
      this.#selected.set(matcher.key, bits);
    }
    return bits;
  }

  inNamespace(name: string): Bits {
    return this.#byNamespace.get(name) ?? this.none;
  }

  /** Endpoints whose own labels, or those of their namespace, have a key, with the value where one is given. */
  withLabel(owner: LabelOwner, key: string, value?: string): Bits {
    const postings = this.#labels[owner].get(key);
    return (value === undefined ? postings?.all : postings?.byValue.get(value)) ?? this.none;
  }

  /** By value, the endpoints that have a label. */
  valuesOf(owner: LabelOwner, key: string): ReadonlyMap<string, Bits> {
    return this.#labels[owner].get(key)?.byValue ?? new Map();
  }

  #membersOf(namespace: string): Bits {
    let members = this.#byNamespace.get(namespace);
    if (members === undefined) {
      members = new Bits(this.all.size);
      this.#byNamespace.set(namespace, members);
    }
    return members;
  }

  #post(owner: LabelOwner, labels: Labels, add: (bits: Bits) => void): void {
    const { size } = this.all;
    for (const [key, value] of labels) {
      let postings = this.#labels[owner].get(key);
      if (postings === undefined) {
        postings = { all: new Bits(size), byValue: new Map() };
        this.#labels[owner].set(key, postings);
      }
      let having = postings.byValue.get(value);
      if (having === undefined) {
        having = new Bits(size);
        postings.byValue.set(value, having);
      }
      add(postings.all);
      add(having);
    }
  }
}
