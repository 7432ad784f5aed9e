import { type CelExpr, parseCel } from '@keelson/cel';

/** What an expression refers to, and how to write it with other names. */
export interface ExpressionNames {
  /** Names that no macro of the expression binds. */
  readonly free: ReadonlySet<string>;
  /** Functions and macros; `all/2` for a macro with two variables. */
  readonly functions: ReadonlySet<string>;
  /** True when the text can stand behind `!` as it is. */
  readonly isMember: boolean;
  /** True when the text is `!` and something: without the `!` it is negated. */
  readonly isNegation: boolean;
  /** True when it can stand beside `&&` and `||` as it is. */
  readonly isOperand: boolean;
  /** The text with free names replaced, in literals that the API server takes. */
  rename(names: ReadonlyMap<string, string>): string;
}

/** A free name, to be replaced, or an end of an element that is to be made dynamic. */
interface Place {
  readonly start: number;
  readonly end: number;
  /** Absent: `insert` goes between two characters. */
  readonly name?: string;
  readonly insert?: string;
}

/**
 * Reads an expression. With `doubles`, a test for the type int takes a double too: Kyverno gives every number of an
 * object as one. Throws CelError CEL_SYNTAX.
 */
export function namesOf(source: string, doubles = false): ExpressionNames {
  const tree = parseCel(source);
  const places: Place[] = [];
  const functions = new Set<string>();
  if (doubles) collectIntTests(tree, places);
  collect(tree, new Set(), places, functions);
  places.sort((a, b) => a.start - b.start || Number(a.name !== undefined) - Number(b.name !== undefined));
  return {
    free: new Set(places.flatMap(({ name }) => name ?? [])),
    functions,
    isMember: members.has(tree.kind),
    isNegation: tree.kind === 'unary' && tree.operator === '!' && source.startsWith('!', tree.start),
    isOperand: members.has(tree.kind) || tree.kind === 'unary' || tree.kind === 'binary',
    rename(names) {
      let out = '';
      let at = 0;
      for (const { name, insert, start, end } of places) {
        const written = insert ?? names.get(name ?? '') ?? source.slice(start, end);
        out += source.slice(at, start) + written;
        at = end;
      }
      return out + source.slice(at);
    },
  };
}

const members: ReadonlySet<string> = new Set([
  'literal',
  'ident',
  'select',
  'index',
  'call',
  'has',
  'comprehension',
  'list',
  'map',
]);

function collect(expr: CelExpr, bound: ReadonlySet<string>, places: Place[], functions: Set<string>): void {
  if (expr.kind === 'ident' && !bound.has(expr.name)) {
    places.push({ name: expr.name, start: expr.start, end: expr.end });
  }
  for (const { start, end } of elementsOfMixedTypes(expr)) {
    places.push({ start, end: start, insert: 'dyn(' }, { start: end, end, insert: ')' });
  }
  const name = functionOf(expr);
  if (name !== undefined) functions.add(name);
  const inner = new Set([...bound, ...boundBy(expr)]);
  for (const { child, isInner } of childrenOf(expr)) {
    collect(child, isInner ? inner : bound, places, functions);
  }
}

/** `type(x) == int` becomes `type(x) in [dyn(int), dyn(double)]`, and `!=` the contrary. */
function collectIntTests(expr: CelExpr, places: Place[]): void {
  if (expr.kind === 'binary' && (expr.operator === '==' || expr.operator === '!=')) {
    const { left, right, operator } = expr;
    if (left.kind === 'call' && left.name === 'type' && right.kind === 'ident' && right.name === 'int') {
      const isNegated = operator === '!=';
      if (isNegated) places.push({ start: left.start, end: left.start, insert: '!(' });
      // The name `int` itself is written again by the place that it has as a free name.
      places.push({ start: left.end, end: right.start, insert: ' in [dyn(' });
      places.push({
        start: right.end,
        end: right.end,
        insert: isNegated ? '), dyn(double)])' : '), dyn(double)]',
      });
    }
  }
  for (const { child } of childrenOf(expr)) collectIntTests(child, places);
}

function functionOf(expr: CelExpr): string | undefined {
  switch (expr.kind) {
    case 'call':
      return expr.name;
    case 'comprehension':
      return expr.variables.length > 1 ? `${expr.macro}/${expr.variables.length}` : expr.macro;
    case 'bind':
      return 'cel.bind';
    case 'block':
      return 'cel.block';
    case 'optionalMap':
      return expr.flat ? 'optFlatMap' : 'optMap';
    default:
      return undefined;
  }
}

/**
 * Elements of a list or mapping that are not evidently of one type. The API server refuses such a literal
 * ("homogeneous aggregate literals") unless they are dynamic.
 */
function elementsOfMixedTypes(expr: CelExpr): readonly CelExpr[] {
  if (expr.kind === 'list') return mixed(expr.elements.map(({ value }) => value));
  if (expr.kind !== 'map') return [];
  return [...mixed(expr.entries.map(({ key }) => key)), ...mixed(expr.entries.map(({ value }) => value))];
}

function mixed(elements: readonly CelExpr[]): readonly CelExpr[] {
  return new Set(elements.map(evidentType)).size > 1 ? elements : [];
}

function evidentType(expr: CelExpr): string {
  if (expr.kind === 'literal') return expr.value.type;
  return expr.kind === 'call' && expr.name === 'string' ? 'string' : 'dyn';
}

function boundBy(expr: CelExpr): readonly string[] {
  if (expr.kind === 'comprehension') return expr.variables;
  return expr.kind === 'bind' || expr.kind === 'optionalMap' ? [expr.name] : [];
}

interface Child {
  readonly child: CelExpr;
  /** It sees the names that the macro binds. */
  readonly isInner: boolean;
}

function childrenOf(expr: CelExpr): Child[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
    case 'has':
    case 'unary':
      return outer(expr.operand);
    case 'index':
      return outer(expr.operand, expr.index);
    case 'call':
      return outer(...(expr.target === undefined ? [] : [expr.target]), ...expr.args);
    case 'binary':
      return outer(expr.left, expr.right);
    case 'logical':
      return outer(...expr.operands);
    case 'conditional':
      return outer(expr.condition, expr.whenTrue, expr.whenFalse);
    case 'list':
      return outer(...expr.elements.map(({ value }) => value));
    case 'map':
      return outer(...expr.entries.flatMap(({ key, value }) => [key, value]));
    case 'message':
      return outer(...expr.fields.map(({ value }) => value));
    case 'comprehension':
      return [...outer(expr.range), ...inner(...(expr.filter === undefined ? [] : [expr.filter]), expr.body)];
    case 'bind':
      return [...outer(expr.value), ...inner(expr.body)];
    case 'optionalMap':
      return [...outer(expr.target), ...inner(expr.body)];
    case 'block':
      return outer(...expr.bindings, expr.body);
  }
}

const outer = (...children: CelExpr[]): Child[] => children.map((child) => ({ child, isInner: false }));
const inner = (...children: CelExpr[]): Child[] => children.map((child) => ({ child, isInner: true }));
