import type { JsonValue, KeelsonError, SourceText } from '@keelson/core';
import { AliasBudget } from './aliases.ts';
import type { YamlLimits } from './document.ts';
import { type YamlErrorCode, yamlError } from './error.ts';
import { formatFloatKey, kindOf, resolvePlain, resolvePlainCore } from './resolve.ts';
import { Scanner } from './scanner.ts';
import { resolveTagged } from './tagged.ts';
import type { Token, TokenKind } from './token.ts';

/** What an anchor names. `record` is -1 when the anchor stands on a key. */
export interface Anchor {
  value: JsonValue;
  record: number;
  isOpen: boolean;
  /** Nodes of its subtree after expansion, and levels of nesting in it. */
  size: number;
  height: number;
}

export interface Properties {
  start: number;
  end: number;
  tag: string;
  anchor: string | undefined;
}

export interface Key {
  text: string;
  start: number;
  end: number;
  isMerge: boolean;
}

export const directives: ReadonlySet<TokenKind> = new Set(['version-directive', 'tag-directive']);

/** What nodes are made of besides their children: directives, tags, anchors, scalars, keys; and the bounds. */
export class NodeParts {
  readonly scanner: Scanner;
  readonly source: SourceText;
  readonly limits: YamlLimits;
  readonly budget = new AliasBudget();
  readonly #anchors = new Map<string, Anchor>();
  readonly #handles = new Map<string, string>();
  readonly #resolvePlain: (text: string) => JsonValue;

  constructor(source: SourceText, start: number, end: number, limits: YamlLimits, isCore = false) {
    this.#resolvePlain = isCore ? resolvePlainCore : resolvePlain;
    this.source = source;
    this.scanner = new Scanner(source, start, end);
    this.limits = limits;
  }

  /** Reads the directives at the start and declares the handles that need none. */
  readDirectives(): void {
    let hasVersion = false;
    for (let token = this.scanner.peek(); directives.has(token.kind); token = this.scanner.peek()) {
      if (token.kind === 'version-directive') {
        if (hasVersion) throw this.syntax('the %YAML directive stands twice', token.start);
        if (token.value !== '1.1') throw this.syntax('kubectl reads YAML 1.1 only', token.start);
        hasVersion = true;
      } else {
        if (this.#handles.has(token.value)) throw this.syntax('a %TAG directive stands twice', token.start);
        this.#handles.set(token.value, token.suffix);
      }
      this.scanner.next();
    }
    this.#addHandle('!', '!');
    this.#addHandle('!!', 'tag:yaml.org,2002:');
  }

  #addHandle(handle: string, prefix: string): void {
    if (!this.#handles.has(handle)) this.#handles.set(handle, prefix);
  }

  fail(code: YamlErrorCode, message: string, offset: number): KeelsonError {
    return yamlError(this.source, code, message, offset);
  }

  syntax(message: string, offset: number): KeelsonError {
    return this.fail('YAML_SYNTAX', message, offset);
  }

  count(offset: number): void {
    this.budget.visit();
    if (this.budget.nodes > this.limits.maxNodes) {
      throw this.fail(
        'YAML_LIMIT',
        `the document has more nodes than maxNodes, ${this.limits.maxNodes}`,
        offset,
      );
    }
  }

  declare(properties: Properties, record: number): Anchor | undefined {
    if (properties.anchor === undefined) return undefined;
    const anchor: Anchor = { value: null, record, isOpen: true, size: 1, height: 0 };
    this.#anchors.set(properties.anchor, anchor);
    return anchor;
  }

  define(anchor: Anchor, value: JsonValue, size: number, height: number): void {
    anchor.value = value;
    anchor.isOpen = false;
    anchor.size = size;
    anchor.height = height;
  }

  lookUp(token: Token): Anchor {
    const anchor = this.#anchors.get(token.value);
    if (anchor === undefined)
      throw this.fail('YAML_ALIAS', `no anchor &${token.value} stands before`, token.start);
    if (anchor.isOpen)
      throw this.fail('YAML_ALIAS', `the alias *${token.value} contains itself`, token.start);
    this.budget.expand(anchor.size);
    if (this.budget.isExcessive()) {
      throw this.fail('YAML_ALIAS', 'aliases make up too much of the document', token.start);
    }
    this.count(token.start);
    return anchor;
  }

  properties(): Properties {
    const first = this.scanner.peek();
    const out: Properties = { start: first.start, end: first.start, tag: '', anchor: undefined };
    for (let token = first; ; token = this.scanner.peek()) {
      if (token.kind === 'anchor' && out.anchor === undefined) out.anchor = token.value;
      else if (token.kind === 'tag' && out.tag === '') out.tag = this.#tagName(token);
      else return out;
      out.end = token.end;
      this.scanner.next();
    }
  }

  #tagName(token: Token): string {
    if (token.value === '') return token.suffix;
    const prefix = this.#handles.get(token.value);
    if (prefix === undefined) throw this.syntax(`the tag handle ${token.value} is not declared`, token.start);
    return prefix + token.suffix;
  }

