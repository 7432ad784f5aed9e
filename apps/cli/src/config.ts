import { existsSync, readFileSync } from 'node:fs';
import { type Exception, type Locate, readException } from '@keelson/checks';
import {
  createObject,
  isKeelsonError,
  isObject,
  type JsonObject,
  type JsonValue,
  type KeelsonError,
  type Path,
  SourceText,
} from '@keelson/core';
import { type Severity, severities } from '@keelson/evidence';
import { parseYaml } from '@keelson/yaml';
import { CommandError, reasonOf } from './errors.ts';
import { suggestion } from './suggest.ts';

/** What `keelson.yaml` may say (schema: docs/schemas/keelson.schema.json). */
export interface Configuration {
  failOn?: Severity | 'none';
  show?: Severity;
  namespace?: string;
  exclude: string[];
  skip: string[];
  only: string[];
  /** Folders of users' checks. */
  checks: string[];
  /** Folders and files of users' policies. */
  policies: string[];
  /** Frameworks by name, or files of the user's own. */
  frameworks: string[];
  /** Settings of checks by id. */
  settings: ReadonlyMap<string, JsonObject>;
  exceptions: Exception[];
}

export const defaultConfigurationFile = 'keelson.yaml';

const scanFields = [
  'failOn',
  'show',
  'namespace',
  'exclude',
  'skip',
  'only',
  'checks',
  'policies',
  'frameworks',
  'settings',
] as const;

const empty: Configuration = {
  exclude: [],
  skip: [],
  only: [],
  checks: [],
  policies: [],
  frameworks: [],
  settings: new Map(),
  exceptions: [],
};

/** A configuration file as far as it can be used, everything that is wrong with it, and where its parts stand. */
export interface InspectedConfiguration {
  configuration: Configuration;
  faults: KeelsonError[];
  locate: Locate;
}

/**
 * Reads the configuration: the file named, or `./keelson.yaml` when there is one.
 * @throws CommandError CONFIG_INVALID naming file, line and reason; the errors of the YAML, of exceptions too
 */
export function readConfiguration(file: string | undefined): Configuration {
  const path = file ?? defaultConfigurationFile;
  if (!existsSync(path) && file === undefined) return empty;
  const { configuration, faults } = inspectConfiguration(path);
  const [fault] = faults;
  if (fault !== undefined) throw fault;
  return configuration;
}

/**
 * Reads a configuration file and keeps all of its faults.
 * @throws CommandError CONFIG_INVALID when there is no such file, or it cannot be read
 */
export function inspectConfiguration(path: string): InspectedConfiguration {
  if (!existsSync(path)) throw new CommandError('CONFIG_INVALID', `--config ${path}: no such file`);
  const source = new SourceText(path, readText(path));
  const stream = parseYaml(source);
  const [document] = stream.documents;
  const locate: Locate = (at) => {
    const location = document?.locateNearest(at).location;
    return location === undefined ? undefined : source.location(location.key ?? location.value);
  };
  if (stream.errors.length > 0 || document === undefined || document.value === null)
    return { configuration: empty, faults: stream.errors, locate };
  const reader = new ConfigurationReader(locate);
  return { configuration: reader.read(document.value), faults: reader.faults, locate };
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

/** Reads what can be read; every fault is kept and costs only the part where it stands. */
class ConfigurationReader {
  readonly faults: KeelsonError[] = [];
  readonly #locate: Locate;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  read(value: JsonValue): Configuration {
    const root = this.#mapping(value, []);
    this.#only(root, ['scan', 'exceptions'], []);
    const scan = this.#mapping(root['scan'] ?? {}, ['scan']);
    this.#only(scan, scanFields, ['scan']);
    const failOn = this.#choice(scan, 'failOn', [...severities, 'none'] as const);
    const show = this.#choice(scan, 'show', severities);
    const settings = this.#mapping(scan['settings'] ?? {}, ['scan', 'settings']);
    return {
      ...(failOn === undefined ? {} : { failOn }),
      ...(show === undefined ? {} : { show }),
      ...this.#namespace(scan),
      exclude: this.#texts(scan, 'exclude'),
      skip: this.#texts(scan, 'skip'),
      only: this.#texts(scan, 'only'),
      checks: this.#texts(scan, 'checks'),
      policies: this.#texts(scan, 'policies'),
      frameworks: this.#texts(scan, 'frameworks'),
      settings: new Map(
        Object.keys(settings).map((id) => [
          id,
          this.#mapping(settings[id] ?? null, ['scan', 'settings', id]),
        ]),
      ),
      exceptions: this.#exceptions(root['exceptions'] ?? []),
    };
  }

  #choice<T extends string>(scan: JsonObject, key: string, allowed: readonly T[]): T | undefined {
    const value = scan[key];
    const found = allowed.find((name) => name === value);
    if (value !== undefined && found === undefined)
      this.#fault(['scan', key], `${key} is one of ${allowed.join(', ')}`);
    return found;
  }

  #namespace(scan: JsonObject): { namespace?: string } {
    const { namespace } = scan;
    if (typeof namespace === 'string') return { namespace };
    if (namespace !== undefined) this.#fault(['scan', 'namespace'], 'namespace must be text');
    return {};
  }

  #exceptions(value: JsonValue): Exception[] {
    if (!Array.isArray(value)) {
      this.#fault(['exceptions'], 'exceptions is a list');
      return [];
    }
    return value.flatMap((item, i) => {
      try {
        return readException(item, this.#locate, ['exceptions', i]);
      } catch (error) {
        if (!isKeelsonError(error)) throw error;
        this.faults.push(error);
        return [];
      }
    });
  }

  #texts(scan: JsonObject, key: string): string[] {
    const value = scan[key] ?? [];
    if (!Array.isArray(value)) {
      this.#fault(['scan', key], `${key} is a list`);
      return [];
    }
    return value.flatMap((item, i) => {
      if (typeof item === 'string') return item;
      this.#fault(['scan', key, i], `${key} holds text only`);
      return [];
    });
  }

  #mapping(value: JsonValue, path: Path): JsonObject {
    if (isObject(value)) return value;
    this.#fault(path, `${path.length === 0 ? 'the configuration' : path.join('.')} is a mapping`);
    return createObject();
  }

  #only(object: JsonObject, known: readonly string[], path: Path): void {
    for (const key of Object.keys(object)) {
      if (known.includes(key)) continue;
      const near = suggestion(key, known);
      this.#fault([...path, key], `unknown field "${key}"${near}; there are ${known.join(', ')}`);
    }
  }

  #fault(path: Path, message: string): void {
    const location = this.#locate(path);
    this.faults.push(new CommandError('CONFIG_INVALID', message, location === undefined ? {} : { location }));
  }
}
