import type { SourceText, Span } from '@keelson/core';

/** A file of HCL's native syntax. */
export interface HclFile {
  readonly source: SourceText;
  readonly body: HclBody;
}

export interface HclBody {
  readonly attributes: readonly HclAttribute[];
  readonly blocks: readonly HclBlock[];
}

/** `name = expression`; a body has each name once. */
export interface HclAttribute {
  readonly name: string;
  readonly nameSpan: Span;
  readonly expression: HclExpression;
}

/** `type "label" … { … }`. */
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  /** From the type to the brace that opens. */
  readonly headSpan: Span;
  readonly span: Span;
  readonly body: HclBody;
}

export type HclUnaryOperator = '-' | '!';
export type HclBinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

/** A value as it is written; `span` is its text. */
export type HclExpression = { readonly span: Span } & (
  | { readonly type: 'literal'; readonly value: null | boolean | string }
  /** `text` is the number as written, a finite decimal. */
  | { readonly type: 'number'; readonly text: string }
  | { readonly type: 'template'; readonly parts: readonly HclTemplatePart[] }
  /** A template that is one `${…}` and nothing else: it has the value and the type of that. */
  | { readonly type: 'wrap'; readonly expression: HclExpression }
  | { readonly type: 'tuple'; readonly items: readonly HclExpression[] }
  | { readonly type: 'object'; readonly items: readonly HclObjectItem[] }
  | HclFor
  | HclCall
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'attribute'; readonly of: HclExpression; readonly name: string }
  | { readonly type: 'index'; readonly of: HclExpression; readonly key: HclExpression }
  /** `of[*]` and `of.*`: `each` is asked of every item, which stands in it as `item`. */
  | { readonly type: 'splat'; readonly of: HclExpression; readonly each: HclExpression }
  | { readonly type: 'item' }
  | { readonly type: 'unary'; readonly operator: HclUnaryOperator; readonly operand: HclExpression }
  | HclBinary
  | HclConditional
  | { readonly type: 'parentheses'; readonly expression: HclExpression }
);

export interface HclObjectItem {
  /** A bare name is a `variable` here, and means its text. */
  readonly key: HclExpression;
  readonly value: HclExpression;
}

/** `[for …]` where `key` is absent, else `{for …}`. */
export interface HclFor {
  readonly type: 'for';
  readonly keyName: string | undefined;
  readonly valueName: string;
  readonly collection: HclExpression;
  readonly key: HclExpression | undefined;
  readonly value: HclExpression;
  readonly condition: HclExpression | undefined;
  /** `...`: values of one key are gathered. */
  readonly grouped: boolean;
}

export interface HclCall {
  readonly type: 'call';
  /** With its namespaces: `provider::aws::arn_parse`. */
  readonly name: string;
  readonly arguments: readonly HclExpression[];
  /** The last argument is a list of arguments: `max(list...)`. */
  readonly expanded: boolean;
}

export interface HclBinary {
  readonly type: 'binary';
  readonly operator: HclBinaryOperator;
  readonly left: HclExpression;
  readonly right: HclExpression;
}

export interface HclConditional {
  readonly type: 'conditional';
  readonly condition: HclExpression;
  readonly whenTrue: HclExpression;
  readonly whenFalse: HclExpression;
}

/** Literal text and `${…}` are expressions; `%{if}` and `%{for}` stand only in templates. */
export type HclTemplatePart = HclExpression | HclTemplateIf | HclTemplateFor;

export interface HclTemplateIf {
  readonly type: 'template-if';
  readonly condition: HclExpression;
  readonly whenTrue: readonly HclTemplatePart[];
  readonly whenFalse: readonly HclTemplatePart[];
  readonly span: Span;
}

export interface HclTemplateFor {
  readonly type: 'template-for';
  readonly keyName: string | undefined;
  readonly valueName: string;
  readonly collection: HclExpression;
  readonly body: readonly HclTemplatePart[];
  readonly span: Span;
}
