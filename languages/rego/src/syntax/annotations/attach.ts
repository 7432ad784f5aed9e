import type { Module, Rule } from '../ast.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Location } from '../location.ts';
import { printRef } from '../print.ts';
import type { Annotation, AnnotationTarget } from './annotation.ts';
import { documentPath } from './paths.ts';

/** Annotations and what is wrong with them. */
export interface ReadAnnotations {
  readonly annotations: readonly Annotation[];
  readonly faults: readonly Diagnostic[];
}

/** Puts annotations to the statements below them. */
export function attachAnnotations(module: Module, blocks: readonly Annotation[]): ReadAnnotations {
  const targetBelow = targetFinder(module);
  const annotations = blocks.map((block) => attach(block, targetBelow(block.location.row)));
  return { annotations, faults: annotations.flatMap(scopeFaults) };
}

interface PlacedTarget {
  readonly row: number;
  readonly target: AnnotationTarget;
}

/** Finds the first package, import or rule below a row. */
function targetFinder(module: Module): (row: number) => AnnotationTarget | undefined {
  const targets: PlacedTarget[] = [
    { row: module.package.location.row, target: { type: 'package', package: module.package } },
  ];
  for (const one of module.imports) {
    targets.push({ row: one.location.row, target: { type: 'import', import: one } });
  }
  for (const rule of module.rules) {
    if (rule.location !== undefined) targets.push({ row: rule.location.row, target: { type: 'rule', rule } });
  }
  targets.sort((a, b) => a.row - b.row);
  return (row) => {
    let low = 0;
    let high = targets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((targets[middle]?.row ?? 0) > row) high = middle;
      else low = middle + 1;
    }
    return targets[low]?.target;
  };
}

function attach(annotation: Annotation, target: AnnotationTarget | undefined): Annotation {
  if (annotation.scope !== '') return { ...annotation, target };
  const ruleScope = annotation.entrypoint ? 'document' : 'rule';
  // `import` is no scope, and is told as such.
  const scope = target?.type === 'rule' ? ruleScope : (target?.type ?? '');
  return { ...annotation, scope, target };
}

/** What is wrong with the scope of a block for the statement below it. */
export function scopeFaults({ scope, entrypoint, target, location }: Annotation): Diagnostic[] {
  const faults: Diagnostic[] = [];
  const wanted = scope === 'rule' || scope === 'document' ? 'rule' : 'package';
  const have = target === undefined ? '' : ` (have ${target.type})`;
  if (!['rule', 'document', 'package', 'subpackages'].includes(scope)) {
    const known = "Use one of 'rule', 'document', 'package', or 'subpackages'";
    faults.push(fault(`invalid annotation scope '${scope}'. ${known}`, location));
  } else if (target?.type !== wanted) {
    faults.push(fault(`annotation scope '${scope}' must be applied to ${wanted}${have}`, location));
  }
  if (entrypoint && scope !== 'document' && scope !== 'package') {
    faults.push(fault(`annotation entrypoint applied to non-document or package scope '${scope}'`, location));
  }
  return faults;
}

function fault(message: string, location: Location): Diagnostic {
  return { code: 'rego_parse_error', message, location };
}

/**
 * Which annotations stand at each rule of a module: those of its document, and the nearest of its own that no
 * rule between has taken, with those above.
 */
export function annotationsByRule(
  module: Module,
  annotations: readonly Annotation[],
): ReadonlyMap<Rule, readonly Annotation[]> {
  const byPath = new Map<string, Annotation[]>();
  for (const annotation of annotations) {
    const { target, scope } = annotation;
    if (target?.type !== 'rule' || (scope !== 'rule' && scope !== 'document')) continue;
    const path = printRef(documentPath(module.package, target.rule));
    const list = byPath.get(path);
    if (list === undefined) byPath.set(path, [annotation]);
    else list.push(annotation);
  }
  const result = new Map<Rule, readonly Annotation[]>();
  if (byPath.size === 0) return result;
  for (const rule of module.rules) {
    const list = byPath.get(printRef(documentPath(module.package, rule))) ?? [];
    const row = rule.location?.row ?? 0;
    const own = list.filter(({ scope, location }) => scope === 'document' || location.row < row);
    if (own.length > 0) result.set(rule, own);
    const taken = own.findLast(({ scope }) => scope === 'rule');
    if (taken !== undefined) list.splice(list.indexOf(taken), 1);
  }
  return result;
}