  checked(tag: string, text: string, isPlain: boolean, offset: number): JsonValue {
    const value = this.#resolve(tag, text, isPlain, offset);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw this.fail('YAML_VALUE', `JSON, and so Kubernetes, has no ${text}`, offset);
    }
    return value;
  }

  #resolve(tag: string, text: string, isPlain: boolean, offset: number): JsonValue {
    if (tag === '') return isPlain ? this.#resolvePlain(text) : text;
    const result = resolveTagged(tag, text);
    if ('problem' in result) throw this.fail('YAML_VALUE', result.problem, offset);
    return result.value;
  }

  expect(kind: TokenKind, message: string): Token {
    const token = this.scanner.peek();
    if (token.kind !== kind) throw this.syntax(message, token.start);
    return this.scanner.next();
  }

  nullKey(offset: number): KeelsonError {
    return this.fail('YAML_VALUE', 'null cannot be a key', offset);
  }

  key(isBlock: boolean): Key {
    const token = this.scanner.peek();
    this.count(token.start);
    if (token.kind === 'alias') {
      this.scanner.next();
      const { value } = this.lookUp(token);
      return this.#keyOf(value, '', token.start, token.end);
    }
    const properties = this.properties();
    const anchor = this.declare(properties, -1);
    const content = this.scanner.peek();
    let text = '';
    let { end } = properties;
    if (content.kind === 'scalar') {
      this.scanner.next();
      ({ end } = content);
      text = content.value;
    } else if (isCollectionStart(content.kind, isBlock)) {
      throw this.fail('YAML_VALUE', 'a mapping or list cannot be a key', content.start);
    } else if (properties.anchor === undefined && properties.tag === '') {
      throw this.syntax('a key is missing here or begins with the wrong character', content.start);
    }
    const { tag, start } = properties;
    const isPlain = content.kind === 'scalar' ? content.plain : tag === '';
    const mergeTag = tag === '!' || tag === 'tag:yaml.org,2002:merge' || (tag === '' && isPlain);
    if (text === '<<' && mergeTag) return { text, start, end, isMerge: true };
    const value = this.#resolve(tag, text, isPlain, start);
    if (anchor !== undefined) {
      this.define(anchor, value, 1, 0);
    }
    return this.#keyOf(value, text, start, end);
  }

  #keyOf(value: JsonValue, written: string, start: number, end: number): Key {
    if (value === null) throw this.nullKey(start);
    if (typeof value === 'object') throw this.fail('YAML_VALUE', 'a mapping or list cannot be a key', start);
    if (typeof value === 'bigint' && value >= 2n ** 63n) {
      throw this.fail('YAML_VALUE', 'a key beyond int64 has no JSON form', start);
    }
    const isFloat =
      typeof value === 'number' &&
      (written === '' ? !Number.isInteger(value) : kindOf(written, value) === 'float');
    const text = isFloat && typeof value === 'number' ? formatFloatKey(value) : String(value);
    return { text, start, end, isMerge: false };
  }

  checkDepth(depth: number, offset: number): void {
    if (depth <= this.limits.maxDepth) return;
    throw this.fail('YAML_LIMIT', `the document nests deeper than maxDepth, ${this.limits.maxDepth}`, offset);
  }
}

function isCollectionStart(kind: TokenKind, isBlock: boolean): boolean {
  if (kind === 'flow-mapping-start' || kind === 'flow-sequence-start') return true;
  return (
    isBlock && (kind === 'block-mapping-start' || kind === 'block-sequence-start' || kind === 'block-entry')
  );
}
