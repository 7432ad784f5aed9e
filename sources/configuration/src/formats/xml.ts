import { createObject, type JsonObject, type JsonValue, type Span } from '@keelson/core';
import type { FormatReader } from '../format.ts';
import { Places } from '../places.ts';
import { readXmlEvents, type XmlAttribute } from '../xml-events.ts';

/**
 * XML as an object, in the form of Go's package goxml2json: elements by their names without prefixes, several of one
 * name as a list, attributes with `-` before their names, and of an element's texts the last one, as `#content` where
 * it has anything else.
 */
export const readXml: FormatReader = (source, { maxDepth }) => {
  const builder = new TreeBuilder();
  readXmlEvents(source, maxDepth, builder);
  const places = new Places();
  const value = elementValue(builder.root, places);
  return [{ value, locate: places.within(value) }];
};

interface Node {
  children: Map<string, Node[]> | undefined;
  text: string;
  span: Span;
}

const nodeAt = (span: Span, text = ''): Node => ({ children: undefined, text, span });

class TreeBuilder {
  readonly root = nodeAt({ start: 0, end: 0 });
  readonly #open: { readonly name: string; readonly node: Node }[] = [];

  get #current(): Node {
    return this.#open.at(-1)?.node ?? this.root;
  }

  open(name: string, attributes: readonly XmlAttribute[], span: Span): void {
    const node = nodeAt(span);
    for (const { name: own, value, span: place } of attributes)
      addChild(node, `-${localName(own)}`, nodeAt(place, value));
    this.#open.push({ name: localName(name), node });
  }

  text(text: string): void {
    this.#current.text = trimmed(text);
  }

  close(end: number): void {
    const closed = this.#open.pop();
    if (closed === undefined) return;
    closed.node.span = { start: closed.node.span.start, end };
    addChild(this.#current, closed.name, closed.node);
  }
}

function addChild(node: Node, name: string, child: Node): void {
  node.children ??= new Map();
  const same = node.children.get(name);
  if (same === undefined) node.children.set(name, [child]);
  else same.push(child);
}

function localName(name: string): string {
  return /^[^:]+:([^:]+)$/.exec(name)?.[1] ?? name;
}

function elementValue({ children, text }: Node, places: Places): JsonValue {
  if (children === undefined) return text;
  const out: JsonObject = createObject();
  if (text !== '') out['#content'] = text;
  for (const [name, nodes] of children) {
    const [first] = nodes;
    if (first === undefined) continue;
    places.mark(out, name, first.span);
    out[name] = nodes.length === 1 ? elementValue(first, places) : listOf(nodes, places);
  }
  return out;
}

function listOf(nodes: readonly Node[], places: Places): JsonValue[] {
  const list: JsonValue[] = [];
  for (const node of nodes) {
    places.mark(list, list.length, node.span);
    list.push(elementValue(node, places));
  }
  return list;
}

const graphic = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u;

/** Without blanks and invisible characters at either end. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  for (let size = 0; start < end; start += size) {
    size = (text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
    if (graphic.test(text.slice(start, start + size))) break;
  }
  for (let size = 0; end > start; end -= size) {
    size = (text.codePointAt(end - 2) ?? 0) > 0xffff ? 2 : 1;
    if (graphic.test(text.slice(end - size, end))) break;
  }
  return text.slice(start, end);
}
