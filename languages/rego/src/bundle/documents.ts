import { emptyDocument, type Members } from '../values/empty-document.ts';
import { isPlainObject, type RegoValue } from '../values/index.ts';

export { emptyDocument };

/** Two documents give something to one place, and not both are objects. */
export class DocumentConflict extends Error {
  /** Below `data`. */
  readonly path: readonly string[];

  constructor(path: readonly string[]) {
    super(`conflicting values at ${['data', ...path].join('.')}`);
    this.name = 'DocumentConflict';
    this.path = path;
  }
}

/** The value as the only thing in a document, below a path. */
export function documentAt(path: readonly string[], value: RegoValue): RegoValue {
  return path.reduceRight<RegoValue>((inner, name) => {
    const outer = emptyDocument();
    outer[name] = inner;
    return outer;
  }, value);
}

/**
 * Both documents in one. Objects are merged member by member; neither argument is changed.
 *
 * @throws DocumentConflict where both have a value that is no object, the same or not.
 */
export function mergeDocuments(a: RegoValue, b: RegoValue, path: readonly string[] = []): RegoValue {
  if (!isMembers(a) || !isMembers(b)) throw new DocumentConflict(path);
  const merged = Object.assign(emptyDocument(), a);
  for (const [name, value] of Object.entries(b)) {
    const present = Object.hasOwn(merged, name) ? merged[name] : undefined;
    merged[name] = present === undefined ? value : mergeDocuments(present, value, [...path, name]);
  }
  return merged;
}

/** What stands at a path, or undefined. */
export function documentBelow(document: RegoValue, path: readonly string[]): RegoValue | undefined {
  let value: RegoValue | undefined = document;
  for (const name of path) {
    if (value === undefined || !isMembers(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Whether a document from JSON or YAML is an object. */
export function isMembers(value: RegoValue): value is Readonly<Members> {
  return isPlainObject(value);
}
