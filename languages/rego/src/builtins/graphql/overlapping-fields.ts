import { compareStrings } from '../../values/index.ts';
import {
  child,
  type GraphqlNode,
  isTrue,
  named,
  nodes,
  type Position,
  positionOf,
  selectionKind,
  text,
  typeText,
  valueKind,
  valueKinds,
} from './node.ts';
import { isLeaf } from './schema.ts';
import type { Rule, Walker } from './walker.ts';

interface Conflict {
  readonly name: string;
  readonly message: string;
  readonly within: readonly Conflict[];
  readonly position: Position | undefined;
}

interface Collected {
  readonly fields: ReadonlyMap<string, readonly GraphqlNode[]>;
  readonly spreads: readonly string[];
}

/** Section 5.3.2: fields of one name must be the same field with the same arguments. */
export function overlappingFieldsCanBeMerged(walker: Walker): Rule {
  const search = new ConflictSearch(walker);
  const check = (node: GraphqlNode) => {
    for (const conflict of search.within(node)) {
      const advice = 'Use different aliases on the fields to fetch both if this was intentional.';
      walker.report(
        `Fields "${conflict.name}" conflict because ${reasonOf(conflict)}. ${advice}`,
        conflict.position,
      );
    }
  };
  return {
    operation: check,
    field: (node) => {
      if (walker.operation !== undefined) check(node);
    },
    inline: check,
    fragment: check,
  };
}

function reasonOf({ message, within }: Conflict): string {
  if (within.length === 0) return message;
  return within
    .map((conflict) => `subfields "${conflict.name}" conflict because ${reasonOf(conflict)}`)
    .join(' and ');
}

/** Comparisons of one query; past it the search ends, for the fields of hostile queries multiply. */
const maxComparisons = 100_000;

class ConflictSearch {
  readonly #walker: Walker;
  /** Whether two fragments were compared, and whether only as parts of different objects. */
  readonly #pairs = new Map<string, boolean>();
  #compared = new Set<string>();
  #comparisons = 0;

  constructor(walker: Walker) {
    this.#walker = walker;
  }

