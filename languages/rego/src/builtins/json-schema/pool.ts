import { getKey, isArray, isObjectValue, type RegoValue } from '../../values/index.ts';
import { type Draft, SchemaFault } from './node.ts';

export interface PooledDocument {
  readonly document: RegoValue;
  readonly draft: Draft | undefined;
}

/** What a reference leads to from a schema with the given identity; fragments too. */
export function resolveReference(base: string, reference: string): string {
  if (/^[A-Za-z][\w+.-]*:/.test(reference)) return reference;
  const [place = ''] = base.split('#');
  if (reference === '') return base;
  if (reference.startsWith('#')) return place + (reference === '#' ? '' : reference);
  if (place === '') return reference.startsWith('/') ? reference : `/${reference}`;
  if (/^[A-Za-z][\w+.-]*:/.test(place) && URL.canParse(reference, place))
    return new URL(reference, place).href;
  return reference.startsWith('/') ? reference : place.replace(/[^/]*$/, '') + reference;
}

/** Documents by their identities: the root under the empty text, and every schema with an `$id`. */
export class SchemaPool {
  readonly #documents = new Map<string, PooledDocument>();

  constructor(root: RegoValue, draft: Draft | undefined) {
    this.#collect(root, '', draft, 0);
    this.#documents.set('', { document: root, draft });
  }

  #collect(value: RegoValue, base: string, draft: Draft | undefined, depth: number): void {
    if (depth > maxDepth) throw new SchemaFault('schema nests too deeply');
    if (isArray(value)) for (const item of value) this.#collect(item, base, draft, depth + 1);
    if (!isObjectValue(value)) return;
    const identity = identityOf(value, base);
    if (identity !== undefined) {
      if (this.#documents.has(identity)) throw new SchemaFault(`Reference already exists: "${identity}"`);
      this.#documents.set(identity, { document: value, draft });
    }
    for (const [name, item] of Object.entries(value)) {
      if (name === 'const' || name === 'enum') continue;
      const isTable = name === 'properties' || name === 'dependencies' || name === 'patternProperties';
      const inner = isTable && isObjectValue(item) ? Object.values(item) : [item];
      if (isTable && !isObjectValue(item)) continue;
      for (const schema of inner) this.#collect(schema, identity ?? base, draft, depth + 1);
    }
  }

  /** The document that an absolute reference names. Nothing is fetched. */
  find(reference: string): PooledDocument {
    const known = this.#documents.get(reference);
    if (known !== undefined) return known;
    const [place = '', fragment = ''] = reference.split('#');
    const document = this.#documents.get(place);
    if (document !== undefined) return { ...document, document: follow(document.document, fragment) };
    if (!/^[A-Za-z][\w+.-]*:/.test(reference))
      throw new SchemaFault(`Reference ${reference} must be canonical`);
    throw new SchemaFault(`remote reference loading disabled: ${reference}`);
  }
}

export const maxDepth = 500;

/** The identity that a schema gives itself. */
export function identityOf(schema: RegoValue, base: string): string | undefined {
  if (!isObjectValue(schema)) return undefined;
  const identity = getKey(schema, getKey(schema, 'id') === undefined ? '$id' : 'id');
  return typeof identity === 'string' ? resolveReference(base, identity) : undefined;
}

/** RFC 6901. */
function follow(document: RegoValue, fragment: string): RegoValue {
  let value = document;
  if (fragment !== '' && !fragment.startsWith('/')) {
    throw new SchemaFault('Invalid JSON pointer string, must start with "/" or be empty');
  }
  for (const part of fragment === '' ? [] : fragment.slice(1).split('/')) {
    const name = decode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (isArray(value)) {
      const index = Number(name);
      if (!/^\d+$/.test(name)) throw new SchemaFault(`Invalid array index '${name}'`);
      if (index >= value.length)
        throw new SchemaFault(`Out of bound array[0,${value.length}] index '${index}'`);
      value = value[index] ?? null;
    } else {
      const next = isObjectValue(value) ? getKey(value, name) : undefined;
      if (next === undefined) throw new SchemaFault(`Object has no key '${name}'`);
      value = next;
    }
  }
  return value;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
