import { type ConfigurationParser, parserOf } from '@keelson/configuration';
import { fromYamlValue, type RegoValue, readDocument, readDocuments } from '@keelson/rego';
import { readBytes, readInput, readText } from './files.ts';
import { inputFrom, inputsFrom } from './input-text.ts';

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

  /** @throws RegoError `bundle_error` or KeelsonError of the format for what cannot be read. */
  async file(file: string): Promise<readonly RegoValue[]> {
    const parser = this.#parser ?? parserOf(file);
    return isForOpa(parser)
      ? documentsOf(file, readText(file), parser)
      : valuesOf(file, readBytes(file), parser);
  }

  /** The program's own input: one document of JSON or YAML, unless a format is asked for. */
  async stdin(): Promise<readonly RegoValue[]> {
    const text = readInput();
    return isForOpa(this.#parser)
      ? [inputFrom('stdin', text)]
      : valuesOf('stdin', new TextEncoder().encode(text), this.#parser);
  }
}

type OpaParser = 'json' | 'yaml' | undefined;

/** Also for a name that says no format: that is JSON, or else YAML. */
function isForOpa(parser: ConfigurationParser | undefined): parser is OpaParser {
  return parser === undefined || parser === 'json' || parser === 'yaml';
}

/** The readers are loaded when a file first needs them. */
async function valuesOf(file: string, bytes: Uint8Array, parser: ConfigurationParser): Promise<RegoValue[]> {
  const { readConfiguration } = await import('@keelson/configuration');
  return readConfiguration(file, bytes, { parser }).documents.map(({ value }) => fromYamlValue(value));
}

function documentsOf(file: string, text: string, parser: OpaParser): readonly RegoValue[] {
  if (parser === undefined) return inputsFrom(file, text);
  return parser === 'json' ? [readDocument(file, text, 'json')] : readDocuments(file, text);
}
