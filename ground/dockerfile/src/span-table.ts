import type { JsonValue, Span } from '@keelson/core';

/** Source ranges of the objects of a value, and of the strings in its lists. */
export class SpanTable {
  readonly #objects = new WeakMap<object, Span>();
  readonly #items = new WeakMap<object, readonly Span[]>();

  mark<T extends JsonValue & object>(value: T, span: Span): T {
    this.#objects.set(value, span);
    return value;
  }

  /** A list whose items stand at `spans`. */
  markItems<T extends JsonValue[]>(list: T, spans: readonly Span[]): T {
    this.#items.set(list, spans);
    return list;
  }

  find(parent: JsonValue, step: string | number, child: JsonValue | undefined): Span | undefined {
    if (typeof child === 'object' && child !== null) {
      const own = this.#objects.get(child);
      if (own !== undefined) return own;
    }
    if (typeof parent !== 'object' || parent === null || typeof step !== 'number') return undefined;
    return this.#items.get(parent)?.[step];
  }
}
