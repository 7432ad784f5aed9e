import { hasPrefix, isEquality, isScalar, operatorName } from '../compiler/nodes.ts';
import type { Body, CallStatement, Expr, Term } from '../syntax/ast.ts';
import { nameRef } from '../syntax/build.ts';
import type { Location } from '../syntax/location.ts';
import { printExpr, printRef, printTerm } from '../syntax/print.ts';
import type { Path } from './paths.ts';
import type { PartialResult } from './result.ts';
import { type FilterTarget, lacksBuiltin, lacksFeature } from './targets.ts';

/** What keeps a policy from being written as a filter. */
export interface FilterFault {
  readonly code: 'pe_fragment_error' | 'invalid_parameter';
  readonly message: string;
  readonly location?: { readonly file: string; readonly row: number; readonly col: number };
  /** A hint how to mend it. */
  readonly details?: string;
}

export function fault(message: string, location?: Location, details?: string): FilterFault {
  return {
    code: 'pe_fragment_error',
    message,
    ...(location === undefined
      ? {}
      : { location: { file: location.file, row: location.row, col: location.col } }),
    ...(details === undefined ? {} : { details }),
  };
}

export interface CheckOptions {
  readonly targets: readonly FilterTarget[];
  /** Names that stand for a column below `input` without their table. */
  readonly shortNames: ReadonlySet<string>;
}

/** Everything in the queries that the targets have no form for. */
export function checkQueries({ queries, support }: PartialResult, options: CheckOptions): FilterFault[] {
  const checker = new Checker(support, options);
  return queries.flatMap((body) => checker.body(body));
}

const comparisons: ReadonlySet<string> = new Set(['eq', 'neq', 'lt', 'lte', 'gt', 'gte']);
const unknownFirst: ReadonlySet<string> = new Set([
  'startswith',
  'endswith',
  'contains',
  'internal.member_2',
]);
const partialPath = nameRef(['data', 'partial']).terms;
const dataPath = nameRef(['data']).terms;
const inputPath = nameRef(['input']).terms;

class Checker {
  readonly #support: PartialResult['support'];
  readonly #options: CheckOptions;

  constructor(support: PartialResult['support'], options: CheckOptions) {
    this.#support = support;
    this.#options = options;
  }

