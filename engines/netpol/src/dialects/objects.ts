import type { Resource } from '@keelson/kubernetes';
import { effectiveNamespace } from '@keelson/kubernetes';

/** All objects of an input, for policies that name others: Services, groups of addresses, tiers. */
export class Objects {
  readonly #byKind: ReadonlyMap<string, readonly Resource[]>;

  constructor(resources: readonly Resource[]) {
    this.#byKind = Map.groupBy(resources, ({ group, kind }) => `${group}/${kind}`);
  }

  /** Objects of a kind, as they stand in the input. The core group has no name. */
  of(group: string, kind: string): readonly Resource[] {
    return this.#byKind.get(`${group}/${kind}`) ?? [];
  }

  /** One object by name, the last of several; of the cluster where no namespace is given. */
  find(group: string, kind: string, name: string, namespace?: string): Resource | undefined {
    return this.of(group, kind).findLast(
      (each) =>
        each.name === name &&
        (namespace === undefined || (effectiveNamespace(each) ?? 'default') === namespace),
    );
  }
}
