import { KeelsonError, SourceText } from '@keelson/core';
import { declaredInXml, decode } from './decode.ts';
import type { FormatReader, ReadValue } from './format.ts';
import { readDockerfile } from './formats/dockerfile.ts';
import { readDotenv } from './formats/dotenv.ts';
import { readHcl } from './formats/hcl.ts';
import { readIgnore } from './formats/ignore.ts';
import { readIni } from './formats/ini.ts';
import { readJson, readJsonc } from './formats/json.ts';
import { readProperties } from './formats/properties.ts';
import { readToml } from './formats/toml.ts';
import { readXml } from './formats/xml.ts';
import { readYaml } from './formats/yaml.ts';
import { type ConfigurationLimits, resolveLimits } from './limits.ts';
import { type ConfigurationParser, parserFor } from './parser.ts';

const readers: Readonly<Record<ConfigurationParser, FormatReader>> = {
  dockerfile: readDockerfile,
  dotenv: readDotenv,
  hcl2: readHcl,
  ignore: readIgnore,
  ini: readIni,
  json: readJson,
  jsonc: readJsonc,
  properties: readProperties,
  toml: readToml,
  xml: readXml,
  yaml: readYaml,
};

export interface ConfigurationOptions {
  /** The format, where the name of the file does not say it. */
  readonly parser?: string | undefined;
  /** Bounds; those not given keep their defaults (`defaultConfigurationLimits`). */
  readonly limits?: Partial<ConfigurationLimits>;
}

/** A value that policies judge. */
export type ConfigurationDocument = ReadValue;

/** A file of configuration. */
export interface Configuration {
  readonly parser: ConfigurationParser;
  readonly source: SourceText;
  /** What policies judge: each document of a stream, and each item of a document that is a list, as conftest has it. */
  readonly documents: readonly ConfigurationDocument[];
}

/**
 * Reads a file of configuration into JSON values, as the program conftest does.
 *
 * @param name its name, for messages and for the format.
 * @throws KeelsonError with file, line and reason where it cannot be read.
 */
export function readConfiguration(
  name: string,
  bytes: Uint8Array,
  options: ConfigurationOptions = {},
): Configuration {
  const parser = parserFor(name, options.parser);
  const limits = resolveLimits(options.limits);
  const bound = parser === 'json' || parser === 'yaml' ? 'maxBytes' : 'maxTextBytes';
  if (bytes.length > limits[bound]) {
    const message = `the file is larger than ${bound}, ${limits[bound]}`;
    throw new KeelsonError('CONFIGURATION_LIMIT', message, { location: { file: name } });
  }
  const text = decode(name, bytes, parser === 'xml' ? declaredInXml(bytes) : undefined);
  const source = new SourceText(name, text);
  return { parser, source, documents: readers[parser](source, limits) };
}
