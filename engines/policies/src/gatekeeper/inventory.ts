import { isObject, type JsonObject } from '@keelson/core';
import { isClusterScoped, splitApiVersion } from '@keelson/kubernetes';
import { emptyDocument, type RegoValue } from '@keelson/rego';
import { textAt, toRego } from '../json.ts';

type Node = { [key: string]: RegoValue };

/**
 * What policies see as `data.inventory`: objects by scope, apiVersion, kind and name. One store for all
 * templates: they share its objects and the indexes that the evaluator makes of them. What was read through
 * `document` never changes; a later change copies only the way to the object.
 */
export class Inventory {
  #root: Node = emptyDocument();
  /** Nodes that nobody has seen yet and that may be changed in place. */
  #fresh = new WeakSet<object>([this.#root]);
  readonly #defaultNamespace: string;

  /** @param defaultNamespace where namespaced objects that name no namespace are put. */
  constructor(objects: Iterable<JsonObject> = [], defaultNamespace = '') {
    this.#defaultNamespace = defaultNamespace;
    for (const object of objects) this.set(object);
  }

  /** The base document: `{inventory: {cluster, namespace}}`. */
  get document(): RegoValue {
    this.#fresh = new WeakSet();
    return this.#root;
  }

  set(object: JsonObject): void {
    const path = this.#path(object);
    const name = path.pop();
    if (name === undefined) return;
    this.#nodeAt(path)[name] = toRego(object);
  }

  remove(object: JsonObject): void {
    const path = this.#path(object);
    const name = path.pop();
    if (name !== undefined) delete this.#nodeAt(path)[name];
  }

  #path(object: JsonObject): string[] {
    const apiVersion = textAt(object, 'apiVersion');
    const kind = textAt(object, 'kind');
    const name = textAt(object, 'metadata', 'name');
    const isCluster = isClusterScoped(splitApiVersion(apiVersion).group, kind);
    const namespace = isCluster ? '' : textAt(object, 'metadata', 'namespace') || this.#defaultNamespace;
    const scope = namespace === '' ? ['cluster'] : ['namespace', namespace];
    return ['inventory', ...scope, apiVersion, kind, name];
  }

  /** The node at a path, made or copied so that it may be changed. */
  #nodeAt(path: readonly string[]): Node {
    this.#root = this.#writable(this.#root);
    let node = this.#root;
    for (const step of path) {
      const next = this.#writable(node[step]);
      node[step] = next;
      node = next;
    }
    return node;
  }

  #writable(value: RegoValue | undefined): Node {
    if (isNode(value) && this.#fresh.has(value)) return value;
    const node = emptyDocument();
    if (isNode(value)) Object.assign(node, value);
    this.#fresh.add(node);
    return node;
  }
}

/** The levels above the objects are plain objects of ours. */
function isNode(value: unknown): value is Node {
  return isObject(value);
}