  within(node: GraphqlNode): Conflict[] {
    const conflicts: Conflict[] = [];
    if (nodes(node, 'SelectionSet').length === 0) return conflicts;
    const own = collect(node);
    for (const fields of own.fields.values()) {
      for (const [i, a] of fields.entries())
        for (const b of fields.slice(i + 1)) push(conflicts, this.#compare(false, a, b));
    }
    this.#compared = new Set();
    for (const [i, a] of own.spreads.entries()) {
      this.#fieldsAndFragment(conflicts, false, own, a);
      for (const b of own.spreads.slice(i + 1)) this.#fragments(conflicts, false, a, b);
    }
    return conflicts;
  }

  #between(conflicts: Conflict[], apart: boolean, a: Collected, b: Collected): void {
    for (const [name, fields] of a.fields) {
      for (const field of fields)
        for (const other of b.fields.get(name) ?? []) push(conflicts, this.#compare(apart, field, other));
    }
  }

  #fieldsAndFragment(conflicts: Conflict[], apart: boolean, own: Collected, name: string): void {
    if (this.#compared.has(name)) return;
    this.#compared.add(name);
    const fragment = named(this.#walker.fragments, name);
    if (fragment === undefined) return;
    const other = collect(fragment);
    // The fields of a fragment that spreads itself are not compared with themselves.
    if (areSame(own, other)) return;
    this.#between(conflicts, apart, own, other);
    for (const spread of other.spreads)
      if (spread !== name) this.#fieldsAndFragment(conflicts, apart, own, spread);
  }

  #fragments(conflicts: Conflict[], apart: boolean, a: string, b: string): void {
    const key = [a, b].sort(compareStrings).join(' ');
    const known = this.#pairs.get(key);
    if (a === b || (known !== undefined && (apart || !known))) return;
    this.#pairs.set(key, apart);
    const [first, second] = [named(this.#walker.fragments, a), named(this.#walker.fragments, b)];
    if (first === undefined || second === undefined) return;
    const [one, two] = [collect(first), collect(second)];
    this.#between(conflicts, apart, one, two);
    for (const spread of two.spreads) this.#fragments(conflicts, apart, a, spread);
    for (const spread of one.spreads) this.#fragments(conflicts, apart, spread, b);
  }

  #compare(parentsApart: boolean, a: GraphqlNode, b: GraphqlNode): Conflict | undefined {
    const [factsA, factsB] = [this.#walker.factsOf(a), this.#walker.factsOf(b)];
    if (factsA.parent === undefined || factsB.parent === undefined) return undefined;
    if (++this.#comparisons > maxComparisons) return undefined;
    const isObject = (type: GraphqlNode) => text(type, 'Kind') === 'OBJECT';
    const apart =
      parentsApart ||
      (text(factsA.parent, 'Name') !== text(factsB.parent, 'Name') &&
        isObject(factsA.parent) &&
        isObject(factsB.parent) &&
        factsA.definition !== undefined &&
        factsB.definition !== undefined);
    const name = text(a, 'Alias') || text(a, 'Name');
    const conflict = (message: string, within: readonly Conflict[] = []): Conflict => {
      return { name, message, within, position: positionOf(b) };
    };
    if (!apart) {
      const [nameA, nameB] = [text(a, 'Name'), text(b, 'Name')];
      if (nameA !== nameB) return conflict(`"${nameA}" and "${nameB}" are different fields`);
      if (!sameArguments(nodes(a, 'Arguments'), nodes(b, 'Arguments')))
        return conflict('they have differing arguments');
    }
    const [typeA, typeB] = [child(factsA.definition, 'Type'), child(factsB.definition, 'Type')];
    if (typeA !== undefined && typeB !== undefined && this.#typesConflict(typeA, typeB))
      return conflict(`they return conflicting types "${typeText(typeA)}" and "${typeText(typeB)}"`);
    const within = this.#betweenSelections(apart, a, b);
    return within.length === 0 ? undefined : conflict('', within);
  }

  #betweenSelections(apart: boolean, a: GraphqlNode, b: GraphqlNode): Conflict[] {
    const conflicts: Conflict[] = [];
    const [one, two] = [collect(a), collect(b)];
    this.#between(conflicts, apart, one, two);
    for (const spread of two.spreads) {
      this.#compared = new Set();
      this.#fieldsAndFragment(conflicts, apart, one, spread);
    }
    for (const spread of one.spreads) {
      this.#compared = new Set();
      this.#fieldsAndFragment(conflicts, apart, two, spread);
    }
    for (const first of one.spreads)
      for (const second of two.spreads) this.#fragments(conflicts, apart, first, second);
    return conflicts;
  }

  #typesConflict(a: GraphqlNode, b: GraphqlNode): boolean {
    const [itemA, itemB] = [child(a, 'Elem'), child(b, 'Elem')];
    if (itemA !== undefined && itemB !== undefined) return this.#typesConflict(itemA, itemB);
    if (itemA !== undefined || itemB !== undefined) return true;
    if (isTrue(a, 'NonNull') !== isTrue(b, 'NonNull')) return true;
    const [nameA, nameB] = [text(a, 'NamedType'), text(b, 'NamedType')];
    const [one, two] = [this.#walker.schema.types.get(nameA), this.#walker.schema.types.get(nameB)];
    return one !== undefined && two !== undefined && isLeaf(one) && isLeaf(two) && nameA !== nameB;
  }
}

function push(conflicts: Conflict[], conflict: Conflict | undefined): void {
  if (conflict !== undefined) conflicts.push(conflict);
}

function areSame(a: Collected, b: Collected): boolean {
  const list = ({ fields }: Collected) => [...fields.values()].flat();
  const [one, two] = [list(a), list(b)];
  return one.length === two.length && one.every((field, i) => field === two[i]);
}

function collect(node: GraphqlNode): Collected {
  const fields = new Map<string, GraphqlNode[]>();
  const spreads: string[] = [];
  const visit = (parent: GraphqlNode) => {
    for (const selection of nodes(parent, 'SelectionSet')) {
      const kind = selectionKind(selection);
      if (kind === 'inline') visit(selection);
      else if (kind === 'spread') spreads.push(text(selection, 'Name'));
      else {
        const name = text(selection, 'Alias') || text(selection, 'Name');
        fields.set(name, [...(fields.get(name) ?? []), selection]);
      }
    }
  };
  visit(node);
  return { fields, spreads };
}

function sameArguments(a: readonly GraphqlNode[], b: readonly GraphqlNode[]): boolean {
  return (
    a.length === b.length &&
    a.every((one) =>
      b.some(
        (two) =>
          text(one, 'Name') === text(two, 'Name') && sameValue(child(one, 'Value'), child(two, 'Value')),
      ),
    )
  );
}

function sameValue(a: GraphqlNode | undefined, b: GraphqlNode | undefined): boolean {
  if (valueKind(a) !== valueKind(b) || text(a, 'Raw') !== text(b, 'Raw')) return false;
  const byName = (value: GraphqlNode | undefined) => {
    const items = nodes(value, 'Children');
    if (valueKind(value) !== valueKinds.object) return items;
    return items.toSorted((one, two) => compareStrings(text(one, 'Name'), text(two, 'Name')));
  };
  const [itemsA, itemsB] = [byName(a), byName(b)];
  return (
    itemsA.length === itemsB.length &&
    itemsA.every((item, i) => {
      const other = itemsB[i];
      return (
        text(item, 'Name') === text(other, 'Name') && sameValue(child(item, 'Value'), child(other, 'Value'))
      );
    })
  );
}
