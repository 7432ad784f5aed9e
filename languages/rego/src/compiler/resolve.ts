import type { Body, Expr, Import, Module, Package, Rule, Term } from '../syntax/ast.ts';
import { refTerm, stringTerm } from '../syntax/build.ts';
import { copyTerm } from '../syntax/copy.ts';
import { walkTerms } from '../syntax/visit.ts';
import { declaredInBody } from './declared.ts';
import { isComprehension, isRootDocument } from './nodes.ts';
import { type Rewriter, rewriteChildren, rewriteExpr, rewriteModifiers, rewriteTerms } from './rewrite.ts';
import { VariableCollector } from './variables.ts';

/** A name of a module that stands for a document: a rule of its package, or an import. */
interface Global {
  readonly path: readonly Term[];
  used: boolean;
}

/** The names that are documents in a module: exported rules of the package, then imports. */
export class Globals {
  readonly #documents = new Map<string, Global>();

  constructor(home: Package | undefined, ruleNames: Iterable<string>, imports: readonly Import[]) {
    const path = (home?.path ?? []).map(copyTerm);
    for (const name of ruleNames) {
      this.#documents.set(name, { path: [...path, stringTerm(name)], used: false });
    }
    for (const entry of imports) {
      const head = entry.path.terms[0];
      if (head?.type === 'var' && (head.name === 'future' || head.name === 'rego')) continue;
      this.#documents.set(importName(entry), { path: entry.path.terms.map(copyTerm), used: false });
    }
  }

  /**
   * The document's path, to stand where `term` stood. All references through one import, and all to rules of one
   * package, have their head in common, so that its place is that of the last of them: OPA reports it there.
   */
  lookup(term: Term & { type: 'var' }): Term[] | undefined {
    const document = this.#documents.get(term.name);
    if (document === undefined) return undefined;
    document.used = true;
    const [head, ...rest] = document.path;
    if (head === undefined) return [];
    head.location = term.location;
    return [head, ...rest.map((part) => Object.assign(copyTerm(part), { location: term.location }))];
  }

  isUsed(name: string): boolean {
    return this.#documents.get(name)?.used ?? false;
  }
}

/** The name under which a module knows an import. */
export function importName({ alias, path }: Import): string {
  if (alias !== '') return alias;
  const last = path.terms.at(-1);
  return last?.type === 'string' ? last.value : last?.type === 'var' ? last.name : '';
}

/** Writes names of documents as references from `data`, unless a local variable hides them. */
export class Resolver implements Rewriter {
  readonly #globals: Globals;
  readonly #hidden: ReadonlySet<string>[] = [];
  readonly #hasTemplates: boolean;

  /** @param hasTemplates whether there may be template strings in what is resolved. */
  constructor(globals: Globals, hasTemplates = true) {
    this.#globals = globals;
    this.#hasTemplates = hasTemplates;
  }

  /** Answers the argument that bears the name of a root document, which none may. */
  rule(rule: Rule): Term | undefined {
    const taken = argumentNames(rule.head.args ?? []);
    if (taken.shadowing !== undefined) return taken.shadowing;
    this.#hidden.push(taken.names, declaredInBody(rule.body, this.#hasTemplates));
    const { head } = rule;
    rewriteTerms(head.reference, this, 1);
    if (head.key !== undefined) head.key = this.term(head.key);
    if (head.value !== undefined) head.value = this.term(head.value);
    rule.body = this.body(rule.body);
    this.#hidden.length -= 2;
    return undefined;
  }

  body(body: Body): Body {
    for (const expr of body) this.#expr(expr);
    return body;
  }

  /** A query, whose own declarations hide documents. */
  query(body: Body): Body {
    return this.#hiding(declaredInBody(body, this.#hasTemplates), () => this.body(body));
  }

  #hiding<Result>(names: ReadonlySet<string>, work: () => Result): Result {
    this.#hidden.push(names);
    const result = work();
    this.#hidden.pop();
    return result;
  }

  #expr(expr: Expr): void {
    const { terms } = expr;
    switch (terms.type) {
      case 'some':
        if (terms.symbols[0]?.type === 'call') rewriteExpr(expr, this);
        else rewriteModifiers(expr, this);
        return;
      case 'every': {
        const bound = new VariableCollector().term(terms.value);
        if (terms.key !== undefined) bound.term(terms.key);
        this.#hiding(bound.names, () => {
          terms.domain = this.term(terms.domain);
          terms.body = this.body(terms.body);
        });
        rewriteModifiers(expr, this);
        return;
      }
      default:
        rewriteExpr(expr, this);
    }
  }

  term(term: Term): Term {
    switch (term.type) {
      case 'var': {
        const path = this.#lookup(term);
        return path === undefined ? term : refTerm(path, term.location);
      }
      case 'ref':
        term.terms = this.#reference(term.terms);
        return term;
      case 'arraycomprehension':
      case 'setcomprehension':
      case 'objectcomprehension':
        return this.#hiding(declaredInBody(term.body, this.#hasTemplates), () => rewriteChildren(term, this));
      case 'templatestring':
        for (const part of term.parts) if (part.type === 'expr') this.#expr(part.expr);
        return term;
      default:
        return rewriteChildren(term, this);
    }
  }

  #reference(terms: Term[]): Term[] {
    const [head] = terms;
    if (head === undefined) return terms;
    // The head first: all references through one import share its place, which the last one to be looked up sets.
    const path = head.type === 'var' ? this.#lookup(head) : undefined;
    if (head.type !== 'var') terms[0] = this.term(head);
    rewriteTerms(terms, this, 1);
    return path === undefined ? terms : [...path, ...terms.slice(1)];
  }

  #lookup(term: Term & { type: 'var' }): Term[] | undefined {
    for (const names of this.#hidden) if (names.has(term.name)) return undefined;
    return this.#globals.lookup(term);
  }
}

interface ArgumentNames {
  readonly names: ReadonlySet<string>;
  readonly shadowing: Term | undefined;
}

/** The variables of arguments; patterns do not reach into sets, comprehensions and calls. */
function argumentNames(args: readonly Term[]): ArgumentNames {
  const names = new Set<string>();
  let shadowing: Term | undefined;
  walkTerms(args, {
    term: (term) => {
      if (term.type === 'var') names.add(term.name);
      if (isRootDocument(term)) shadowing ??= term;
      return term.type === 'set' || term.type === 'call' || isComprehension(term);
    },
  });
  return { names, shadowing };
}

/** The names of the rules of each package, by the text of its path. */
export function exportedNames(
  modules: Iterable<Module>,
  pathText: (path: readonly Term[]) => string,
): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const module of modules) {
    const key = pathText(module.package.path);
    const exported = names.get(key) ?? new Set<string>();
    names.set(key, exported);
    for (const { head } of module.rules) {
      const name = head.reference[0];
      if (name?.type === 'var') exported.add(name.name);
    }
  }
  return names;
}
