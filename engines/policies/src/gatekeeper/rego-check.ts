import type { SourceLocation } from '@keelson/core';
import { type Module, type Visitor, walkRule, walkTerms } from '@keelson/rego';
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
  for (const rule of module.rules) walkRule(rule, referenceChecker);
}

const referenceChecker: Visitor = {
  head: ({ reference }) => {
    walkTerms(reference, referenceChecker);
    return false;
  },
  term: (term) => {
    if (term.type === 'ref' && !isAllowed(term.terms))
      throw new PolicyError(
        'POLICY_CODE',
        'policies may read data.inventory and data.lib only',
        placeOf(term),
      );
    return false;
  },
};

type Terms = Module['package']['path'];

function isAllowed([head, next]: Terms): boolean {
  if (head?.type !== 'var' || head.name !== 'data') return true;
  return next?.type === 'string' && (next.value === 'inventory' || next.value === 'lib');
}

/** The place in the module, as an error carries it. */
function placeOf({ location }: Pick<Terms[number], 'location'>): { location?: SourceLocation } {
  return location === undefined ? {} : { location: { file: '', line: location.row, column: location.col } };
}
