import { childOf, type JsonObject, type JsonValue, type Path, type PathStep, type Span } from '@keelson/core';

/** Where a value of a document stands, or the nearest one above it that is known. */
export type Locate = (path: Path) => Span | undefined;

/** Notes where members and items stand while a value is built. */
export class Places {
  readonly #spans = new WeakMap<object, Map<PathStep, Span>>();

  readonly mark = (holder: JsonObject | JsonValue[], step: PathStep, span: Span): void => {
    const steps = this.#spans.get(holder) ?? new Map<PathStep, Span>();
    steps.set(step, span);
    this.#spans.set(holder, steps);
  };

  /** Finds places in `root`. */
  within(root: JsonValue): Locate {
    return (path) => {
      let current: JsonValue | undefined = root;
      let span: Span | undefined;
      for (const step of path) {
        if (typeof current !== 'object' || current === null) break;
        span = this.#spans.get(current)?.get(step) ?? span;
        current = childOf(current, step);
      }
      return span;
    };
  }
}
