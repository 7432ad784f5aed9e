import { hasPrefix } from '../compiler/nodes.ts';
import type { Annotation } from '../syntax/annotations/annotation.ts';
import { parseAnnotatedModule } from '../syntax/annotations/parse-module.ts';
import type { Module, RegoVersion, Rule } from '../syntax/ast.ts';
import { printRef } from '../syntax/print.ts';
import type { Path } from './paths.ts';

/** What metadata says about the filters of a rule. */
export interface AnnotatedFilter {
  readonly unknowns: readonly string[];
  readonly maskRule: string | undefined;
}

/**
 * Reads the `compile` metadata that applies to the document at a reference: of its first rule, the document, its
 * package and the packages above. The nearest mask rule counts, and all unknowns.
 */
export function annotatedFilter(
  parsed: ReadonlyMap<string, Module>,
  reference: Path,
  version: RegoVersion,
): AnnotatedFilter {
  const modules = [...parsed].map(([file, { source }]) => parseAnnotatedModule(file, source, { version }));
  const home = findHome(
    modules.map(({ module }) => module),
    reference,
  );
  if (home === undefined) return { unknowns: [], maskRule: undefined };
  const annotations = modules.flatMap((module) => module.annotations);
  const chain = scopes.flatMap((scope) =>
    annotations.filter((one) => one.scope === scope && applies(one, reference, home)),
  );
  const mask = chain.find(({ compile }) => compile?.maskRule !== undefined)?.compile?.maskRule;
  return {
    unknowns: chain.flatMap(({ compile }) => (compile?.unknowns ?? []).map(printRef)),
    maskRule: mask === undefined ? undefined : absolute(mask, home),
  };
}

const scopes = ['rule', 'document', 'package', 'subpackages'];

interface Home {
  readonly path: Path;
  readonly rule: Rule;
}

function findHome(modules: readonly Module[], reference: Path): Home | undefined {
  for (const module of modules) {
    const rule = module.rules.find((one) => isAt(module.package.path, one, reference));
    if (rule !== undefined) return { path: module.package.path, rule };
  }
  return undefined;
}

function isAt(path: Path, rule: Rule, reference: Path): boolean {
  const [name, ...rest] = rule.head.reference;
  if (name === undefined) return false;
  const first = name.type === 'var' ? { ...name, type: 'string' as const, value: name.name } : name;
  return printRef([...path, first, ...rest]) === printRef(reference);
}

function applies({ scope, target }: Annotation, reference: Path, { path, rule }: Home): boolean {
  if (target?.type === 'package') {
    const own = target.package.path;
    return scope === 'subpackages' ? hasPrefix(path, own) : printRef(own) === printRef(path);
  }
  if (target?.type !== 'rule') return false;
  if (scope === 'rule')
    return target.rule.location?.row === rule.location?.row && isAt(path, target.rule, reference);
  return isAt(path, target.rule, reference);
}

/** A mask rule is named within the package, or in full. */
function absolute(mask: Path, { path }: Home): string {
  const [head, ...rest] = mask;
  if (head?.type !== 'var' || head.name === 'data') return printRef(mask);
  return printRef([...path, { ...head, type: 'string', value: head.name }, ...rest]);
}
