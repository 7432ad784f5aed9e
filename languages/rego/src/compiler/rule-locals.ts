import type { Head, Rule, Term } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { walkBody, walkHead } from '../syntax/visit.ts';
import { declaredInBody } from './declared.ts';
import { compileError } from './diagnostics.ts';
import { LocalRewriter } from './locals.ts';
import { hasSome, type LocalNames } from './names.ts';
import { isComprehension, isScalar } from './nodes.ts';
import { deepRewriter, rewriteChildren, rewriteHead } from './rewrite.ts';
import { Scopes } from './scopes.ts';
import { VariableCollector, variablesOfBody, variablesOfTerm } from './variables.ts';
import { branchesOf } from './walk.ts';

/** What the rewriting of a rule found and made. */
export interface RuleLocals {
  readonly errors: Diagnostic[];
  readonly unused: Diagnostic[];
  readonly originalNames: Map<string, string>;
}

export interface LocalOptions {
  readonly names: LocalNames;
  readonly strict: boolean;
  readonly isBuiltin: (name: string) => boolean;
  /** The variables of a rule or `else` branch, those of its closures too. */
  readonly variables: (rule: Rule) => ReadonlySet<string>;
}

/** Gives the local variables of a rule and of its `else` branches, arguments first, names of their own. */
export function rewriteRuleLocals(rule: Rule, options: LocalOptions): RuleLocals {
  const result: RuleLocals = { errors: [], unused: [], originalNames: new Map() };
  const unusedArguments = options.strict
    ? new VariableCollector().terms(rule.head.args ?? []).names
    : new Set<string>();
  const args = new Scopes();
  rule.head.args = rule.head.args?.map((argument) =>
    argumentTerm(argument, args, options.names, result.errors),
  );
  for (const branch of branchesOf(rule)) {
    const scopes = rewriteBranch(branch, { args, unusedArguments, result, options });
    for (const name of [...unusedArguments]) if (scopes.count(name) > 1) unusedArguments.delete(name);
  }
  for (const name of unusedArguments) {
    if (name.startsWith('$')) continue;
    const message = `unused argument ${name}. (hint: use _ (wildcard variable) instead)`;
    result.unused.push(compileError(rule.head.location, message));
  }
  return result;
}

/** Arguments are patterns: variables, and arrays and objects of such. */
function argumentTerm(term: Term, scopes: Scopes, names: LocalNames, errors: Diagnostic[]): Term {
  const inner = (part: Term): Term => argumentTerm(part, scopes, names, errors);
  switch (term.type) {
    case 'var': {
      const known = scopes.find(term.name);
      if (known !== undefined) {
        known.count += 1;
        return varTerm(known.local, term.location);
      }
      const local = names.generate();
      scopes.insert(term.name, local, 'argument');
      return varTerm(local, term.location);
    }
    case 'object':
      for (const pair of term.pairs) pair[1] = inner(pair[1]);
      return term;
    case 'call':
      errors.push(compileError(term.location, 'rule arguments cannot contain calls'));
      return term;
    case 'ref':
    case 'array':
      return rewriteChildren(term, { term: inner, body: (body) => body });
    default:
      return term;
  }
}

interface Branch {
  readonly args: Scopes;
  readonly unusedArguments: Set<string>;
  readonly result: RuleLocals;
  readonly options: LocalOptions;
}

function rewriteBranch(rule: Rule, { args, unusedArguments, result, options }: Branch): Scopes {
  const { head } = rule;
  const plain = !mayHaveVariables(head);
  const used = new Set<string>();
  if (!plain) {
    rewriteHeadClosures(head, options, result);
    new VariableCollector({}, used).terms(head.reference.slice(1));
    if (head.key !== undefined) new VariableCollector({}, used).term(head.key);
    if (head.value !== undefined) {
      for (const name of variablesOfTerm(head.value)) {
        used.add(name);
        unusedArguments.delete(name);
      }
    }
  }
  const scopes = args.copy();
  renameBuiltinLike(rule, scopes, options);
  const rewriter = new LocalRewriter(options.names, scopes, options.strict);
  rule.body = rewriter.body(rule.body, used);
  result.errors.push(...rewriter.errors);
  result.unused.push(...rewriter.unused);
  keepNames(result, scopes);
  if (!plain) renameHead(head, scopes);
  return scopes;
}

function keepNames(result: RuleLocals, scopes: Scopes): void {
  for (const [local, name] of scopes.originalNames) result.originalNames.set(local, name);
}

function mayHaveVariables(head: Head): boolean {
  const terms = [...(head.args ?? []), ...head.reference.slice(1)];
  if (head.key !== undefined) terms.push(head.key);
  if (head.value !== undefined) terms.push(head.value);
  return !terms.every(isScalar);
}

/** Closures in the head see nothing that the body declares, so they come first. */
function rewriteHeadClosures(head: Head, { names, strict }: LocalOptions, result: RuleLocals): void {
  const closure = (term: Term): Term => {
    if (!isComprehension(term) && term.type !== 'templatestring') {
      return rewriteChildren(term, { term: closure, body: (body) => body });
    }
    const rewriter = new LocalRewriter(names, new Scopes(), strict);
    const rewritten = rewriter.term(term);
    result.errors.push(...rewriter.errors);
    result.unused.push(...rewriter.unused);
    keepNames(result, rewriter.scopes);
    return rewritten;
  };
  head.args = head.args?.map(closure);
  if (head.key !== undefined) head.key = closure(head.key);
  if (head.value !== undefined) head.value = closure(head.value);
}

/**
 * A variable that the body binds without a declaration and that bears the name of a built-in gets another one,
 * lest later stages take it for the built-in.
 */
function renameBuiltinLike(rule: Rule, scopes: Scopes, options: LocalOptions): void {
  if (!hasSome(options.variables(rule), options.isBuiltin)) return;
  const { head, body } = rule;
  const candidates = [...variablesOfBody(body, { skipCallHead: true, skipClosures: true })]
    .filter((name) => options.isBuiltin(name))
    .sort();
  if (candidates.length === 0) return;
  const declared = declaredInBody(body);
  const replaced = new VariableCollector({ skipCallHead: true });
  const visitor = {
    with: ({ target, value }: { target: Term; value: Term }) => {
      replaced.term(target).term(value);
      return false;
    },
  };
  walkHead(head, visitor);
  walkBody(body, visitor);
  for (const name of candidates) {
    if (declared.has(name) || replaced.names.has(name) || scopes.local(name) !== undefined) continue;
    scopes.insert(name, options.names.generate(), 'seen');
  }
}

/** What the head says of variables that the body declares. */
function renameHead(head: Head, scopes: Scopes): void {
  const { top } = scopes;
  rewriteHead(
    head,
    deepRewriter({
      term: (term) => {
        if (term.type !== 'var') return term;
        const local = top.get(term.name)?.local;
        return local === undefined || local === term.name ? term : varTerm(local, term.location);
      },
    }),
  );
}
