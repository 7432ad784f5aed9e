import { annotationsOf } from './compiler/annotations/attach.ts';
import type { RuleTreeNode } from './compiler/compiled.ts';
import { findNode } from './compiler/compiled.ts';
import { groundPrefix, isConstant } from './compiler/nodes.ts';
import { isFunction, rulePath } from './compiler/rule-tree.ts';
import { RegoError } from './errors.ts';
import type { Module, Term } from './syntax/ast.ts';
import { stringTerm, varTerm } from './syntax/build.ts';
import { parseTerm } from './syntax/parse.ts';
import { printRef } from './syntax/print.ts';

/**
 * The reference that an entrypoint names: `data.authz.allow` itself, or `authz/allow`, whose segments are escaped as in
 * URLs.
 *
 * @throws RegoError where it is neither.
 */
export function entrypointReference(entrypoint: string): string {
  if (!isPath(entrypoint)) return referenceText(groundReference(entrypoint));
  const segments = entrypoint.split('/').map((segment) => stringTerm(decoded(segment, entrypoint)));
  return referenceText([varTerm('data'), ...segments]);
}

/** A reference that reads as itself; where OPA prints one, a key with a quote in it does not. */
function referenceText(terms: readonly Term[]): string {
  const [head, ...keys] = terms;
  const written = keys.map((key) =>
    key.type === 'string' && key.value.includes('"')
      ? `[${JSON.stringify(key.value)}]`
      : printRef([noHead, key]),
  );
  return `${head === undefined ? '' : printRef([head])}${written.join('')}`;
}

const noHead = stringTerm('');

/** A reference holds a dot or bracket behind `data`; anything else is a path. */
function isPath(entrypoint: string): boolean {
  return entrypoint !== 'data' && !/^data[.[]/.test(entrypoint);
}

function decoded(segment: string, entrypoint: string): string {
  try {
    if (segment !== '') return decodeURIComponent(segment);
  } catch {
    // Falls through to the same error.
  }
  throw new RegoError('rego_compile_error', `entrypoint ${entrypoint} not valid: use <package>/<rule>`);
}

function groundReference(entrypoint: string): readonly Term[] {
  const term = parseTerm(entrypoint);
  const terms = term.type === 'var' ? [term] : term.type === 'ref' ? term.terms : [];
  if (terms.length > 0 && terms.slice(1).every(isConstant)) return terms;
  throw new RegoError('rego_compile_error', `entrypoint ${entrypoint} not valid: it is no document`);
}

/** @throws RegoError where no rule stands at, above or below the reference, or a function does. */
export function checkEntrypoint(reference: string, root: RuleTreeNode): void {
  const terms = groundReference(reference);
  for (let length = terms.length; length > 0; length -= 1) {
    const node = findNode(root, terms.slice(0, length));
    if (node === undefined) continue;
    const [rule] = node.rules;
    const whole = length === terms.length;
    if (rule !== undefined && isFunction(rule.rule)) break;
    if (rule !== undefined || (whole && node.children.size > 0)) return;
  }
  throw new RegoError('rego_compile_error', `undefined entrypoint ${reference}`);
}

/** The documents that metadata marks with `entrypoint: true`, as references, sorted. */
export function annotatedEntrypoints(modules: Iterable<Module>): readonly string[] {
  const found = new Set<string>();
  for (const module of modules) {
    if (module.comments.length === 0) continue;
    for (const { entrypoint, target } of annotationsOf(module).annotations) {
      if (!entrypoint) continue;
      const path =
        target.type === 'package' ? target.package.path : groundPrefix(rulePath(target.rule, module));
      found.add(referenceText(path));
    }
  }
  return [...found].sort();
}
