import type { Body, Module, Rule } from '../syntax/ast.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { printRef, printTerm } from '../syntax/print.ts';
import { type Visitor, walkBody, walkHead } from '../syntax/visit.ts';
import type { RuleContents } from './contents.ts';
import { compileError } from './diagnostics.ts';
import { isAssignment, isRootDocument, rootNames } from './nodes.ts';
import { importName } from './resolve.ts';
import { rulesOf } from './walk.ts';

/** Rules, arguments and variables named `input` or `data`: from Rego v1 on, and in strict mode. */
export function checkRootNames(module: Module, contentsOf: (rule: Rule) => RuleContents): Diagnostic[] {
  const errors: Diagnostic[] = [];
  for (const { head, location } of module.rules) {
    const name = head.reference[0];
    if (name?.type === 'var' && rootNames.has(name.name)) {
      errors.push(compileError(location, `rules must not shadow ${name.name} (use a different rule name)`));
    }
    for (const argument of head.args ?? []) {
      if (!isRootDocument(argument)) continue;
      const message = `args must not shadow ${printTerm(argument)} (use a different variable name)`;
      errors.push(compileError(argument.location, message));
    }
  }
  for (const rule of rulesOf(module)) {
    const { operators, hasComprehensions } = contentsOf(rule);
    if (!operators.has('assign')) continue;
    const visitor = { ...assignmentVisitor(errors), term: () => !hasComprehensions };
    walkHead(rule.head, visitor);
    walkBody(rule.body, visitor);
  }
  return errors;
}

export function checkRootNamesInQuery(body: Body): Diagnostic[] {
  const errors: Diagnostic[] = [];
  walkBody(body, assignmentVisitor(errors));
  return errors;
}

function assignmentVisitor(errors: Diagnostic[]): Visitor {
  return {
    expr: (expr) => {
      const target = isAssignment(expr) ? expr.terms.operands[0] : undefined;
      const name = target === undefined ? undefined : printTerm(target);
      if (name !== undefined && rootNames.has(name)) {
        const message = `variables must not shadow ${name} (use a different variable name)`;
        errors.push(compileError(expr.location, message));
      }
      return false;
    },
  };
}

/** Two imports of one name. */
export function checkDuplicateImports({ imports }: Module): Diagnostic[] {
  const known = new Map<string, string>();
  return imports.flatMap((entry) => {
    const name = importName(entry);
    const before = known.get(name);
    if (before !== undefined) return [compileError(entry.location, `import must not shadow ${before}`)];
    known.set(name, printImport(entry));
    return [];
  });
}

/** The import as OPA prints it. */
export function printImport({ path, alias }: Module['imports'][number]): string {
  const text = `import ${printRef(path.terms)}`;
  return alias === '' ? text : `${text} as ${alias}`;
}
