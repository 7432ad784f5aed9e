import { deepRewriter, rewriteExpr } from '../compiler/rewrite.ts';
import { RegoError } from '../errors.ts';
import type {
  EvaluationListener,
  OriginalNames,
  WatchEvent,
  WatchedNode,
} from '../evaluator/runtime/watch.ts';
import type { Expr, Term } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import { copyExpr } from '../syntax/copy.ts';
import { printExpr } from '../syntax/print.ts';

/** Which events are kept: all, or those that failed, notes, or both, with the events that led to them. */
export type TraceMode = 'full' | 'fails' | 'notes' | 'fails and notes';

export interface TraceOptions {
  /** `full` where not given. */
  readonly mode?: TraceMode;
  /** As many events as are kept; 1,000,000 where not given. */
  readonly maxEvents?: number;
}

/** One event with its text, as `opa eval --explain` writes it. */
export interface TraceLine {
  readonly event: WatchEvent['kind'];
  readonly file: string;
  readonly row: number;
  /** How deep the body stands that it belongs to; 1 for the query. */
  readonly depth: number;
  readonly text: string;
}

/** Keeps what an evaluation does. */
export class Trace implements EvaluationListener {
  readonly #events: WatchEvent[] = [];
  readonly #mode: TraceMode;
  readonly #maxEvents: number;

  constructor({ mode = 'full', maxEvents = 1_000_000 }: TraceOptions = {}) {
    this.#mode = mode;
    this.#maxEvents = maxEvents;
  }

  /** @throws RegoError eval_limit_error when there are more events than are kept. */
  event(event: WatchEvent): void {
    if (this.#events.length >= this.#maxEvents)
      throw new RegoError('eval_limit_error', `trace passes the limit maxEvents of ${this.#maxEvents}`);
    this.#events.push(event);
  }

  get lines(): readonly TraceLine[] {
    const depths = new Map<number, number>();
    const kept = this.#mode === 'full' ? this.#events : leadingTo(this.#events, this.#mode);
    return kept.map((event) => {
      const depth = depthOf(event, depths);
      const { location } = event.node;
      const file = location === undefined || location.file === '' ? 'query' : location.file;
      return { event: event.kind, file, row: location?.row ?? 1, depth, text: textOf(event, depth) };
    });
  }

  /** A line for each event, with its place before it. */
  format(): string {
    const lines = this.lines;
    const width = Math.max(7, ...lines.slice(0, 10_000).map(({ file, row }) => `${file}:${row}`.length)) + 5;
    return lines.map(({ file, row, text }) => `${`${file}:${row}`.padEnd(width)}${text}\n`).join('');
  }
}

function depthOf({ query, parent }: WatchEvent, depths: Map<number, number>): number {
  const known = depths.get(query);
  if (known !== undefined) return known;
  const depth = (depths.get(parent) ?? 0) + 1;
  depths.set(query, depth);
  return depth;
}

const wantedKinds = { fails: ['Fail'], notes: ['Note'], 'fails and notes': ['Fail', 'Note'] } as const;

/** The events wanted, each after the beginnings of the bodies around it that were not shown before. */
function leadingTo(events: readonly WatchEvent[], mode: keyof typeof wantedKinds): WatchEvent[] {
  const wanted: ReadonlySet<WatchEvent['kind']> = new Set(wantedKinds[mode]);
  const kept: WatchEvent[] = [];
  let open = new Map<number, WatchEvent>();
  for (const event of events) {
    if (wanted.has(event.kind)) {
      const path = [event];
      let around = open.get(event.query);
      while (around !== undefined) {
        path.push(around);
        around = around.parent === around.query ? undefined : open.get(around.parent);
      }
      kept.push(...path.reverse());
      open = new Map();
    }
    const begins = event.kind === 'Enter' || event.kind === 'Redo';
    if (begins && event.node.kind !== 'expression') open.set(event.query, event);
  }
  return kept;
}

function textOf({ kind, node, message }: WatchEvent, depth: number): string {
  const atBody = kind === 'Enter' || (kind === 'Redo' && node.kind !== 'expression');
  const margin = '| '.repeat(atBody ? depth - 1 : depth);
  return `${margin}${kind} ${kind === 'Note' ? JSON.stringify(message) : nodeText(node)}`;
}

const texts = new WeakMap<WatchedNode, string>();

/** The expressions as they are evaluated, with the names that variables have in the text. */
export function nodeText(node: WatchedNode): string {
  const known = texts.get(node);
  if (known !== undefined) return known;
  const text = printed(node);
  texts.set(node, text);
  return text;
}

function printed(node: WatchedNode): string {
  switch (node.kind) {
    case 'rule':
      return node.name;
    case 'expression':
      return printNamed(node.expr, node.names);
    default:
      return node.body.map((expr) => printNamed(expr, node.names)).join('; ');
  }
}

function printNamed(expr: Expr, names: OriginalNames): string {
  const copy = copyExpr(expr);
  const rename = (term: Term): Term => {
    const name = term.type === 'var' ? names.get(term.name) : undefined;
    return name === undefined ? term : varTerm(name);
  };
  rewriteExpr(copy, deepRewriter({ term: rename }));
  return printExpr(copy);
}
