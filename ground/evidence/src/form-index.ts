/** A text that is looked for, and the sensitive value that it tells. */
export interface Form {
  readonly text: string;
  readonly value: string;
  /** True for a later piece of a long value, which goes on where the piece before it ends. */
  isContinuation: boolean;
  /** The longest other form that this one begins with. */
  prefix: Form | undefined;
}

/** Forms with the same beginning; in order of text once they have been asked for. */
interface Bucket {
  readonly forms: Form[];
  isSorted: boolean;
}

/** Forms shorter than this are not looked for: they would stand everywhere. */
export const shortestForm = 4;
/** Longer texts are looked for piece by piece, so that no place in a text costs more than a piece. */
const longestForm = 64;
const filterBits = 16;

/**
 * Finds which of many forms stands at a place in a text. A place costs one look into a table where no form begins
 * with the four characters there, else a binary search among the forms that do, whatever their number and length.
 */
export class FormIndex {
  readonly #forms = new Map<string, Form>();
  /** One mark for each hash of four characters that begin a form. */
  readonly #filter = new Uint8Array(1 << filterBits);
  readonly #buckets = new Map<string, Bucket>();

  get size(): number {
    return this.#forms.size;
  }

  /** Makes a way of writing a value known, a long one in pieces. */
  add(text: string, value: string): void {
    for (let at = 0; at === 0 || at < text.length; at += longestForm) {
      // The last piece is as long as the others, so that it says no less than they do.
      const start = Math.min(at, Math.max(text.length - longestForm, 0));
      this.#addForm(text.slice(start, start + longestForm), value, at > 0);
    }
  }

  #addForm(text: string, value: string, isContinuation: boolean): void {
    const known = this.#forms.get(text);
    if (known !== undefined) {
      known.isContinuation ||= isContinuation;
      return;
    }
    const form: Form = { text, value, isContinuation, prefix: undefined };
    this.#forms.set(text, form);
    this.#filter[hashOf(windowAt(text, 0))] = 1;
    const start = text.slice(0, shortestForm);
    const bucket = this.#buckets.get(start);
    if (bucket === undefined) this.#buckets.set(start, { forms: [form], isSorted: false });
    else {
      bucket.forms.push(form);
      bucket.isSorted = false;
    }
  }

  /** The next offset from `from` on where a form may stand, or -1. */
  next(text: string, from: number): number {
    const filter = this.#filter;
    const last = shortestForm - 1;
    let window = from + last < text.length ? windowAt(text, from) >>> 8 : 0;
    for (let end = from + last; end < text.length; end++) {
      window = (window << 8) | (text.charCodeAt(end) & 0xff);
      if (filter[hashOf(window)] !== 0) return end - last;
    }
    return -1;
  }

  /** The longest form that stands at an offset, at least four characters before the end of the text. */
  longestAt(text: string, at: number): Form | undefined {
    const bucket = this.#buckets.get(text.slice(at, at + shortestForm));
    if (bucket === undefined) return undefined;
    if (!bucket.isSorted) sortBucket(bucket);
    const { forms } = bucket;
    let low = 0;
    let high = forms.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAfter(forms[middle]?.text ?? '', text, at)) high = middle;
      else low = middle + 1;
    }
    // Every form that stands here is a beginning of the last one that does not sort behind the text here.
    let form = forms[low - 1];
    const common = form === undefined ? 0 : commonLength(form.text, text, at);
    while (form !== undefined && form.text.length > common) form = form.prefix;
    return form;
  }
}

function sortBucket(bucket: Bucket): void {
  bucket.forms.sort((a, b) => (a.text < b.text ? -1 : 1));
  let before: Form | undefined;
  for (const form of bucket.forms) {
    while (before !== undefined && !form.text.startsWith(before.text)) before = before.prefix;
    form.prefix = before;
    before = form;
  }
  bucket.isSorted = true;
}

function commonLength(form: string, text: string, at: number): number {
  let length = 0;
  while (length < form.length && form.charCodeAt(length) === text.charCodeAt(at + length)) length++;
  return length;
}

/** True when a form sorts behind the text at an offset; one that stands there does not. */
function isAfter(form: string, text: string, at: number): boolean {
  const length = commonLength(form, text, at);
  if (length === form.length) return false;
  return at + length >= text.length || form.charCodeAt(length) > text.charCodeAt(at + length);
}

/** Hash of four characters, given the low bytes of each in one number. */
function hashOf(window: number): number {
  return Math.imul(window, 0x9e3779b1) >>> (32 - filterBits);
}

function windowAt(text: string, at: number): number {
  let window = 0;
  for (let i = 0; i < shortestForm; i++) window = (window << 8) | (text.charCodeAt(at + i) & 0xff);
  return window;
}
