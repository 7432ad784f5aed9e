import { createObject, isObject, type JsonObject, type JsonValue, type SourceText } from '@keelson/core';
import type { YamlLimits } from './document.ts';
import { directives, type Key, NodeParts, type Properties } from './node-parts.ts';
import type { DuplicateRecord, PositionBuilder } from './positions.ts';
import type { TokenKind } from './token.ts';

const endsDocument: ReadonlySet<TokenKind> = new Set([
  ...directives,
  'document-start',
  'document-end',
  'stream-end',
]);

interface ComposedDocument {
  readonly value: JsonValue;
  /** True when nothing is written between its `---` and its end. */
  readonly isEmpty: boolean;
}

/** Tokens to value and positions: the grammar of YAML 1.1 as libyaml reads it, decoded as go-yaml does. */
export class Composer extends NodeParts {
  readonly #positions: PositionBuilder;
  readonly duplicates: DuplicateRecord[] = [];
  /** Levels of nesting of the node composed last. */
  #height = 0;
  /** Where the node composed last ends. */
  #end = 0;

  constructor(
    source: SourceText,
    start: number,
    end: number,
    limits: YamlLimits,
    positions: PositionBuilder,
    isCore = false,
  ) {
    super(source, start, end, limits, isCore);
    this.#positions = positions;
  }

  /** The next document, undefined when there is none; what follows it is not looked at, as in Go. */
  compose(): ComposedDocument | undefined {
    const first = this.scanner.peek();
    if (first.kind === 'stream-end') return undefined;
    this.readDirectives();
    const isExplicit = this.scanner.peek().kind === 'document-start';
    if (isExplicit) this.scanner.next();
    else if (directives.has(first.kind))
      throw this.syntax("a directive must be followed by '---'", first.start);
    const content = this.scanner.peek();
    const isEmpty = isExplicit && endsDocument.has(content.kind);
    const value = isEmpty ? this.#empty(-1, -1, content.start) : this.#node(-1, -1, true, false, 0);
    this.scanner.peek();
    return { value, isEmpty };
  }

