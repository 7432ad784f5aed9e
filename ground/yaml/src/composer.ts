import {
  createObject,
  isObject,
  type JsonObject,
  type JsonValue,
  type KeelsonError,
  type SourceText,
} from '@keelson/core';
import { AliasBudget } from './aliases.ts';
import type { DuplicateKey, YamlLimits } from './document.ts';
import { type YamlErrorCode, yamlError } from './error.ts';
import type { PositionBuilder } from './positions.ts';
import { formatFloatKey, kindOf, resolvePlain } from './resolve.ts';
import { Scanner } from './scanner.ts';
import { resolveTagged } from './tagged.ts';
import type { Token, TokenKind } from './token.ts';

/** What an anchor names. `record` is -1 when the anchor stands on a key. */
interface Anchor {
  value: JsonValue;
  record: number;
  isOpen: boolean;
  /** Nodes of its subtree after expansion, and levels of nesting in it. */
  size: number;
  height: number;
}

interface Properties {
  start: number;
  end: number;
  tag: string;
  anchor: string | undefined;
}

interface Key {
  text: string;
  start: number;
  end: number;
  isMerge: boolean;
}

const directives: ReadonlySet<TokenKind> = new Set(['version-directive', 'tag-directive']);
const endsDocument: ReadonlySet<TokenKind> = new Set([
  ...directives,
  'document-start',
  'document-end',
  'stream-end',
]);

