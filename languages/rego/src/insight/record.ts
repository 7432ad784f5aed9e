import type { ReadLog } from '../evaluator/runtime/reads.ts';
import type { Activation, ExpressionTry, TryRecorder, WatchedNode } from '../evaluator/runtime/watch.ts';
import type { RegoValue } from '../values/index.ts';

export interface RecordLimits {
  /** Tries of rules and functions that are kept, all together. */
  readonly maxTries: number;
  /** Results that are kept of one try. */
  readonly maxResults: number;
}

/** Failures that are kept of one try: of those at the furthest expression, the first. */
const maxFailures = 3;

/** What one try of a rule came to. */
export interface RuleTry {
  /** Undefined for the query itself. */
  readonly node: Extract<WatchedNode, { kind: 'rule' }> | undefined;
  readonly results: { readonly value: RegoValue | undefined; readonly reads: ReadLog }[];
  resultCount: number;
  /** Of the failures at the furthest expression of the body. */
  failures: ExpressionTry[];
  failureCount: number;
  /** Rules and functions that it asked for; a document is made once and stands where it was first asked for. */
  readonly asked: RuleTry[];
}

/** Keeps each try of a rule with what it read and where it failed. */
export class Recorder implements TryRecorder {
  readonly root: RuleTry = emptyTry(undefined);
  /** More was tried than is kept. */
  truncated = false;
  readonly #tries = new WeakMap<Activation, RuleTry>();
  readonly #limits: RecordLimits;
  #count = 0;

  constructor(limits: RecordLimits) {
    this.#limits = limits;
  }

  enter(activation: Activation): void {
    const { node, parent } = activation;
    const around = (parent === undefined ? undefined : this.#tries.get(parent)) ?? this.root;
    if (node.kind !== 'rule') {
      this.#tries.set(activation, node.kind === 'query' ? this.root : around);
      return;
    }
    const made = emptyTry(node);
    this.#tries.set(activation, made);
    if (++this.#count > this.#limits.maxTries) this.truncated = true;
    else around.asked.push(made);
  }

  held(activation: Activation, value: RegoValue | undefined, reads: ReadLog): void {
    const rule = this.#tries.get(activation);
    if (rule === undefined) return;
    rule.resultCount++;
    if (rule.results.length < this.#limits.maxResults) rule.results.push({ value, reads });
    else this.truncated = true;
  }

  failed(expression: ExpressionTry): void {
    const { activation, point } = expression;
    const rule = activation.node.kind === 'body' ? undefined : this.#tries.get(activation);
    if (rule === undefined) return;
    const furthest = rule.failures[0]?.point.index ?? -1;
    if (point.index < furthest) return;
    if (point.index > furthest) {
      rule.failures = [];
      rule.failureCount = 0;
    }
    rule.failureCount++;
    if (rule.failures.length < maxFailures) rule.failures.push(expression);
  }
}

function emptyTry(node: RuleTry['node']): RuleTry {
  return { node, results: [], resultCount: 0, failures: [], failureCount: 0, asked: [] };
}
