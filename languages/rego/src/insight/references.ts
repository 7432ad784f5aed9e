import { hasPrefix, isEquality, rootNames, sides } from '../compiler/nodes.ts';
import { VariableCollector } from '../compiler/variables.ts';
import { RegoError } from '../errors.ts';
import type { Body, Expr, Term } from '../syntax/ast.ts';
import { compareTerms } from '../syntax/compare.ts';
import { type Visitor, walkBody, walkExpr, walkTerm } from '../syntax/visit.ts';

export type Reference = readonly Term[];

/** A body, and the variables whose values it hands on. */
export interface Branch {
  readonly body: Body;
  readonly outputs: ReadonlySet<string>;
}

/** The references to `data` and `input` of bodies that are tried one after the other; none begins with another. */
export function referencesOf(branches: readonly Branch[]): Reference[] {
  const found: Reference[] = [];
  for (const branch of branches) new BranchReferences(branch, found).add();
  const shortest: Reference[] = [];
  for (const reference of sortedReferences(found)) {
    const last = shortest.at(-1);
    if (last === undefined || !hasPrefix(reference, last)) shortest.push(reference);
  }
  return shortest;
}

/** In Rego's order, each once. */
export function sortedReferences(references: readonly Reference[]): Reference[] {
  const sorted = [...references].sort(compareReferences);
  return sorted.filter((one, at) => at === 0 || compareReferences(sorted[at - 1] ?? [], one) !== 0);
}

function compareReferences(a: Reference, b: Reference): number {
  return compareTerms(
    { type: 'ref', terms: [...a], location: undefined },
    { type: 'ref', terms: [...b], location: undefined },
  );
}

/** As many references may one variable stand for; each step `y = x.a; y = x.b` doubles them. */
const maxAliases = 10_000;

/** Which references variables stand for: `x = data.a; y = x.b` makes `y` one for `data.a.b`. */
class Aliases {
  readonly #bound = new Map<string, Reference[]>();
  readonly #known = new Map<string, readonly Reference[]>();

  /** True for an equality of a variable and a reference. */
  take(expr: Expr): boolean {
    const pair = isEquality(expr) ? sides(expr) : undefined;
    if (pair === undefined) return false;
    const [variable, reference] = pair[0].type === 'var' ? pair : [pair[1], pair[0]];
    if (variable.type !== 'var' || reference.type !== 'ref') return false;
    const known = this.#bound.get(variable.name);
    if (known === undefined) this.#bound.set(variable.name, [reference.terms]);
    else known.push(reference.terms);
    return true;
  }

  get names(): Iterable<string> {
    return this.#bound.keys();
  }

  /** The references that a variable stands for. One that stands for a part of itself (`x = x.next`) adds nothing. */
  of(name: string): readonly Reference[] {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#known.set(name, []);
    const own = sortedReferences((this.#bound.get(name) ?? []).flatMap((terms) => this.rooted(terms)));
    if (own.length > maxAliases)
      throw new RegoError('eval_limit_error', `a variable stands for more than ${maxAliases} references`);
    this.#known.set(name, own);
    return own;
  }

  /** What a reference comes to below `data` and `input`. */
  rooted(terms: Reference): readonly Reference[] {
    const [head, ...rest] = terms;
    if (head?.type !== 'var') return [];
    return rootNames.has(head.name) ? [terms] : this.of(head.name).map((start) => [...start, ...rest]);
  }
}

class BranchReferences {
  readonly #body: Body;
  readonly #outputs: ReadonlySet<string>;
  readonly #aliases = new Aliases();
  readonly #found: Reference[];

  constructor({ body, outputs }: Branch, found: Reference[]) {
    this.#body = body;
    this.#outputs = outputs;
    this.#found = found;
  }

  add(): void {
    const others = this.#body.filter((expr) => !this.#aliases.take(expr));
    const handedOn: Reference[] = [];
    const used = new VariableCollector({ skipRefHead: true });
    for (const expr of others) {
      const output = this.#outputReference(expr);
      if (output !== undefined) handedOn.push(...this.#aliases.rooted(output));
      else {
        walkExpr(expr, this.#visitor);
        used.expr(expr);
      }
    }
    for (const reference of handedOn) {
      if (!this.#found.some((other) => hasPrefix(other, reference))) this.#found.push(reference);
      this.#addInner(reference);
    }
    for (const name of operandsOfReferences(this.#body)) used.names.add(name);
    this.#addAliases(used.names);
  }

  /** A reference that stands on its own and ends in a variable that is handed on: `data.a[x]`. */
  #outputReference({ terms }: Expr): Reference | undefined {
    if (terms.type !== 'term' || terms.term.type !== 'ref') return undefined;
    const last = terms.term.terms.at(-1);
    return last?.type === 'var' && this.#outputs.has(last.name) ? terms.term.terms : undefined;
  }

  /** A variable that is only bound is needed to be defined, which another reference may already say. */
  #addAliases(used: ReadonlySet<string>): void {
    const merelyBound: Reference[] = [];
    for (const name of this.#aliases.names) {
      const references = this.#aliases.of(name);
      const isMerelyBound = references.length === 1 && !this.#outputs.has(name) && !used.has(name);
      for (const reference of references) {
        if (isMerelyBound) merelyBound.push(reference);
        else this.#found.push(reference);
        this.#addInner(reference);
      }
    }
    const before = [...this.#found];
    for (const reference of merelyBound)
      if (!before.some((other) => hasPrefix(other, reference) || hasPrefix(reference, other)))
        this.#found.push(reference);
  }

  /** References within a reference: `input.key` of `data.a[input.key]`. */
  #addInner(reference: Reference): void {
    for (const term of reference) walkTerm(term, this.#visitor);
  }

  readonly #visitor: Visitor = {
    term: (term) => {
      if (term.type === 'ref') this.#found.push(...this.#aliases.rooted(term.terms));
      return false;
    },
  };
}

function operandsOfReferences(body: Body): string[] {
  const names: string[] = [];
  walkBody(body, {
    term: (term) => {
      if (term.type === 'ref')
        for (const operand of term.terms.slice(1)) if (operand.type === 'var') names.push(operand.name);
      return false;
    },
  });
  return names;
}
