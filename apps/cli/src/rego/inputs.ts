import { type ConfigurationParser, parserOf } from '@keelson/configuration';
import { KeelsonError } from '@keelson/core';
import { fromYamlValue, type RegoValue, readDocument, readDocuments } from '@keelson/rego';
import { readBytes, readInput, readText } from './files.ts';
import { inputFrom } from './input-text.ts';

/** Reads inputs from files: JSON and YAML as OPA does, every other format as conftest does. */
export class InputReader {
  readonly #parser: ConfigurationParser | undefined;

  /** @param parser the format of all files, where their names are not to say it. */
  constructor(parser: ConfigurationParser | undefined) {
    this.#parser = parser;
  }

  /** Whether a file that was found in a folder is an input. */
  takes(file: string): boolean {
    const found = parserOf(file);
    return found !== undefined && (this.#parser ?? found) === found;
  }

  /**
   * A name that says no format is refused, as by conftest: nearly every text is some YAML, and would pass for an input.
   *
   * @throws RegoError `bundle_error` or KeelsonError of the format for what cannot be read.
   */
  async file(file: string): Promise<readonly RegoValue[]> {
    const parser = this.#parser ?? parserOf(file);
    if (parser === undefined)
      throw new KeelsonError('CONFIGURATION_FORMAT', 'the name says no format; tell it with --parser', {
        location: { file },
      });
    return parser === 'json' || parser === 'yaml'
      ? documentsOf(file, readText(file), parser)
      : valuesOf(file, readBytes(file), parser);
  }

  /** The program's own input: one document of JSON or YAML, unless a format is asked for. */
  async stdin(): Promise<readonly RegoValue[]> {
    const text = readInput();
    return this.#parser === undefined || this.#parser === 'json' || this.#parser === 'yaml'
      ? [inputFrom('stdin', text)]
      : valuesOf('stdin', new TextEncoder().encode(text), this.#parser);
  }
}

/** The readers are loaded when a file first needs them. */
async function valuesOf(file: string, bytes: Uint8Array, parser: ConfigurationParser): Promise<RegoValue[]> {
  const { readConfiguration } = await import('@keelson/configuration');
  return readConfiguration(file, bytes, { parser }).documents.map(({ value }) => fromYamlValue(value));
}

function documentsOf(file: string, text: string, parser: 'json' | 'yaml'): readonly RegoValue[] {
  return parser === 'json' ? [readDocument(file, text, 'json')] : readDocuments(file, text);
}
