import type { PlainObject, RegoValue } from '../../values/index.ts';
import type { Module, Package, Rule, Term } from '../ast.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { printRef } from '../print.ts';
import type { Annotation } from './annotation.ts';
import { documentPath } from './paths.ts';
import { readAnnotations } from './read.ts';
import { annotationValue, pathValue } from './value.ts';

/** The annotations of several modules, found by rule, document and package. */
export class AnnotationSet {
  readonly faults: readonly Diagnostic[];
  private readonly byRule = new Map<Rule, Annotation[]>();
  private readonly byPackage = new Map<string, Annotation>();
  /** Of documents and of subpackages, by path. */
  private readonly byPath = new Map<string, Annotation>();

  constructor(modules: Iterable<Module>) {
    const faults: Diagnostic[] = [];
    for (const module of modules) {
      const read = readAnnotations(module);
      faults.push(...read.faults);
      for (const annotation of read.annotations) {
        const earlier = this.add(module.package, annotation);
        if (earlier !== undefined) faults.push(redeclared(annotation, earlier));
      }
    }
    this.faults = faults;
  }

  /** Gives the annotation that has the place already, if there is one. */
  private add(owner: Package, annotation: Annotation): Annotation | undefined {
    const { scope, target } = annotation;
    if (target?.type === 'rule' && scope === 'rule') {
      const list = this.byRule.get(target.rule);
      if (list === undefined) this.byRule.set(target.rule, [annotation]);
      else list.push(annotation);
      return undefined;
    }
    if (target?.type === 'rule' && scope === 'document') {
      return put(this.byPath, printRef(documentPath(owner, target.rule)), annotation);
    }
    if (target?.type !== 'package') return undefined;
    const path = printRef(target.package.path);
    if (scope === 'package') return put(this.byPackage, path, annotation);
    return scope === 'subpackages' ? put(this.byPath, path, annotation) : undefined;
  }

  /** Of the rule alone, the nearest block above it first. */
  ofRule(rule: Rule): readonly Annotation[] {
    const list = [...(this.byRule.get(rule) ?? [])];
    return list.sort((a, b) => b.location.row - a.location.row);
  }

  /** What `rego.metadata.rule()` gives within the rule. */
  ruleValue(rule: Rule): PlainObject {
    const first = this.ofRule(rule).at(-1);
    return first === undefined ? {} : annotationValue(first);
  }

  /**
   * What `rego.metadata.chain()` gives within the rule: from the rule over its document and package to the
   * packages above. `owner` is the package that the rule stands in.
   */
  chainValue(owner: Package, rule: Rule): readonly RegoValue[] {
    const path = documentPath(owner, rule);
    const links: RegoValue[] = this.ofRule(rule).map((annotation) => link(path, annotation));
    if (links.length === 0) links.push(link(path, undefined));
    const document = this.byPath.get(printRef(path));
    if (document !== undefined) links.push(link(path, document));
    const ofPackage = this.byPackage.get(printRef(owner.path));
    if (ofPackage !== undefined) links.push(link(owner.path, ofPackage));
    for (let length = owner.path.length; length > 0; length -= 1) {
      const above = owner.path.slice(0, length);
      const annotation = this.byPath.get(printRef(above));
      if (annotation !== undefined) links.push(link(above, annotation));
    }
    return links;
  }
}

function put(map: Map<string, Annotation>, key: string, annotation: Annotation): Annotation | undefined {
  const earlier = map.get(key);
  if (earlier === undefined) map.set(key, annotation);
  return earlier;
}

function link(path: readonly Term[], annotation: Annotation | undefined): RegoValue {
  const value = { path: pathValue(path.slice(1)) };
  return annotation === undefined ? value : { ...value, annotations: annotationValue(annotation) };
}

function redeclared(annotation: Annotation, earlier: Annotation): Diagnostic {
  const message = `${annotation.scope} annotation redeclared: ${earlier.location}`;
  return { code: 'rego_type_error', message, location: annotation.location };
}
