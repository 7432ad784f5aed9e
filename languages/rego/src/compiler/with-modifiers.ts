import type { Body, Expr, Term, With } from '../syntax/ast.ts';
import { refTerm } from '../syntax/build.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { printTerm } from '../syntax/print.ts';
import { childNode, findNode, type RuleTreeNode } from './compiled.ts';
import { compileError, typeError } from './diagnostics.ts';
import { bind, needsEvaluation } from './generated.ts';
import type { LocalNames } from './names.ts';
import { numbered, operatorName, startsWith } from './nodes.ts';
import type { CompileSettings } from './options.ts';
import { deepRewriter, type Rewriter } from './rewrite.ts';
import { isFunction } from './rule-tree.ts';

export interface WithContext {
  readonly names: LocalNames;
  readonly ruleTree: RuleTreeNode;
  readonly settings: CompileSettings;
}

/** Why the target or value of a `with` is refused. */
class Refused extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

/** Checks what `with` replaces, and binds values that must be worked out to variables. */
export class WithModifiers {
  readonly errors: Diagnostic[] = [];
  readonly rewriter: Rewriter = deepRewriter({ body: (body) => this.#body(body) });
  readonly #context: WithContext;

  constructor(context: WithContext) {
    this.#context = context;
  }

  /** One error a body: the first. */
  #body(body: Body): Body {
    try {
      return numbered(body.flatMap((expr) => this.#expr(expr)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.errors.push(error.diagnostic);
      return [];
    }
  }

  #expr(expr: Expr): Expr[] {
    const before: Expr[] = [];
    for (const modifier of expr.with) {
      if (!this.#mustBeEvaluated(modifier)) continue;
      const { expr: equality, variable } = bind(modifier.value, this.#context.names);
      before.push(equality);
      modifier.value = variable;
    }
    return [...before, expr];
  }

  /** Checks the modifier; a function as value stays as it is. */
  #mustBeEvaluated(modifier: With): boolean {
    const { builtins } = this.#context.settings;
    if (modifier.value.type === 'var' && builtins.has(modifier.value.name)) {
      modifier.value = refTerm([modifier.value], undefined);
    }
    const isBuiltin = this.#isBuiltin(modifier.target);
    const { target, value } = modifier;
    if (target.type === 'ref' && startsWith(target.terms, 'data')) {
      if (this.#replacesFunction(target.terms) && this.#isFunctionValue(value)) return false;
      if (value.type === 'ref' && this.#isFunctionAt(value.terms)) return false;
    } else if (target.type === 'ref' && startsWith(target.terms, 'input')) {
      // Any part of the input may be replaced.
    } else if (isBuiltin) {
      if (target.type === 'var') modifier.target = refTerm([target], undefined);
      this.#checkBuiltinTarget(modifier.target, target.location);
      if (this.#isFunctionValue(value)) return false;
    } else {
      const message = 'with keyword target must reference existing input, data, or a function';
      throw new Refused(typeError(target.location, message));
    }
    return needsEvaluation(value);
  }

  /** Whether a function stands at the target. A part of a rule's document cannot be replaced. */
  #replacesFunction(target: readonly Term[]): boolean {
    const last = target.at(-1);
    let node = findNode(this.#context.ruleTree, target.slice(0, 1));
    for (const term of target.slice(1, -1)) {
      const child = node === undefined ? undefined : childNode(node, term);
      if (child === undefined) break;
      if (child.rules.length > 0) {
        const message = 'with keyword cannot partially replace virtual document(s)';
        throw new Refused(compileError(target[0]?.location, message));
      }
      node = child;
    }
    const child = node === undefined || last === undefined ? undefined : childNode(node, last);
    return child?.rules.some(({ rule }) => isFunction(rule)) ?? false;
  }

  #isFunctionAt(reference: readonly Term[]): boolean {
    const node = findNode(this.#context.ruleTree, reference);
    return node?.rules.some(({ rule }) => isFunction(rule)) ?? false;
  }

  #isFunctionValue(value: Term): boolean {
    if (value.type === 'ref' && findNode(this.#context.ruleTree, value.terms) !== undefined) return true;
    return this.#isBuiltin(value);
  }

  #isBuiltin(term: Term): boolean {
    if (term.type !== 'ref' && term.type !== 'var') return false;
    const { builtins, unsafeBuiltins } = this.#context.settings;
    const name = operatorName(term);
    if (unsafeBuiltins.has(name)) {
      const message = `with keyword replacing built-in function: target must not be unsafe: ${JSON.stringify(name)}`;
      throw new Refused(compileError(term.location, message));
    }
    return builtins.has(name);
  }

  #checkBuiltinTarget(target: Term, location: Term['location']): void {
    const name = operatorName(target);
    const declaration = this.#context.settings.builtins.get(name);
    if (declaration === undefined) return;
    const reason = builtinRefusal(name, printTerm(target), declaration);
    if (reason !== undefined) {
      throw new Refused(compileError(location, `with keyword replacing built-in function: ${reason}`));
    }
  }
}

function builtinRefusal(
  name: string,
  printed: string,
  declaration: { readonly relation?: boolean; readonly decl: { readonly result?: unknown } },
): string | undefined {
  if (name === 'eq' || name === 'rego.metadata.chain' || name === 'rego.metadata.rule') {
    return `replacement of "${name}" invalid`;
  }
  if (name.startsWith('internal.')) return `replacement of internal function "${printed}" invalid`;
  if (declaration.relation === true) return 'target must not be a relation';
  return declaration.decl.result === undefined ? 'target must not be a void function' : undefined;
}
