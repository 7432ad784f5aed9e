import type { Location } from './location.ts';

/**
 * The tree of a Rego module. Its shapes follow OPA's syntax tree, since errors, `rego.parse_module` and
 * `rego.metadata` speak of that tree. Nodes are plain objects that the parser shares with nobody: a compiler
 * that rewrites in place works on a copy (`copyModule`).
 */
export type RegoVersion = 'v0' | 'v0v1' | 'v1' | 'v2';

/** What language a module was parsed as (`min`) and up to which one it uses features through an import. */
export interface VersionSpan {
  readonly min: 'v0' | 'v1' | 'v2';
  readonly max: 'v0' | 'v1' | 'v2';
}

export interface Module {
  package: Package;
  imports: Import[];
  rules: Rule[];
  /** Every comment, in order of the text; metadata blocks are read from them. */
  comments: Comment[];
  version: VersionSpan;
  file: string;
  source: string;
}

export interface Comment {
  /** Without the `#`. */
  text: string;
  location: Location;
}

export interface Package {
  /** `data` and then strings. */
  path: Term[];
  location: Location;
}

export interface Import {
  /** A reference whose head is `data`, `input`, `future` or `rego`. */
  path: RefTerm;
  alias: string;
  location: Location;
  aliasLocation: Location | undefined;
}

export interface Rule {
  default: boolean;
  head: Head;
  body: Body;
  else: Rule | undefined;
  location: Location | undefined;
  /** The text gives no body: `p := 1`, `p contains x`. */
  generatedBody: boolean;
}

/**
 * The head of a rule. Kinds: `args` is given for a function; a `key` without a `value` is a partial set
 * (multi-value rule); everything else gives one value at `reference`, whose terms after the first may be variables.
 */
export interface Head {
  /** The first name of the reference where OPA keeps one, else empty: use `reference`. */
  name: string;
  reference: Term[];
  args: Term[] | undefined;
  key: Term | undefined;
  value: Term | undefined;
  /** Declared with `:=`. */
  assign: boolean;
  location: Location | undefined;
  /** The text gives no value, so it is `true`. */
  generatedValue: boolean;
  keywords: HeadKeyword[];
}
export type HeadKeyword = 'if' | 'contains';

export type Body = Expr[];

export interface Expr {
  terms: ExprTerms;
  with: With[];
  index: number;
  generated: boolean;
  negated: boolean;
  location: Location | undefined;
}

/** What an expression says. A call at the top is no term: `f(x)`, `x = y`, `x > 1`. */
export type ExprTerms = TermStatement | CallStatement | SomeDecl | Every | Not | LogicalAnd | LogicalOr;

export interface TermStatement {
  type: 'term';
  term: Term;
}

export interface CallStatement {
  type: 'call';
  /** A reference: `eq` for `=`, `assign` for `:=`, `internal.member_2` for `in`. */
  operator: Term;
  operands: Term[];
}

/** `some x, y`: variables; `some x in xs`: one call of `internal.member_2` or `internal.member_3`. */
export interface SomeDecl {
  type: 'some';
  symbols: Term[];
  location: Location | undefined;
}

export interface Every {
  type: 'every';
  key: Term | undefined;
  value: Term;
  domain: Term;
  body: Body;
  location: Location | undefined;
}

/** `not` as `future.keywords.not` and Rego v2 have it. The older one is `Expr.negated`. */
export interface Not {
  type: 'not';
  body: Body;
  /** Written with braces. */
  explicit: boolean;
  location: Location | undefined;
}

export interface LogicalAnd {
  type: 'and';
  lhs: Body;
  rhs: Body;
  explicitLhs: boolean;
  explicitRhs: boolean;
  location: Location | undefined;
}

export interface LogicalOr {
  type: 'or';
  lhs: Body;
  rhs: Body;
  explicitLhs: boolean;
  explicitRhs: boolean;
  location: Location | undefined;
}

export interface With {
  target: Term;
  value: Term;
  location: Location | undefined;
}

export type Term =
  | NullTerm
  | BooleanTerm
  | NumberTerm
  | StringTerm
  | VarTerm
  | RefTerm
  | ArrayTerm
  | ObjectTerm
  | SetTerm
  | ArrayComprehension
  | ObjectComprehension
  | SetComprehension
  | CallTerm
  | TemplateString;
export type TermType = Term['type'];

export interface NullTerm {
  type: 'null';
  location: Location | undefined;
}

export interface BooleanTerm {
  type: 'boolean';
  value: boolean;
  location: Location | undefined;
}

export interface NumberTerm {
  type: 'number';
  /** As written. */
  text: string;
  location: Location | undefined;
}

export interface StringTerm {
  type: 'string';
  value: string;
  location: Location | undefined;
}

/** A wildcard `_` is `$0`, `$1`… */
export interface VarTerm {
  type: 'var';
  name: string;
  location: Location | undefined;
}

export interface RefTerm {
  type: 'ref';
  /** The head and then the operands: a string for `.name`, any term for `[term]`. At least one. */
  terms: Term[];
  location: Location | undefined;
}

export interface ArrayTerm {
  type: 'array';
  items: Term[];
  location: Location | undefined;
}

/** Pairs in the order of their keys (`compareTerms`), each key once: make it with `objectTerm`. */
export interface ObjectTerm {
  type: 'object';
  pairs: TermPair[];
  location: Location | undefined;
}
export type TermPair = [key: Term, value: Term];

/** Items in order (`compareTerms`), each once: make it with `setTerm`. */
export interface SetTerm {
  type: 'set';
  items: Term[];
  location: Location | undefined;
}

export interface ArrayComprehension {
  type: 'arraycomprehension';
  term: Term;
  body: Body;
  location: Location | undefined;
}

export interface ObjectComprehension {
  type: 'objectcomprehension';
  key: Term;
  value: Term;
  body: Body;
  location: Location | undefined;
}

export interface SetComprehension {
  type: 'setcomprehension';
  term: Term;
  body: Body;
  location: Location | undefined;
}

export interface CallTerm {
  type: 'call';
  /** A reference. */
  operator: Term;
  operands: Term[];
  location: Location | undefined;
}

export interface TemplateString {
  type: 'templatestring';
  /** Texts and constants as terms; everything else as an expression, which may be undefined. */
  parts: TemplatePart[];
  /** Written with back quotes. */
  multiLine: boolean;
  location: Location | undefined;
}
export type TemplatePart = { type: 'term'; term: Term } | { type: 'expr'; expr: Expr };
