import { type DerElement, derFault, elementAt, tags } from './element.ts';

/** The elements of a SEQUENCE or SET one after the other, as its ASN.1 type lists them. */
export class DerFields {
  readonly #parent: DerElement;
  readonly #what: string;
  #at: number;

  /** @param what the name of the type, for messages. */
  constructor(parent: DerElement, what: string, tag: number = tags.sequence) {
    if (parent.tag !== tag)
      throw derFault(`${what} has the tag ${shown(parent.tag)} instead of ${shown(tag)}`, parent.start);
    this.#parent = parent;
    this.#what = what;
    this.#at = parent.contentStart;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#parent.end;
  }

  /** The tag of the next element; 0, which no element has, at the end. */
  get nextTag(): number {
    return this.isAtEnd ? 0 : (this.#parent.source[this.#at] ?? 0);
  }

  any(name: string): DerElement {
    if (this.isAtEnd) throw derFault(`${this.#what}.${name} is missing`, this.#at);
    const { source, end, depth } = this.#parent;
    const element = elementAt(source, this.#at, end, depth + 1);
    this.#at = element.end;
    return element;
  }

  take(tag: number, name: string): DerElement {
    const found = this.nextTag;
    if (found === tag) return this.any(name);
    const fault = found === 0 ? 'is missing' : `has the tag ${shown(found)} instead of ${shown(tag)}`;
    throw derFault(`${this.#what}.${name} ${fault}`, this.#at);
  }

  optional(tag: number, name: string): DerElement | undefined {
    return this.nextTag === tag ? this.any(name) : undefined;
  }

  /** The one element inside an explicit context tag. */
  explicit(tag: number, name: string): DerElement | undefined {
    const outer = this.optional(tag, name);
    if (outer === undefined) return undefined;
    const inner = new DerFields(outer, `${this.#what}.${name}`, tag);
    const element = inner.any('value');
    inner.finish();
    return element;
  }

  /** @throws PkiError DER_INVALID where something is left that the type does not have. */
  finish(): void {
    if (!this.isAtEnd)
      throw derFault(`${this.#what} has an element too many, tag ${shown(this.nextTag)}`, this.#at);
  }
}

function shown(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`;
}
