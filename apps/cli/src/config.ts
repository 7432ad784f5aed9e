import { existsSync, readFileSync } from 'node:fs';
import { type Exception, type Locate, readExceptions } from '@keelson/checks';
import { isObject, type JsonObject, type JsonValue, type Path, SourceText } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { CommandError, reasonOf } from './errors.ts';

/** What `keelson.yaml` may say (schema: docs/schemas/keelson.schema.json). */
export interface Configuration {
  failOn?: string;
  show?: string;
  namespace?: string;
  exclude: string[];
  skip: string[];
  only: string[];
  /** Folders of users' checks. */
  checks: string[];
  /** Settings of checks by id. */
  settings: ReadonlyMap<string, JsonObject>;
  exceptions: Exception[];
}

export const defaultConfigurationFile = 'keelson.yaml';

const empty: Configuration = {
  exclude: [],
  skip: [],
  only: [],
  checks: [],
  settings: new Map(),
  exceptions: [],
};

/**
 * Reads the configuration: the file named, or `./keelson.yaml` when there is one.
 * @throws CommandError CONFIG_INVALID naming file, line and reason; the errors of the YAML, of exceptions too
 */
export function readConfiguration(file: string | undefined): Configuration {
  const path = file ?? defaultConfigurationFile;
  if (!existsSync(path)) {
    if (file === undefined) return empty;
    throw new CommandError('CONFIG_INVALID', `--config ${file}: no such file`);
  }
  const source = new SourceText(path, readText(path));
  const stream = parseYaml(source);
  const [error] = stream.errors;
  if (error !== undefined) throw error;
  const [document] = stream.documents;
  if (document === undefined || document.value === null) return empty;
  const locate: Locate = (at) => {
    const { location } = document.locateNearest(at);
    return source.location(location.key ?? location.value);
  };
  return new ConfigurationReader(document.value, locate).read();
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError('CONFIG_INVALID', `cannot be read: ${reasonOf(error)}`, {
      location: { file: path },
      cause: error,
    });
  }
}

class ConfigurationReader {
  readonly #root: JsonValue;
  readonly #locate: Locate;

  constructor(root: JsonValue, locate: Locate) {
    this.#root = root;
    this.#locate = locate;
  }

  read(): Configuration {
    const root = this.#mapping(this.#root, []);
    this.#only(root, ['scan', 'exceptions'], []);
    const scan = this.#mapping(root['scan'] ?? {}, ['scan']);
    this.#only(
      scan,
      ['failOn', 'show', 'namespace', 'exclude', 'skip', 'only', 'checks', 'settings'],
      ['scan'],
    );
    const settings = this.#mapping(scan['settings'] ?? {}, ['scan', 'settings']);
    const text = (key: 'failOn' | 'show' | 'namespace') => {
      const value = scan[key];
      if (value === undefined) return {};
      if (typeof value !== 'string') throw this.#fault(['scan', key], `${key} must be text`);
      return { [key]: value };
    };
    return {
      ...text('failOn'),
      ...text('show'),
      ...text('namespace'),
      exclude: this.#texts(scan, 'exclude'),
      skip: this.#texts(scan, 'skip'),
      only: this.#texts(scan, 'only'),
      checks: this.#texts(scan, 'checks'),
      settings: new Map(
        Object.keys(settings).map((id) => [
          id,
          this.#mapping(settings[id] ?? null, ['scan', 'settings', id]),
        ]),
      ),
      exceptions: readExceptions(root['exceptions'], this.#locate),
    };
  }

  #texts(scan: JsonObject, key: string): string[] {
    const value = scan[key] ?? [];
    if (!Array.isArray(value)) throw this.#fault(['scan', key], `${key} is a list`);
    return value.map((item, i) => {
      if (typeof item === 'string') return item;
      throw this.#fault(['scan', key, i], `${key} holds text only`);
    });
  }

  #mapping(value: JsonValue, path: Path): JsonObject {
    if (isObject(value)) return value;
    throw this.#fault(path, `${path.length === 0 ? 'the configuration' : path.join('.')} is a mapping`);
  }

  #only(object: JsonObject, known: readonly string[], path: Path): void {
    for (const key of Object.keys(object)) {
      if (!known.includes(key))
        throw this.#fault([...path, key], `unknown field "${key}"; there are ${known.join(', ')}`);
    }
  }

  #fault(path: Path, message: string): CommandError {
    const location = this.#locate(path);
    return new CommandError('CONFIG_INVALID', message, location === undefined ? {} : { location });
  }
}
