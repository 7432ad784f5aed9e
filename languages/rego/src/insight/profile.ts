import type { EvaluationListener, WatchEvent } from '../evaluator/runtime/watch.ts';
import type { Location } from '../syntax/location.ts';

/** What one line cost, in the words of `opa eval --profile`. */
export interface LineProfile {
  readonly location: { readonly file: string; readonly row: number; readonly col: number };
  readonly num_eval: number;
  /** How often the expressions of the line gave a result and were tried for the next. */
  readonly num_redo: number;
  /** Expressions that the compiler made of what the line says. */
  readonly num_gen_expr: number;
  readonly total_time_ns: number;
}

interface Line {
  readonly location: Location;
  readonly indexes: Set<number>;
  evaluated: number;
  redone: number;
  milliseconds: number;
}

/** Time and counts for each line, over one or more evaluations. An expression's time goes to the next event. */
export class Profile implements EvaluationListener {
  readonly #lines = new Map<string, Line>();
  readonly #clock: () => number;
  #last: Line | undefined;
  #since = 0;

  /** @param clock milliseconds that only go forward. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  event({ kind, node }: WatchEvent): void {
    if (node.kind !== 'expression' || (kind !== 'Eval' && kind !== 'Redo')) return;
    const now = this.#clock();
    this.#stop(now);
    const line = this.#lineAt(node.location);
    this.#last = line;
    this.#since = now;
    if (line === undefined) return;
    line.indexes.add(node.index);
    if (kind === 'Eval') line.evaluated++;
    else line.redone++;
  }

  /** Ends the time of the last expression; to be called after an evaluation. */
  stop(): void {
    this.#stop(this.#clock());
    this.#last = undefined;
  }

  #stop(now: number): void {
    if (this.#last !== undefined) this.#last.milliseconds += now - this.#since;
  }

  #lineAt(location: Location | undefined): Line | undefined {
    if (location === undefined) return undefined;
    const key = `${location.row}:${location.file}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const made: Line = { location, indexes: new Set(), evaluated: 0, redone: 0, milliseconds: 0 };
    this.#lines.set(key, made);
    return made;
  }

  /** The lines by time, the dearest first. */
  get lines(): readonly LineProfile[] {
    return [...this.#lines.values()]
      .sort((a, b) => b.milliseconds - a.milliseconds)
      .map(({ location: { file, row, col }, evaluated, redone, indexes, milliseconds }) => ({
        location: { file, row, col },
        num_eval: evaluated,
        num_redo: redone,
        num_gen_expr: indexes.size,
        total_time_ns: Math.round(milliseconds * 1e6),
      }));
  }
}
