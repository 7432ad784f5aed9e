import type { Import, Module } from '../../syntax/ast.ts';
import type { Diagnostic } from '../../syntax/diagnostic.ts';
import type { Location } from '../../syntax/location.ts';
import { diagnostic } from '../diagnostics.ts';
import type { AnnotationBlock, AnnotationScope, Annotations, AnnotationTarget } from './annotation.ts';
import { readAnnotations } from './read.ts';

type Statement = AnnotationTarget | { readonly type: 'import'; readonly import: Import };

export interface ModuleAnnotations {
  readonly annotations: readonly Annotations[];
  readonly errors: readonly Diagnostic[];
}

/** Reads the metadata of a module: each block belongs to the statement below it. */
export function annotationsOf(module: Module): ModuleAnnotations {
  const { blocks, errors } = readAnnotations(module.comments);
  if (errors.length > 0) return { annotations: [], errors };
  const statements = statementsOf(module);
  const annotations: Annotations[] = [];
  const faults: Diagnostic[] = [];
  for (const block of blocks) {
    const below = statementBelow(statements, block.location.row);
    const scope = block.scope === '' ? impliedScope(block, below) : block.scope;
    const found = faultsOf(block, scope, below);
    faults.push(...found);
    if (found.length === 0 && below !== undefined && below.type !== 'import' && isScope(scope)) {
      annotations.push({ ...block, scope, target: below });
    }
  }
  return { annotations, errors: faults };
}

function statementsOf({
  package: home,
  imports,
  rules,
}: Module): [location: Location, statement: Statement][] {
  const statements: [Location, Statement][] = [[home.location, { type: 'package', package: home }]];
  for (const entry of imports) statements.push([entry.location, { type: 'import', import: entry }]);
  for (const rule of rules) {
    if (rule.location !== undefined) statements.push([rule.location, { type: 'rule', rule }]);
  }
  return statements.sort(([a], [b]) => a.row - b.row);
}

/** The first statement behind the row; the statements are in order of their rows. */
function statementBelow(
  statements: readonly (readonly [location: Location, statement: Statement])[],
  row: number,
): Statement | undefined {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((statements[middle]?.[0].row ?? 0) > row) high = middle;
    else low = middle + 1;
  }
  return statements[low]?.[1];
}

function impliedScope({ entrypoint }: AnnotationBlock, below: Statement | undefined): string {
  if (below?.type === 'rule') return entrypoint ? 'document' : 'rule';
  return below?.type ?? '';
}

function isScope(scope: string): scope is AnnotationScope {
  return scope === 'rule' || scope === 'document' || scope === 'package' || scope === 'subpackages';
}

function faultsOf(block: AnnotationBlock, scope: string, below: Statement | undefined): Diagnostic[] {
  const faults: string[] = [];
  const wanted = scope === 'rule' || scope === 'document' ? 'rule' : 'package';
  if (!isScope(scope)) {
    const known = "Use one of 'rule', 'document', 'package', or 'subpackages'";
    faults.push(`invalid annotation scope '${scope}'. ${known}`);
  } else if (below?.type !== wanted) {
    const have = below === undefined ? '' : ` (have ${below.type})`;
    faults.push(`annotation scope '${scope}' must be applied to ${wanted}${have}`);
  }
  if (block.entrypoint && scope !== 'document' && scope !== 'package') {
    faults.push(`annotation entrypoint applied to non-document or package scope '${scope}'`);
  }
  return faults.map((message) => diagnostic('rego_parse_error', block.location, message));
}