  /** A value that is not written: null, with an empty span. */
  #empty(keyStart: number, keyEnd: number, offset: number): null {
    this.count(offset);
    this.#positions.close(this.#positions.open(keyStart, keyEnd, offset), offset);
    this.#height = 0;
    this.#end = offset;
    return null;
  }

  #node(
    keyStart: number,
    keyEnd: number,
    isBlock: boolean,
    mayBeIndentless: boolean,
    depth: number,
  ): JsonValue {
    const token = this.scanner.peek();
    this.count(token.start);
    this.checkDepth(depth, token.start);
    const record = this.#positions.open(keyStart, keyEnd, token.start);
    if (token.kind === 'alias') return this.#alias(record, depth);
    const properties = this.properties();
    const before = this.budget.nodes;
    const anchor = this.declare(properties, record);
    const value = this.#content(properties, isBlock, mayBeIndentless, depth);
    this.#positions.close(record, this.#end);
    if (anchor !== undefined) this.define(anchor, value, this.budget.nodes - before + 1, this.#height);
    return value;
  }

  #alias(record: number, depth: number): JsonValue {
    const token = this.scanner.next();
    const anchor = this.lookUp(token);
    this.checkDepth(depth + anchor.height, token.start);
    this.#positions.close(record, token.end);
    if (anchor.record >= 0) this.#positions.noteAlias(record, anchor.record);
    this.#height = anchor.height;
    this.#end = token.end;
    return anchor.value;
  }

  #content(properties: Properties, isBlock: boolean, mayBeIndentless: boolean, depth: number): JsonValue {
    const token = this.scanner.peek();
    if (mayBeIndentless && token.kind === 'block-entry') return this.#blockSequence(true, depth);
    if (token.kind === 'scalar') {
      this.scanner.next();
      this.#height = 0;
      this.#end = token.end;
      return this.checked(properties.tag, token.value, token.plain, token.start);
    }
    if (token.kind === 'flow-sequence-start') return this.#flowSequence(depth);
    if (token.kind === 'flow-mapping-start') return this.#flowMapping(depth);
    if (isBlock && token.kind === 'block-sequence-start') return this.#blockSequence(false, depth);
    if (isBlock && token.kind === 'block-mapping-start') return this.#blockMapping(depth);
    if (properties.anchor === undefined && properties.tag === '') {
      throw this.syntax('a value is missing here or begins with the wrong character', token.start);
    }
    this.#height = 0;
    this.#end = properties.end;
    return this.checked(properties.tag, '', properties.tag === '', properties.start);
  }

  #blockSequence(isIndentless: boolean, depth: number): JsonValue[] {
    if (!isIndentless) this.scanner.next();
    const out: JsonValue[] = [];
    let height = 0;
    for (;;) {
      const entry = this.scanner.peek();
      if (entry.kind !== 'block-entry') break;
      this.scanner.next();
      const next = this.scanner.peek().kind;
      const isEmpty =
        next === 'block-entry' ||
        next === 'block-end' ||
        (isIndentless && (next === 'key' || next === 'value'));
      out.push(isEmpty ? this.#empty(-1, -1, entry.end) : this.#node(-1, -1, true, false, depth + 1));
      if (this.#height > height) height = this.#height;
    }
    if (!isIndentless) this.expect('block-end', "a list item begins with '-' in the column of the others");
    this.#height = height + 1;
    return out;
  }

  #blockMapping(depth: number): JsonObject {
    this.scanner.next();
    const mapping = new MappingBuilder();
    while (this.scanner.peek().kind === 'key') {
      const indicator = this.scanner.next();
      const next = this.scanner.peek().kind;
      if (next === 'key' || next === 'value' || next === 'block-end') throw this.nullKey(indicator.end);
      const key = this.key(true);
      const colon = this.scanner.peek();
      let end = key.end;
      let isEmpty = true;
      if (colon.kind === 'value') {
        this.scanner.next();
        const after = this.scanner.peek().kind;
        end = colon.end;
        isEmpty = after === 'key' || after === 'value' || after === 'block-end';
      }
      this.#entry(mapping, key, isEmpty ? end : undefined, true, depth);
    }
    this.expect('block-end', "a mapping goes on with a key and ':' in the column of the others");
    this.#height = mapping.height + 1;
    return mapping.object;
  }

  /** Composes the value of `key` and puts it in; `empty` is where a value that is not written would stand. */
  #entry(
    mapping: MappingBuilder,
    key: Key,
    empty: number | undefined,
    isBlock: boolean,
    depth: number,
  ): void {
    const record = this.#positions.length;
    const isAlias = key.isMerge && empty === undefined && this.scanner.peek().kind === 'alias';
    const value =
      empty === undefined
        ? this.#node(key.start, key.end, isBlock, isBlock, depth + 1)
        : this.#empty(key.start, key.end, empty);
    this.#noteKey(record, key);
    if (key.isMerge) {
      this.#positions.noteMerge(record);
      this.#merge(mapping.object, isAlias ? [value] : value, key);
    } else {
      const last = { start: key.start, end: key.end };
      const first = mapping.spans.get(key.text);
      if (first !== undefined) this.duplicates.push({ record, first, last });
      mapping.spans.set(key.text, last);
      mapping.object[key.text] = value;
    }
    if (this.#height > mapping.height) mapping.height = this.#height;
  }

  #noteKey(record: number, key: Key): void {
    const { text } = this.source;
    const unit = text.charCodeAt(key.start);
    const isQuoted = unit === 34 || unit === 39;
    const raw = isQuoted ? text.slice(key.start + 1, key.end - 1) : text.slice(key.start, key.end);
    if (raw !== key.text) this.#positions.noteKey(record, key.text);
  }

  /** https://yaml.org/type/merge.html, with go-yaml's order: what is merged overrides what stood before it. */
  #merge(into: JsonObject, value: JsonValue, key: Key): void {
    const sources = Array.isArray(value) ? value.toReversed() : [value];
    for (const source of sources) {
      if (!isObject(source)) {
        throw this.fail('YAML_VALUE', '<< takes a mapping or a list of mappings', key.start);
      }
      for (const name of Object.keys(source)) into[name] = source[name] ?? null;
    }
  }

  #flowMapping(depth: number): JsonObject {
    this.scanner.next();
    const mapping = new MappingBuilder();
    for (let isFirst = true; this.scanner.peek().kind !== 'flow-mapping-end'; isFirst = false) {
      if (!isFirst) {
        this.expect('flow-entry', "entries of {…} are separated by ',' and end with '}'");
        if (this.scanner.peek().kind === 'flow-mapping-end') break;
      }
      this.#flowPair(mapping, 'flow-mapping-end', depth);
    }
    this.#end = this.scanner.next().end;
    this.#height = mapping.height + 1;
    return mapping.object;
  }

  #flowPair(mapping: MappingBuilder, closing: TokenKind, depth: number): void {
    const first = this.scanner.peek();
    const hasKey = first.kind === 'key';
    if (hasKey) {
      this.scanner.next();
      const { kind } = this.scanner.peek();
      if (kind === 'value' || kind === 'flow-entry' || kind === closing) throw this.nullKey(first.end);
    }
    const key = this.key(false);
    const colon = this.scanner.peek();
    let end = key.end;
    let isEmpty = true;
    if (hasKey && colon.kind === 'value') {
      this.scanner.next();
      const after = this.scanner.peek().kind;
      isEmpty = after === 'flow-entry' || after === closing;
      end = colon.end;
    }
    this.#entry(mapping, key, isEmpty ? end : undefined, false, depth);
  }

  #flowSequence(depth: number): JsonValue[] {
    this.scanner.next();
    const out: JsonValue[] = [];
    let height = 0;
    for (let isFirst = true; this.scanner.peek().kind !== 'flow-sequence-end'; isFirst = false) {
      if (!isFirst) {
        this.expect('flow-entry', "items of […] are separated by ',' and end with ']'");
        if (this.scanner.peek().kind === 'flow-sequence-end') break;
      }
      out.push(
        this.scanner.peek().kind === 'key'
          ? this.#singlePair(depth + 1)
          : this.#node(-1, -1, false, false, depth + 1),
      );
      if (this.#height > height) height = this.#height;
    }
    this.#end = this.scanner.next().end;
    this.#height = height + 1;
    return out;
  }

  /** `[a: b]` is `[{a: b}]` (YAML 1.1 section 9.3.1). */
  #singlePair(depth: number): JsonObject {
    const start = this.scanner.peek().start;
    this.count(start);
    const record = this.#positions.open(-1, -1, start);
    const mapping = new MappingBuilder();
    this.#flowPair(mapping, 'flow-sequence-end', depth);
    this.#positions.close(record, this.#end);
    this.#height = mapping.height + 1;
    return mapping.object;
  }
}

class MappingBuilder {
  readonly object = createObject();
  readonly spans = new Map<string, { start: number; end: number }>();
  height = 0;
}
