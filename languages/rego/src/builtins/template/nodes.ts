/** The tree of a template, as Go's text/template has the language. `at` is an offset into its text. */

export type Statement =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | Branch
  | { readonly kind: 'template'; readonly at: number; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' };

/** `if`, `range` or `with`. */
export interface Branch {
  readonly kind: 'if' | 'range' | 'with';
  readonly pipe: Pipe;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

/** Commands of which each is given the value of the one before, and the variables that take the last value. */
export interface Pipe {
  readonly at: number;
  readonly variables: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

/** An operand, or a function with its arguments. */
export interface Command {
  readonly at: number;
  readonly text: string;
  readonly operands: readonly Operand[];
}

export type Operand =
  | { readonly kind: 'dot'; readonly at: number }
  | { readonly kind: 'nil'; readonly at: number }
  | { readonly kind: 'constant'; readonly at: number; readonly value: Constant }
  | { readonly kind: 'field'; readonly at: number; readonly names: readonly string[] }
  | {
      readonly kind: 'variable';
      readonly at: number;
      readonly name: string;
      readonly names: readonly string[];
    }
  | { readonly kind: 'function'; readonly at: number; readonly name: string }
  | { readonly kind: 'pipe'; readonly at: number; readonly pipe: Pipe; readonly names: readonly string[] };

/** A literal: integers are `bigint`, other numbers a float. */
export type Constant = boolean | string | bigint | GoFloat;

/** A float64 of the template, apart from the numbers of the data, which are texts to it. */
export class GoFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export interface Template {
  readonly text: string;
  readonly main: readonly Statement[];
  readonly defined: ReadonlyMap<string, readonly Statement[]>;
}

/** What is wrong with a template, with its place, as Go tells it. */
export class TemplateError extends Error {}

/** Nesting of actions and of templates that are called. */
export const maxTemplateDepth = 200;
