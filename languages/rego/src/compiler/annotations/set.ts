import type { Package, Rule, Term } from '../../syntax/ast.ts';
import type { Diagnostic } from '../../syntax/diagnostic.ts';
import type { Location } from '../../syntax/location.ts';
import { printRef } from '../../syntax/print.ts';
import { compareLocations, typeError } from '../diagnostics.ts';
import { groundPrefix } from '../nodes.ts';
import type { Annotations } from './annotation.ts';

/** Metadata and the path of what it applies to; without `annotations` where there is none. */
export interface AnnotationLink {
  readonly path: readonly Term[];
  readonly annotations: Annotations | undefined;
  /** Where that begins. */
  readonly location: Location | undefined;
}

/** The metadata of all modules, by what it applies to. */
export class AnnotationSet {
  readonly #ruleScope = new Map<Rule, Annotations[]>();
  readonly #packageScope = new Map<string, Annotations>();
  /** Documents and, for `subpackages`, packages. */
  readonly #pathScope = new Map<string, Annotations>();
  readonly #path: (rule: Rule) => readonly Term[];
  readonly errors: Diagnostic[] = [];

  constructor(annotations: Iterable<Annotations>, path: (rule: Rule) => readonly Term[]) {
    this.#path = path;
    for (const entry of annotations) this.#add(entry);
  }

  #add(entry: Annotations): void {
    const { target } = entry;
    if (entry.scope === 'rule' && target.type === 'rule') {
      const known = this.#ruleScope.get(target.rule);
      if (known === undefined) this.#ruleScope.set(target.rule, [entry]);
      else known.push(entry);
      return;
    }
    const scope = entry.scope === 'package' ? this.#packageScope : this.#pathScope;
    const key = printRef(this.#target(entry));
    const known = scope.get(key);
    if (known === undefined) scope.set(key, entry);
    else {
      const message = `${entry.scope} annotation redeclared: ${known.location.toString()}`;
      this.errors.push(typeError(entry.location, message));
    }
  }

  #target({ target }: Annotations): readonly Term[] {
    return target.type === 'rule' ? groundPrefix(this.#path(target.rule)) : target.package.path;
  }

  ruleScope(rule: Rule): readonly Annotations[] {
    return this.#ruleScope.get(rule) ?? [];
  }

  packageScope(home: Package): Annotations | undefined {
    return this.#packageScope.get(printRef(home.path));
  }

  documentScope(path: readonly Term[]): Annotations | undefined {
    return this.#pathScope.get(printRef(path));
  }

  /** Those of packages from the root down to the path. */
  subpackagesScope(path: readonly Term[]): Annotations[] {
    return path.flatMap((_, index) => this.documentScope(path.slice(0, index + 1)) ?? []);
  }

  /** What applies to the rule, the nearest first; the first entry stands for the rule itself. */
  chain(rule: Rule, home: Package): AnnotationLink[] {
    const path = groundPrefix(this.#path(rule));
    const own = [...this.ruleScope(rule)].sort((a, b) => -compareLocations(a.location, b.location));
    const links: AnnotationLink[] =
      own.length > 0
        ? own.map((entry) => this.#link(entry))
        : [{ path, annotations: undefined, location: rule.location }];
    const outer = [
      this.documentScope(path),
      this.packageScope(home),
      ...this.subpackagesScope(home.path).toReversed(),
    ];
    for (const entry of outer) if (entry !== undefined) links.push(this.#link(entry));
    return links;
  }

  #link(annotations: Annotations): AnnotationLink {
    const { target } = annotations;
    const location = target.type === 'rule' ? target.rule.location : target.package.location;
    return { path: this.#target(annotations), annotations, location };
  }

  /** The metadata that stands first over the rule. */
  primary(rule: Rule): Annotations | undefined {
    return [...this.ruleScope(rule)].sort((a, b) => compareLocations(a.location, b.location))[0];
  }
}
