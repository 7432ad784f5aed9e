import type { Module } from '@keelson/rego';
import { PolicyError } from '../errors.ts';

/**
 * What Gatekeeper asks of a template's Rego: an entry module with a rule `violation`, libraries below `lib`, and
 * no look at data but `data.inventory` and libraries.
 * @throws PolicyError POLICY_CODE
 */
export function checkEntryModule(module: Module): void {
  const hasViolation = module.rules.some(({ head }) => {
    const [first] = head.reference;
    return first?.type === 'var' && first.name === 'violation';
  });
  if (!hasViolation) throw new PolicyError('POLICY_CODE', 'the module has no rule "violation"');
  checkReferences(module);
}

/** @throws PolicyError POLICY_CODE */
export function checkLibrary(module: Module): void {
  const second = module.package.path[1];
  if (second?.type !== 'string' || second.value !== 'lib') {
    throw new PolicyError(
      'POLICY_CODE',
      'the package of a library begins with "lib."',
      placeOf(module.package),
    );
  }
  checkReferences(module);
}

function checkReferences(module: Module): void {
  for (const entry of module.imports) {
    const [head, next] = entry.path.terms;
    const root = head?.type === 'var' ? head.name : '';
    const isLibrary = root === 'data' && next?.type === 'string' && next.value === 'lib';
    if (isLibrary || root === 'future' || root === 'rego') continue;
    throw new PolicyError('POLICY_CODE', 'imports are of data.lib, future or rego only', placeOf(entry));
  }
  for (const rule of module.rules) checkNode(rule);
}

/** Walks all that a node is made of. */
function checkNode(node: unknown): void {
  if (Array.isArray(node)) {
    for (const item of node) checkNode(item);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && node.type === 'ref' && 'terms' in node && Array.isArray(node.terms)) {
    checkReference(node.terms, node);
  }
  for (const [key, value] of Object.entries(node)) if (!/location$/i.test(key)) checkNode(value);
}

function checkReference(terms: readonly unknown[], node: object): void {
  const [head, next] = terms;
  if (!isTerm(head) || head.type !== 'var' || head['name'] !== 'data') return;
  const name = isTerm(next) && next.type === 'string' ? next['value'] : undefined;
  if (name === 'inventory' || name === 'lib') return;
  throw new PolicyError('POLICY_CODE', 'policies may read data.inventory and data.lib only', placeOf(node));
}

function isTerm(value: unknown): value is { type: string; [key: string]: unknown } {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The place in the module, as an error carries it. */
function placeOf(node: object): { location?: { file: string; line: number; column: number } } {
  const at = 'location' in node ? node.location : undefined;
  if (typeof at !== 'object' || at === null || !('row' in at) || !('col' in at)) return {};
  return { location: { file: '', line: Number(at.row), column: Number(at.col) } };
}