  body(body: Body): FilterFault[] {
    const found = body.flatMap((expr) => [this.#statement(expr), this.#call(expr)]).filter(isFault);
    if (found.length > 0) return found;
    // A filter has no place for another document: to leave `with` out would let other rows through.
    const changed = body.find((expr) => expr.with.length > 0);
    return changed === undefined ? [] : [fault('"with" not permitted', changed.location)];
  }

  #statement(expr: Expr): FilterFault | undefined {
    const { terms, location } = expr;
    if (expr.negated) {
      if (terms.type !== 'call') return fault('"not" not permitted', location);
      const lack = lacksFeature(this.#options.targets, 'not');
      return lack === undefined ? undefined : fault(`"not" not permitted: ${lack}`, location);
    }
    if (terms.type === 'call') return undefined;
    if (terms.type === 'every') return fault('"every" not permitted', location);
    if (expr.with.length > 0) return fault('"with" not permitted', location);
    const shown = printExpr(expr);
    const path = terms.type === 'term' && terms.term.type === 'ref' ? terms.term.terms : [];
    if (hasPrefix(path, partialPath)) return fault(this.#reason(path), path.at(-1)?.location ?? undefined);
    if (hasPrefix(path, dataPath))
      return fault(
        `invalid data reference "${shown}"`,
        location,
        `has rule "${printRef(path)}" an \`else\`?`,
      );
    return fault(`invalid statement "${shown}"`, location, `try \`${shown} != false\``);
  }

  /** Why the rule could not be inlined. */
  #reason(path: Path): string {
    const shown = printRef([...path.slice(0, 1), ...path.slice(2)]);
    for (const module of this.#support) {
      const rules = module.rules.filter(({ head }) => {
        const [name, ...rest] = head.reference;
        const own: Term[] =
          name?.type === 'var' ? [{ ...name, type: 'string', value: name.name }, ...rest] : [];
        const whole = [...module.path, ...own];
        return whole.length === path.length && hasPrefix(path, whole);
      });
      for (const [at, rule] of rules.entries()) {
        if (rule.default) return `use of default rule in ${shown}`;
        if (at > 0) return `use of multi-value rule in ${shown}`;
      }
    }
    return '';
  }

  #call(expr: Expr): FilterFault | undefined {
    const { terms } = expr;
    if (expr.with.length > 0 || terms.type !== 'call') return undefined;
    const location = terms.operator.location ?? expr.location;
    const name = operatorName(terms.operator);
    const shown = printTerm(terms.operator);
    if (name === 'internal.member_3') return fault('invalid use of "... in ..."', location);
    if (terms.operator.type === 'ref' && hasPrefix(terms.operator.terms, dataPath))
      return fault(
        `invalid data reference "${printExpr(expr)}"`,
        expr.location,
        `has function "${shown}(...)" an \`else\`?`,
      );
    if (!comparisons.has(name) && !unknownFirst.has(name))
      return fault(`invalid builtin \`${shown}\``, location);
    const lack = lacksBuiltin(this.#options.targets, name);
    const word = name === 'internal.member_2' ? 'in' : name;
    if (lack !== undefined) return fault(`invalid builtin \`${word}\`: ${lack}`, location);
    return this.#operands(expr, terms, location);
  }

  #operands(
    expr: Expr,
    { operator, operands }: CallStatement,
    location: Location | undefined,
  ): FilterFault | undefined {
    const shown = printTerm(operator);
    const [left, right] = operands;
    if (left === undefined || right === undefined)
      return fault(`${shown}: missing operand`, operator.location);
    const wrong = this.#operand(operator, left) ?? this.#operand(operator, right);
    if (wrong !== undefined) return wrong;
    const fields = [left, right].filter(({ type }) => type === 'ref').length;
    const lack = fields === 2 ? lacksFeature(this.#options.targets, 'field-ref') : undefined;
    if (lack !== undefined) return fault(`reference to field: ${lack}`, location);
    if (unknownFirst.has(operatorName(operator)))
      return left.type === 'ref' ? undefined : fault(`rhs of ${shown} must be known`, location);
    if (isScalar(left) || isScalar(right) || fields === 2) return undefined;
    return this.#existence(expr, left, right, location);
  }

  /** `field = x` asks whether the field is there. */
  #existence(expr: Expr, left: Term, right: Term, location: Location | undefined): FilterFault | undefined {
    const apart = fault('both rhs and lhs non-scalar/non-ground', location);
    const types = [left.type, right.type];
    if (!isEquality(expr) || types.filter((type) => type === 'ref').length !== 1) return apart;
    if (left.type !== 'ref' && left.type !== 'var') return apart;
    const lack = lacksFeature(this.#options.targets, 'existence-ref');
    if (lack !== undefined) return fault(`existence of field: ${lack}`, location);
    return types.includes('var') ? undefined : apart;
  }

  #operand(operator: Term, term: Term): FilterFault | undefined {
    const shown = printTerm(operator);
    if (term.type === 'call')
      return fault(
        `${shown}: nested call operand: ${printTerm(term)}`,
        operator.location ?? term.operator.location,
      );
    if (term.type !== 'ref' || this.#isField(term.terms)) return undefined;
    return fault(`${shown}: invalid ref operand: ${printTerm(term)}`, operator.location ?? term.location);
  }

  /** `input.table.column`, or the short name of a column. */
  #isField(path: Path): boolean {
    if (!hasPrefix(path, inputPath)) return false;
    if (path.length === 3) return path.slice(1).every(({ type }) => type === 'string');
    const name = path[1];
    return path.length === 2 && name?.type === 'string' && this.#options.shortNames.has(name.value);
  }
}

function isFault(found: FilterFault | undefined): found is FilterFault {
  return found !== undefined;
}
