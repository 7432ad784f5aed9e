import { hasPrefix } from '../compiler/nodes.ts';
import { VariableCollector } from '../compiler/variables.ts';
import type { Term } from '../syntax/ast.ts';
import { isGround, varTerm } from '../syntax/build.ts';
import { walkTerm } from '../syntax/visit.ts';
import type { Frame, Placed } from './frame.ts';
import { mayOverlap, onOneLine, type Path, sameTerm } from './paths.ts';

/** The documents that are not known, and the variables that got their values from them, innermost last. */
export class Unknowns {
  readonly #paths: readonly Path[];
  readonly #variables: { readonly name: string; readonly frame: Frame }[] = [];

  constructor(paths: readonly Path[]) {
    this.#paths = paths;
  }

  /** Takes the variables as unknown for as long as `next` runs. */
  during(variables: readonly Placed[], next: () => void): void {
    const before = this.#variables.length;
    for (const { term, frame } of variables)
      if (term.type === 'var') this.#variables.push({ name: term.name, frame });
    next();
    this.#variables.length = before;
  }

  /** A variable or reference that is unknown, holds something unknown or lies in it. */
  contains(term: Term, frame: Frame): boolean {
    if (term.type === 'var') return this.#hasVariable(term.name, frame);
    if (term.type !== 'ref') return false;
    return this.#paths.some((path) => onOneLine(path, term.terms)) || this.#hasHead(term.terms, frame);
  }

  /** As `contains`; what is open in the reference may be any key. */
  mayContain(term: Term, frame: Frame): boolean {
    if (term.type !== 'ref') return this.contains(term, frame);
    return this.#paths.some((path) => mayOverlap(path, term.terms)) || this.#hasHead(term.terms, frame);
  }

  /** Something below the term is unknown, through what its variables stand for. */
  isWithin(term: Term, frame: Frame): boolean {
    let found = false;
    walkTerm(term, {
      term: (part) => {
        if (found || part.type !== 'var') return found;
        const value = frame.resolve(part);
        const isOpen = value.term === part && value.frame === frame;
        found = isOpen ? this.contains(part, frame) : this.isWithin(value.term, value.frame);
        return found;
      },
    });
    return found;
  }

  /** The whole document at the path is unknown. */
  covers(path: Path): boolean {
    return this.#paths.some((unknown) => hasPrefix(path, unknown));
  }

  /** The keys at which something unknown lies directly below the path. */
  keysBelow(path: Path): Term[] {
    const keys: Term[] = [];
    for (const unknown of this.#paths) {
      const key = hasPrefix(unknown, path) ? unknown[path.length] : undefined;
      if (key !== undefined && isGround(key) && !keys.some((other) => sameTerm(other, key))) keys.push(key);
    }
    return keys;
  }

  /** The unknown variables by the names under which `home` sees them. */
  names(home: Frame): Set<string> {
    const names = new Set<string>();
    for (const { name, frame } of this.#variables) {
      const plugged = frame.plug(varTerm(name), home);
      if (plugged.type === 'var') names.add(plugged.name);
    }
    return names;
  }

  /** The names of documents with something unknown in them. */
  roots(): string[] {
    return this.#paths.flatMap(([head]) => (head?.type === 'var' ? [head.name] : []));
  }

  #hasHead(path: Path, frame: Frame): boolean {
    const [head] = path;
    return head?.type === 'var' && this.#hasVariable(head.name, frame);
  }

  #hasVariable(name: string, frame: Frame): boolean {
    return this.#variables.some((variable) => variable.frame === frame && variable.name === name);
  }
}

/** The open variables to which a saved term gives values. */
export function openVariables(term: Term, frame: Frame): Placed[] {
  if (term.type === 'var') return [{ term, frame }];
  const names = new VariableCollector({ skipClosures: true, skipRefHead: true }).term(term).names;
  return [...names].flatMap((name) => {
    const value = frame.resolve(varTerm(name));
    return openVariables(value.term, value.frame);
  });
}