/** Tokens to value and positions: the grammar of YAML 1.1 as libyaml reads it, decoded as go-yaml does. */
export class Composer {
  readonly #scanner: Scanner;
  readonly #source: SourceText;
  readonly #positions: PositionBuilder;
  readonly #limits: YamlLimits;
  readonly #anchors = new Map<string, Anchor>();
  readonly #handles = new Map<string, string>();
  readonly #budget = new AliasBudget();
  readonly #path: (string | number)[] = [];
  readonly duplicates: DuplicateKey[] = [];
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
  ) {
    this.#source = source;
    this.#scanner = new Scanner(source, start, end);
    this.#limits = limits;
    this.#positions = positions;
  }

  /** The value of the first document, undefined when there is none; what follows it is not looked at, as in Go. */
  compose(): JsonValue | undefined {
    const first = this.#scanner.peek();
    if (first.kind === 'stream-end') return undefined;
    if (directives.has(first.kind)) this.#readDirectives();
    this.#addHandle('!', '!');
    this.#addHandle('!!', 'tag:yaml.org,2002:');
    const isExplicit = this.#scanner.peek().kind === 'document-start';
    if (isExplicit) this.#scanner.next();
    else if (directives.has(first.kind))
      throw this.#syntax("a directive must be followed by '---'", first.start);
    const content = this.#scanner.peek();
    const isEmpty = isExplicit && endsDocument.has(content.kind);
    const value = isEmpty ? this.#empty(-1, -1, content.start) : this.#node(-1, -1, true, false, 0);
    this.#scanner.peek();
    return value;
  }

  #readDirectives(): void {
    let hasVersion = false;
    for (let token = this.#scanner.peek(); directives.has(token.kind); token = this.#scanner.peek()) {
      if (token.kind === 'version-directive') {
        if (hasVersion) throw this.#syntax('the %YAML directive stands twice', token.start);
        if (token.value !== '1.1') throw this.#syntax('kubectl reads YAML 1.1 only', token.start);
        hasVersion = true;
      } else {
        if (this.#handles.has(token.value)) throw this.#syntax('a %TAG directive stands twice', token.start);
        this.#handles.set(token.value, token.suffix);
      }
      this.#scanner.next();
    }
  }

  #addHandle(handle: string, prefix: string): void {
    if (!this.#handles.has(handle)) this.#handles.set(handle, prefix);
  }

  #fail(code: YamlErrorCode, message: string, offset: number): KeelsonError {
    return yamlError(this.#source, code, message, offset);
  }

  #syntax(message: string, offset: number): KeelsonError {
    return this.#fail('YAML_SYNTAX', message, offset);
  }

  #count(offset: number): void {
    this.#budget.visit();
    if (this.#budget.nodes > this.#limits.maxNodes) {
      throw this.#fail(
        'YAML_LIMIT',
        `the document has more nodes than maxNodes, ${this.#limits.maxNodes}`,
        offset,
      );
    }
  }

  /** A value that is not written: null, with an empty span. */
  #empty(keyStart: number, keyEnd: number, offset: number): null {
    this.#count(offset);
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
    const token = this.#scanner.peek();
    this.#count(token.start);
    if (depth > this.#limits.maxDepth) {
      throw this.#fail(
        'YAML_LIMIT',
        `the document nests deeper than maxDepth, ${this.#limits.maxDepth}`,
        token.start,
      );
    }
    const record = this.#positions.open(keyStart, keyEnd, token.start);
    if (token.kind === 'alias') return this.#alias(record, depth);
    const properties = this.#properties();
    const before = this.#budget.nodes;
    const anchor = this.#declare(properties, record);
    const value = this.#content(properties, isBlock, mayBeIndentless, depth);
    this.#positions.close(record, this.#end);
    if (anchor !== undefined) this.#define(anchor, value, this.#budget.nodes - before + 1);
    return value;
  }

  #declare(properties: Properties, record: number): Anchor | undefined {
    if (properties.anchor === undefined) return undefined;
    const anchor: Anchor = { value: null, record, isOpen: true, size: 1, height: 0 };
    this.#anchors.set(properties.anchor, anchor);
    return anchor;
  }

  #define(anchor: Anchor, value: JsonValue, size: number): void {
    anchor.value = value;
    anchor.isOpen = false;
    anchor.size = size;
    anchor.height = this.#height;
  }

  #lookUp(token: Token): Anchor {
    const anchor = this.#anchors.get(token.value);
    if (anchor === undefined)
      throw this.#fail('YAML_ALIAS', `no anchor &${token.value} stands before`, token.start);
    if (anchor.isOpen)
      throw this.#fail('YAML_ALIAS', `the alias *${token.value} contains itself`, token.start);
    this.#budget.expand(anchor.size);
    if (this.#budget.isExcessive()) {
      throw this.#fail('YAML_ALIAS', 'aliases make up too much of the document', token.start);
    }
    this.#count(token.start);
    return anchor;
  }

  #alias(record: number, depth: number): JsonValue {
    const token = this.#scanner.next();
    const anchor = this.#lookUp(token);
    if (depth + anchor.height > this.#limits.maxDepth) {
      throw this.#fail(
        'YAML_LIMIT',
        `the document nests deeper than maxDepth, ${this.#limits.maxDepth}`,
        token.start,
      );
    }
    this.#positions.close(record, token.end);
    if (anchor.record >= 0) this.#positions.noteAlias(record, anchor.record);
    this.#height = anchor.height;
    this.#end = token.end;
    return anchor.value;
  }

  #properties(): Properties {
    const first = this.#scanner.peek();
    const out: Properties = { start: first.start, end: first.start, tag: '', anchor: undefined };
    for (let token = first; ; token = this.#scanner.peek()) {
      if (token.kind === 'anchor' && out.anchor === undefined) out.anchor = token.value;
      else if (token.kind === 'tag' && out.tag === '') out.tag = this.#tagName(token);
      else return out;
      out.end = token.end;
      this.#scanner.next();
    }
  }

  #tagName(token: Token): string {
    if (token.value === '') return token.suffix;
    const prefix = this.#handles.get(token.value);
    if (prefix === undefined)
      throw this.#syntax(`the tag handle ${token.value} is not declared`, token.start);
    return prefix + token.suffix;
  }

  #content(properties: Properties, isBlock: boolean, mayBeIndentless: boolean, depth: number): JsonValue {
    const token = this.#scanner.peek();
    if (mayBeIndentless && token.kind === 'block-entry') return this.#blockSequence(true, depth);
    if (token.kind === 'scalar') {
      this.#scanner.next();
      this.#height = 0;
      this.#end = token.end;
      return this.#scalar(properties.tag, token);
    }
    if (token.kind === 'flow-sequence-start') return this.#flowSequence(depth);
    if (token.kind === 'flow-mapping-start') return this.#flowMapping(depth);
    if (isBlock && token.kind === 'block-sequence-start') return this.#blockSequence(false, depth);
    if (isBlock && token.kind === 'block-mapping-start') return this.#blockMapping(depth);
    if (properties.anchor === undefined && properties.tag === '') {
      throw this.#syntax('a value is missing here or begins with the wrong character', token.start);
    }
    this.#height = 0;
    this.#end = properties.end;
    return this.#checked(properties.tag, '', properties.tag === '', properties.start);
  }

  #scalar(tag: string, token: Token): JsonValue {
    return this.#checked(tag, token.value, token.plain, token.start);
  }

  #checked(tag: string, text: string, isPlain: boolean, offset: number): JsonValue {
    const value = this.#resolve(tag, text, isPlain, offset);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw this.#fail('YAML_VALUE', `JSON, and so Kubernetes, has no ${text}`, offset);
    }
    return value;
  }

  #resolve(tag: string, text: string, isPlain: boolean, offset: number): JsonValue {
    if (tag === '') return isPlain ? resolvePlain(text) : text;
    const result = resolveTagged(tag, text);
    if ('problem' in result) throw this.#fail('YAML_VALUE', result.problem, offset);
    return result.value;
  }

  #blockSequence(isIndentless: boolean, depth: number): JsonValue[] {
    if (!isIndentless) this.#scanner.next();
    const out: JsonValue[] = [];
    let height = 0;
    for (;;) {
      const entry = this.#scanner.peek();
      if (entry.kind !== 'block-entry') break;
      this.#scanner.next();
      const next = this.#scanner.peek().kind;
      const isEmpty =
        next === 'block-entry' ||
        next === 'block-end' ||
        (isIndentless && (next === 'key' || next === 'value'));
      this.#path.push(out.length);
      out.push(isEmpty ? this.#empty(-1, -1, entry.end) : this.#node(-1, -1, true, false, depth + 1));
      this.#path.pop();
      if (this.#height > height) height = this.#height;
    }
    if (!isIndentless) this.#expect('block-end', "a list item begins with '-' in the column of the others");
    this.#height = height + 1;
    return out;
  }

  #expect(kind: TokenKind, message: string): Token {
    const token = this.#scanner.peek();
    if (token.kind !== kind) throw this.#syntax(message, token.start);
    return this.#scanner.next();
  }

  #blockMapping(depth: number): JsonObject {
    this.#scanner.next();
    const mapping = new MappingBuilder();
    while (this.#scanner.peek().kind === 'key') {
      const indicator = this.#scanner.next();
      const next = this.#scanner.peek().kind;
      if (next === 'key' || next === 'value' || next === 'block-end') throw this.#nullKey(indicator.end);
      const key = this.#key(true);
      const colon = this.#scanner.peek();
      let end = key.end;
      let isEmpty = true;
      if (colon.kind === 'value') {
        this.#scanner.next();
        const after = this.#scanner.peek().kind;
        end = colon.end;
        isEmpty = after === 'key' || after === 'value' || after === 'block-end';
      }
      this.#entry(mapping, key, isEmpty ? end : undefined, true, depth);
    }
    this.#expect('block-end', "a mapping goes on with a key and ':' in the column of the others");
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
    this.#path.push(key.text);
    const record = this.#positions.length;
    const isAlias = key.isMerge && empty === undefined && this.#scanner.peek().kind === 'alias';
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
      if (first !== undefined) this.duplicates.push({ path: [...this.#path], first, last });
      mapping.spans.set(key.text, last);
      mapping.object[key.text] = value;
    }
    this.#path.pop();
    if (this.#height > mapping.height) mapping.height = this.#height;
  }

  #noteKey(record: number, key: Key): void {
    const { text } = this.#source;
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
        throw this.#fail('YAML_VALUE', '<< takes a mapping or a list of mappings', key.start);
      }
      for (const name of Object.keys(source)) into[name] = source[name] ?? null;
    }
  }

  #nullKey(offset: number): KeelsonError {
    return this.#fail('YAML_VALUE', 'null cannot be a key', offset);
  }

  #key(isBlock: boolean): Key {
    const token = this.#scanner.peek();
    this.#count(token.start);
    if (token.kind === 'alias') {
      this.#scanner.next();
      const { value } = this.#lookUp(token);
      return this.#keyOf(value, '', token.start, token.end);
    }
    const properties = this.#properties();
    const anchor = this.#declare(properties, -1);
    const content = this.#scanner.peek();
    let text = '';
    let { end } = properties;
    if (content.kind === 'scalar') {
      this.#scanner.next();
      ({ end } = content);
      text = content.value;
    } else if (isCollectionStart(content.kind, isBlock)) {
      throw this.#fail('YAML_VALUE', 'a mapping or list cannot be a key', content.start);
    } else if (properties.anchor === undefined && properties.tag === '') {
      throw this.#syntax('a key is missing here or begins with the wrong character', content.start);
    }
    const { tag, start } = properties;
    const isPlain = content.kind === 'scalar' ? content.plain : tag === '';
    const mergeTag = tag === '!' || tag === 'tag:yaml.org,2002:merge' || (tag === '' && isPlain);
    if (text === '<<' && mergeTag) return { text, start, end, isMerge: true };
    const value = this.#resolve(tag, text, isPlain, start);
    if (anchor !== undefined) {
      this.#height = 0;
      this.#define(anchor, value, 1);
    }
    return this.#keyOf(value, text, start, end);
  }

  #keyOf(value: JsonValue, written: string, start: number, end: number): Key {
    if (value === null) throw this.#nullKey(start);
    if (typeof value === 'object') throw this.#fail('YAML_VALUE', 'a mapping or list cannot be a key', start);
    if (typeof value === 'bigint' && value >= 2n ** 63n) {
      throw this.#fail('YAML_VALUE', 'a key beyond int64 has no JSON form', start);
    }
    const isFloat =
      typeof value === 'number' &&
      (written === '' ? !Number.isInteger(value) : kindOf(written, value) === 'float');
    const text = isFloat && typeof value === 'number' ? formatFloatKey(value) : String(value);
    return { text, start, end, isMerge: false };
  }

  #flowMapping(depth: number): JsonObject {
    this.#scanner.next();
    const mapping = new MappingBuilder();
    for (let isFirst = true; this.#scanner.peek().kind !== 'flow-mapping-end'; isFirst = false) {
      if (!isFirst) {
        this.#expect('flow-entry', "entries of {…} are separated by ',' and end with '}'");
        if (this.#scanner.peek().kind === 'flow-mapping-end') break;
      }
      this.#flowPair(mapping, 'flow-mapping-end', depth);
    }
    this.#end = this.#scanner.next().end;
    this.#height = mapping.height + 1;
    return mapping.object;
  }

  #flowPair(mapping: MappingBuilder, closing: TokenKind, depth: number): void {
    const first = this.#scanner.peek();
    const hasKey = first.kind === 'key';
    if (hasKey) {
      this.#scanner.next();
      const { kind } = this.#scanner.peek();
      if (kind === 'value' || kind === 'flow-entry' || kind === closing) throw this.#nullKey(first.end);
    }
    const key = this.#key(false);
    const colon = this.#scanner.peek();
    let end = key.end;
    let isEmpty = true;
    if (hasKey && colon.kind === 'value') {
      this.#scanner.next();
      const after = this.#scanner.peek().kind;
      isEmpty = after === 'flow-entry' || after === closing;
      end = colon.end;
    }
    this.#entry(mapping, key, isEmpty ? end : undefined, false, depth);
  }

  #flowSequence(depth: number): JsonValue[] {
    this.#scanner.next();
    const out: JsonValue[] = [];
    let height = 0;
    for (let isFirst = true; this.#scanner.peek().kind !== 'flow-sequence-end'; isFirst = false) {
      if (!isFirst) {
        this.#expect('flow-entry', "items of […] are separated by ',' and end with ']'");
        if (this.#scanner.peek().kind === 'flow-sequence-end') break;
      }
      this.#path.push(out.length);
      out.push(
        this.#scanner.peek().kind === 'key'
          ? this.#singlePair(depth + 1)
          : this.#node(-1, -1, false, false, depth + 1),
      );
      this.#path.pop();
      if (this.#height > height) height = this.#height;
    }
    this.#end = this.#scanner.next().end;
    this.#height = height + 1;
    return out;
  }

  /** `[a: b]` is `[{a: b}]` (YAML 1.1 section 9.3.1). */
  #singlePair(depth: number): JsonObject {
    const start = this.#scanner.peek().start;
    this.#count(start);
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

function isCollectionStart(kind: TokenKind, isBlock: boolean): boolean {
  if (kind === 'flow-mapping-start' || kind === 'flow-sequence-start') return true;
  return (
    isBlock && (kind === 'block-mapping-start' || kind === 'block-sequence-start' || kind === 'block-entry')
  );
}
