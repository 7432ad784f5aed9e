/** Fields whose values are words of keelson itself, not of the input. */
export type OwnFields = ReadonlySet<string>;

const none: OwnFields = new Set();

/**
 * Plain data made ready for JSON: every text is redacted, integers too big for a double become text. Texts come
 * back often in a report, so each is looked through once.
 */
export class Redaction {
  readonly #redact: (text: string) => string;
  readonly #known = new Map<string, string>();

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /**
   * A copy of the data. The fields in `own` of the outermost object stay as they are: a password `admin` takes
   * nothing from the id of a rule, nor `1234` from a fingerprint.
   */
  copy(value: unknown, own: OwnFields = none): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'bigint') return value.toString();
    if (Array.isArray(value)) return value.map((item: unknown) => this.copy(item));
    if (typeof value !== 'object' || value === null) return value;
    const out: Record<string, unknown> = Object.create(null);
    for (const [key, field] of Object.entries(value)) out[key] = own.has(key) ? field : this.copy(field);
    return out;
  }

  #text(text: string): string {
    let out = this.#known.get(text);
    if (out === undefined) {
      out = this.#redact(text);
      this.#known.set(text, out);
    }
    return out;
  }
}

/** Data as indented JSON. */
export function indented(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

/**
 * The text of an array as it stands `depth` levels deep in indented JSON, item by item: all items as one tree of
 * objects, or as one text, would take many times the memory of the largest.
 */
export function* arrayParts<T>(
  items: readonly T[],
  depth: number,
  dress: (item: T) => unknown,
): Generator<string> {
  if (items.length === 0) {
    yield '[]';
    return;
  }
  const [before = '', after = ''] = indented(nest('@', depth + 1)).split('"@"');
  const margin = '  '.repeat(depth + 1);
  let lead = '[\n';
  for (const item of items) {
    yield lead + margin + indented(nest(dress(item), depth + 1)).slice(before.length, -after.length);
    lead = ',\n';
  }
  yield `\n${'  '.repeat(depth)}]`;
}

function nest(value: unknown, levels: number): unknown {
  return levels === 0 ? value : [nest(value, levels - 1)];
}
