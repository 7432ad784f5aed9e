/** Fields whose values are words of keelson itself, not of the input. */
export type OwnFields = ReadonlySet<string>;

const none: OwnFields = new Set();

/** Writes plain data as JSON with every sensitive text taken out; integers too big for a double become text. */
export class Redaction {
  readonly #redact: (text: string) => string;

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /**
   * JSON of the data. The fields in `own` of the outermost object stay as they are: a password `admin` takes
   * nothing from the id of a rule, nor `1234` from a fingerprint.
   */
  json(value: object, own: OwnFields = none): string {
    const written = JSON.stringify(value, exactIntegers);
    // Most findings hold nothing sensitive, and looking through the whole text at once is cheap.
    return this.#redact(written) === written ? written : JSON.stringify(this.copy(value, own));
  }

  /** A copy of the data with every text redacted. */
  copy(value: unknown, own: OwnFields = none): unknown {
    if (typeof value === 'string') return this.#redact(value);
    if (typeof value === 'bigint') return value.toString();
    if (Array.isArray(value)) return value.map((item: unknown) => this.copy(item));
    if (typeof value !== 'object' || value === null) return value;
    const out: Record<string, unknown> = Object.create(null);
    for (const [key, field] of Object.entries(value)) out[key] = own.has(key) ? field : this.copy(field);
    return out;
  }
}

function exactIntegers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** An array with an item to each line, item by item: as one text it would take many times the memory. */
export function* arrayParts<T>(items: readonly T[], write: (item: T) => string): Generator<string> {
  let lead = '[\n';
  for (const item of items) {
    yield lead + write(item);
    lead = ',\n';
  }
  yield items.length === 0 ? '[]' : '\n]';
}
