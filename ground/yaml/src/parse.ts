import { isKeelsonError, type JsonValue, SourceText, type Span } from '@keelson/core';
import { findForbidden, isUsual } from './characters.ts';
import { Composer } from './composer.ts';
import type { YamlLimits, YamlStream } from './document.ts';
import { yamlError } from './error.ts';
import { FastReader } from './fast.ts';
import { bail } from './fast-text.ts';
import { JsonReader, notJson } from './json-text.ts';
import { resolveLimits } from './limits.ts';
import { type DuplicateRecord, PositionBuilder } from './positions.ts';
import { ReadDocument } from './reader.ts';
import { type Chunk, splitDocuments } from './split.ts';

export interface YamlOptions {
  /** Bounds; those not given keep their defaults (`defaultYamlLimits`). */
  limits?: Partial<YamlLimits>;
  /** `full` reads every document with the complete parser, which is what the tests compare with. */
  path?: 'auto' | 'full';
}

/** A stream whose documents know their tables; inside the package only. */
export interface ReadStream extends YamlStream {
  documents: ReadDocument[];
}

/**
 * Reads YAML (or JSON) as kubectl does. Documents are split at `---` lines first, so one that cannot be read
 * is an entry of `errors` and the others are kept. Documents without content are left out, yet counted in
 * `index`. Aliased values are shared, not copied: treat values as read-only.
 */
export function parseYaml(input: SourceText | string, options: YamlOptions = {}): YamlStream {
  return readStream(input, options);
}

export function readStream(input: SourceText | string, options: YamlOptions): ReadStream {
  const source = typeof input === 'string' ? new SourceText('', input) : input;
  return new StreamReader(source, resolveLimits(options.limits), options.path !== 'full').read();
}

class StreamReader {
  readonly #source: SourceText;
  readonly #limits: YamlLimits;
  readonly #positions = new PositionBuilder();
  readonly #fast: FastReader | undefined;
  /** True when no document needs to be looked through for characters that the fast path does not know. */
  #isUsual = false;
  readonly #stream: ReadStream = { documents: [], errors: [] };

  constructor(source: SourceText, limits: YamlLimits, mayBeFast: boolean) {
    this.#source = source;
    this.#limits = limits;
    if (mayBeFast) this.#fast = new FastReader(source, limits, this.#positions);
  }

  read(): ReadStream {
    const { text } = this.#source;
    const { maxLength, maxDocuments } = this.#limits;
    if (text.length > maxLength) {
      this.#refuse(`the text is longer than maxLength, ${maxLength}`, 0);
      return this.#stream;
    }
    this.#isUsual = this.#fast !== undefined && isUsual(text);
    const json = this.#readJson();
    let { index } = json;
    for (const chunk of splitDocuments(text, json.end)) {
      if (index >= maxDocuments) {
        this.#refuse(`the text holds more documents than maxDocuments, ${maxDocuments}`, chunk.start);
        break;
      }
      if (chunk.problem !== undefined) {
        const message = "only a comment may follow '---' on its line";
        this.#stream.errors.push(yamlError(this.#source, 'YAML_SEPARATOR', message, chunk.problem));
      } else this.#readChunk(chunk, index++);
    }
    return this.#stream;
  }

  /** kubectl reads a stream that begins with `{` as JSON for as long as it is JSON, and goes on as YAML. */
  #readJson(): { index: number; end: number } {
    const { text } = this.#source;
    let index = 0;
    let end = 0;
    if (!text.trimStart().startsWith('{')) return { index, end };
    const json = new JsonReader(this.#source, this.#limits, this.#positions);
    try {
      while (index < this.#limits.maxDocuments) {
        this.#positions.reset();
        const object = json.read(end);
        if (object === undefined) break;
        this.#keep(index++, object.span, object.value, json.duplicates);
        end = object.span.end;
      }
    } catch (error) {
      if (error !== notJson && !isKeelsonError(error)) throw error;
    }
    // Blanks behind the last object, up to the end of its line, belong to no document.
    const rest = text.indexOf('\n', end);
    if (index > 0 && text.slice(end, rest < 0 ? text.length : rest).trim() === '')
      end = rest < 0 ? text.length : rest + 1;
    return { index, end: text.slice(end).trim() === '' && index > 0 ? text.length : end };
  }

  #refuse(message: string, offset: number): void {
    this.#stream.errors.push(yamlError(this.#source, 'YAML_LIMIT', message, offset));
  }

  #readChunk(chunk: Chunk, index: number): void {
    try {
      if (!this.#readFast(chunk, index)) this.#readFull(chunk, index);
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      this.#stream.errors.push(error);
    }
  }

  /** False when the document is not for the fast path. */
  #readFast({ start, end }: Chunk, index: number): boolean {
    const fast = this.#fast;
    if (fast === undefined) return false;
    if (!this.#isUsual && !isUsual(this.#source.text.slice(start, end))) return false;
    this.#positions.reset();
    let value: JsonValue | undefined;
    try {
      value = fast.read(start, end);
    } catch (error) {
      // An error that a shared scanner found is found again, in its turn, by the complete parser.
      if (error === bail || isKeelsonError(error)) return false;
      throw error;
    }
    if (value !== undefined) this.#keep(index, { start, end }, value, []);
    return true;
  }

  #keep(index: number, span: Span, value: JsonValue, duplicates: readonly DuplicateRecord[]): void {
    const positions = this.#positions.finish();
    this.#stream.documents.push(new ReadDocument(this.#source, index, span, value, duplicates, positions));
  }

  #readFull(chunk: Chunk, index: number): void {
    const { start, end } = chunk;
    const forbidden = findForbidden(this.#source.text.slice(start, end));
    if (forbidden >= 0) {
      throw yamlError(
        this.#source,
        'YAML_SYNTAX',
        'a control character stands in the text',
        start + forbidden,
      );
    }
    this.#positions.reset();
    const composer = new Composer(this.#source, start, end, this.#limits, this.#positions);
    const composed = composer.compose();
    if (composed === undefined) return;
    this.#keep(index, { start, end }, composed.value, composer.duplicates);
  }
}
