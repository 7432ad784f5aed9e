import { isKeelsonError, type JsonValue, SourceText } from '@keelson/core';
import { findForbidden } from './characters.ts';
import { Composer } from './composer.ts';
import type { YamlLimits, YamlStream } from './document.ts';
import { yamlError } from './error.ts';
import { resolveLimits } from './limits.ts';
import { PositionBuilder } from './positions.ts';
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
  return new StreamReader(source, resolveLimits(options.limits)).read();
}

class StreamReader {
  readonly #source: SourceText;
  readonly #limits: YamlLimits;
  readonly #positions = new PositionBuilder();
  readonly #stream: ReadStream = { documents: [], errors: [] };

  constructor(source: SourceText, limits: YamlLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  read(): ReadStream {
    const { text } = this.#source;
    const { maxLength, maxDocuments } = this.#limits;
    if (text.length > maxLength) {
      this.#refuse(`the text is longer than maxLength, ${maxLength}`, 0);
      return this.#stream;
    }
    let index = 0;
    for (const chunk of splitDocuments(text)) {
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

  #refuse(message: string, offset: number): void {
    this.#stream.errors.push(yamlError(this.#source, 'YAML_LIMIT', message, offset));
  }

  #readChunk(chunk: Chunk, index: number): void {
    try {
      this.#readFull(chunk, index);
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      this.#stream.errors.push(error);
    }
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
    const value: JsonValue | undefined = composer.compose();
    if (value === undefined) return;
    const positions = this.#positions.finish();
    this.#stream.documents.push(
      new ReadDocument(this.#source, index, { start, end }, value, composer.duplicates, positions),
    );
  }
}
