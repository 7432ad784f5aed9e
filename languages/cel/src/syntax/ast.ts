/** Offsets into the source in UTF-16 code units, half open. */
interface Node {
  readonly start: number;
  readonly end: number;
}

export interface LiteralExpr extends Node {
  readonly kind: 'literal';
  readonly value: CelLiteral;
}

export type CelLiteral =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'uint'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Uint8Array };

/** `name`, or `.name` (absolute: looked up outside the container only). */
export interface IdentExpr extends Node {
  readonly kind: 'ident';
  readonly name: string;
  readonly absolute: boolean;
}

/** `operand.field`, or `operand.?field` when optional. */
export interface SelectExpr extends Node {
  readonly kind: 'select';
  readonly operand: CelExpr;
  readonly field: string;
  readonly optional: boolean;
}

/** `operand[index]`, or `operand[?index]` when optional. */
export interface IndexExpr extends Node {
  readonly kind: 'index';
  readonly operand: CelExpr;
  readonly index: CelExpr;
  readonly optional: boolean;
}

/** `has(operand.field)`. */
export interface HasExpr extends Node {
  readonly kind: 'has';
  readonly operand: CelExpr;
  readonly field: string;
}

/** A function call, `name(args)` or `target.name(args)`. */
export interface CallExpr extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly target: CelExpr | undefined;
  readonly args: readonly CelExpr[];
  /** `.name(args)`: the name is looked up outside the container only. */
  readonly absolute: boolean;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

export interface BinaryExpr extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: CelExpr;
  readonly right: CelExpr;
}

export interface UnaryExpr extends Node {
  readonly kind: 'unary';
  readonly operator: '!' | '-';
  readonly operand: CelExpr;
}

/** `a && b && c`: operators of one kind in a row are one node. */
export interface LogicalExpr extends Node {
  readonly kind: 'logical';
  readonly operator: '&&' | '||';
  readonly operands: readonly CelExpr[];
}

export interface ConditionalExpr extends Node {
  readonly kind: 'conditional';
  readonly condition: CelExpr;
  readonly whenTrue: CelExpr;
  readonly whenFalse: CelExpr;
}

export interface ListExpr extends Node {
  readonly kind: 'list';
  readonly elements: readonly { readonly value: CelExpr; readonly optional: boolean }[];
}

export interface MapExpr extends Node {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: CelExpr; readonly value: CelExpr; readonly optional: boolean }[];
}

/** `Name{field: value}`. */
export interface MessageExpr extends Node {
  readonly kind: 'message';
  readonly name: string;
  readonly absolute: boolean;
  readonly fields: readonly { readonly name: string; readonly value: CelExpr; readonly optional: boolean }[];
}

export type ComprehensionMacro =
  | 'all'
  | 'exists'
  | 'existsOne'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy';

/**
 * A comprehension macro over `range`. One variable is the element (or key); two are index and element, or
 * key and value. `filter` is the condition of the forms that take one; for `all`, `exists`, `existsOne` and
 * `filter` the predicate is `body`.
 */
export interface ComprehensionExpr extends Node {
  readonly kind: 'comprehension';
  readonly macro: ComprehensionMacro;
  readonly range: CelExpr;
  readonly variables: readonly string[];
  readonly filter: CelExpr | undefined;
  readonly body: CelExpr;
}

/** `cel.bind(name, value, body)`. */
export interface BindExpr extends Node {
  readonly kind: 'bind';
  readonly name: string;
  readonly value: CelExpr;
  readonly body: CelExpr;
}

/** `target.optMap(name, body)` and `target.optFlatMap(name, body)`. */
export interface OptionalMapExpr extends Node {
  readonly kind: 'optionalMap';
  readonly target: CelExpr;
  readonly name: string;
  readonly flat: boolean;
  readonly body: CelExpr;
}

/** `cel.block([bindings], body)`; binding i is known as `@index<i>`. */
export interface BlockExpr extends Node {
  readonly kind: 'block';
  readonly bindings: readonly CelExpr[];
  readonly body: CelExpr;
}

/** The tree of an expression, macros recognised. Nodes are never changed. */
export type CelExpr =
  | LiteralExpr
  | IdentExpr
  | SelectExpr
  | IndexExpr
  | HasExpr
  | CallExpr
  | BinaryExpr
  | UnaryExpr
  | LogicalExpr
  | ConditionalExpr
  | ListExpr
  | MapExpr
  | MessageExpr
  | ComprehensionExpr
  | BindExpr
  | OptionalMapExpr
  | BlockExpr;

/** `a.b.c` as a dotted name, when the expression is nothing but plain selections from an identifier. */
export function qualifiedName(expr: CelExpr): { name: string; root: string; absolute: boolean } | undefined {
  if (expr.kind === 'ident') return { name: expr.name, root: expr.name, absolute: expr.absolute };
  if (expr.kind !== 'select' || expr.optional) return undefined;
  const operand = qualifiedName(expr.operand);
  return operand && { ...operand, name: `${operand.name}.${expr.field}` };
}
