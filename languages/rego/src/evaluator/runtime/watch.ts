import type { Body, Expr, Rule } from '../../syntax/ast.ts';
import type { Location } from '../../syntax/location.ts';
import type { RegoValue } from '../../values/index.ts';
import { type Read, ReadLog, type ReadPath } from './reads.ts';

/** What an event of an evaluation is about. One object for each place of the program. */
export type WatchedNode =
  | {
      readonly kind: 'query' | 'body';
      readonly body: Body;
      readonly names: OriginalNames;
      readonly location: Location | undefined;
    }
  | {
      readonly kind: 'rule';
      readonly rule: Rule;
      /** As OPA prints it, variables left out: `data.app.allow`. */
      readonly name: string;
      readonly names: OriginalNames;
      readonly location: Location | undefined;
    }
  | WatchedExpression;

export interface WatchedExpression {
  readonly kind: 'expression';
  readonly expr: Expr;
  /** Its place in its body. */
  readonly index: number;
  /** The variables that it mentions and that have a value before it. */
  readonly variables: readonly string[];
  readonly names: OriginalNames;
  readonly location: Location | undefined;
}

/** Generated names of local variables → the names in the text. */
export type OriginalNames = ReadonlyMap<string, string>;

export type WatchEventKind = 'Enter' | 'Exit' | 'Eval' | 'Fail' | 'Redo' | 'Note';

/** One event, in OPA's terms. Queries have numbers: each try of a rule, a comprehension or a `not` is one. */
export interface WatchEvent {
  readonly kind: WatchEventKind;
  readonly node: WatchedNode;
  readonly query: number;
  /** The query that asked for this one; its own number for the first. */
  readonly parent: number;
  /** The text of a note. */
  readonly message?: string;
}

/** Hears the events of an evaluation as they come. What it throws ends the evaluation. */
export interface EvaluationListener {
  event(event: WatchEvent): void;
}

/** One try of a body. */
export interface Activation {
  readonly number: number;
  readonly node: Exclude<WatchedNode, WatchedExpression>;
  readonly parent: Activation | undefined;
  /** The expression that asked for it, where reads are kept. */
  readonly within: ExpressionTry | undefined;
}

/** One evaluation of an expression, with what it read. */
export interface ExpressionTry {
  readonly point: WatchedExpression;
  readonly activation: Activation;
  readonly values: readonly RegoValue[];
  readonly reads: ReadLog;
}

/** Hears what tries give, besides the events. */
export interface TryRecorder {
  enter(activation: Activation): void;
  held(activation: Activation, value: RegoValue | undefined, reads: ReadLog): void;
  failed(expression: ExpressionTry): void;
}

/** What generated code calls when an evaluation is watched. */
export class Watch {
  readonly #listeners: readonly EvaluationListener[];
  readonly #recorder: TryRecorder | undefined;
  readonly #origins = new WeakMap<object, Read>();
  #current: Activation | undefined;
  #count = 0;

  constructor(listeners: readonly EvaluationListener[], recorder: TryRecorder | undefined) {
    this.#listeners = listeners;
    this.#recorder = recorder;
  }

  /** A rule, a query or a body within an expression begins. */
  enter(node: Activation['node'], within?: ExpressionTry): Activation {
    const parent = within?.activation ?? this.#current;
    const activation = { number: this.#count++, node, parent, within };
    this.#current = activation;
    this.#recorder?.enter(activation);
    this.#tell('Enter', node, activation);
    return activation;
  }

  /** What is evaluated next belongs to the activation. */
  goOn(activation: Activation): void {
    this.#current = activation;
  }

  leave(activation: Activation): void {
    this.#current = activation.parent;
  }

  /** The body held, with that value; `reads` are those of the way on which it held. */
  exit(
    activation: Activation,
    value: RegoValue | undefined,
    reads: readonly (Read | undefined)[],
    tries: readonly ExpressionTry[],
  ): void {
    this.#tell('Exit', activation.node, activation);
    if (this.#recorder === undefined || activation.node.kind === 'body') return;
    const log = new ReadLog();
    for (const read of reads) if (read !== undefined) log.add(read);
    for (const { reads } of tries) log.addInner(reads);
    this.#recorder.held(activation, value, log);
  }

  redoBody(activation: Activation): void {
    this.#tell('Redo', activation.node, activation);
  }

  eval(
    activation: Activation,
    point: WatchedExpression,
    values: readonly RegoValue[],
    reads: readonly (Read | undefined)[],
  ): ExpressionTry {
    this.#current = activation;
    this.#tell('Eval', point, activation);
    const log = new ReadLog(activation.within?.reads);
    if (this.#recorder !== undefined) for (const read of reads) if (read !== undefined) log.add(read);
    return { point, activation, values, reads: log };
  }

  fail(expression: ExpressionTry): void {
    this.#tell('Fail', expression.point, expression.activation);
    this.#recorder?.failed(expression);
  }

  redo(expression: ExpressionTry): void {
    this.#tell('Redo', expression.point, expression.activation);
  }

  note(message: string): void {
    const activation = this.#current;
    if (activation !== undefined) this.#tell('Note', activation.node, activation, message);
  }

  /** A document begins to be read: `input`, or a stored part of `data`. */
  root(expression: ExpressionTry, path: ReadPath, value: RegoValue | undefined): Read | undefined {
    if (this.#recorder === undefined) return undefined;
    return this.#keep(expression, { path, value });
  }

  /** The document of rules is read, or its entry at `key`. What came from elsewhere as a whole is told by that place. */
  document(
    expression: ExpressionTry,
    path: ReadPath,
    value: RegoValue | undefined,
    key?: RegoValue,
  ): Read | undefined {
    if (this.#recorder === undefined) return undefined;
    const origin = isComposite(value) ? this.#origins.get(value) : undefined;
    const own = key === undefined ? path : { parent: path, key };
    return this.#keep(expression, origin ?? { path: own, value });
  }

  /** A value is looked up in another one; that one comes from where `from` tells, or from where it was read before. */
  step(
    expression: ExpressionTry,
    from: Read | undefined,
    container: RegoValue,
    key: RegoValue,
    value: RegoValue | undefined,
  ): Read | undefined {
    if (this.#recorder === undefined) return undefined;
    const origin = from ?? (isComposite(container) ? this.#origins.get(container) : undefined);
    if (origin === undefined) return undefined;
    // What a rule gives may come from the input as a whole: its place there says more.
    const known = isComposite(value) ? this.#origins.get(value) : undefined;
    return this.#keep(expression, known ?? { path: { parent: origin.path, key }, value });
  }

  #keep(expression: ExpressionTry, read: Read): Read {
    if (isComposite(read.value) && !this.#origins.has(read.value)) this.#origins.set(read.value, read);
    expression.reads.add(read);
    return read;
  }

  #tell(kind: WatchEventKind, node: WatchedNode, activation: Activation, message?: string): void {
    if (this.#listeners.length === 0) return;
    const { number, parent } = activation;
    const event: WatchEvent = {
      kind,
      node,
      query: number,
      parent: parent?.number ?? number,
      ...(message === undefined ? {} : { message }),
    };
    for (const listener of this.#listeners) listener.event(event);
  }
}

function isComposite(
  value: RegoValue | undefined,
): value is Exclude<RegoValue, string | number | boolean | null> {
  return typeof value === 'object' && value !== null;
}
