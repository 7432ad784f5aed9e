import {
  isKeelsonError,
  isObject,
  type JsonObject,
  type JsonValue,
  type KeelsonError,
  type Path,
  type SourceLocation,
  SourceText,
} from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { ComplianceError, type ComplianceErrorCode } from './errors.ts';
import type { Control, ControlGroup, Framework, Profile } from './framework.ts';

/** A framework as its file says it, before `extends` and references are resolved. */
export interface FrameworkDefinition extends Framework {
  /** The framework whose groups and controls this one takes over where it does not write its own. */
  extends?: string;
  locate: Locate;
}

/** Says where a path of the definition stands in its file. */
type Locate = (path: Path) => SourceLocation | undefined;

const fields = {
  framework: 'id title version publisher reference aliases extends groups profiles controls'.split(' '),
  group: ['id', 'title', 'collect'],
  profile: ['id', 'title', 'controls'],
  control: 'id title group manual collect notApplicable from checks decisive'.split(' '),
} as const;

/**
 * Reads framework files as they are written; `resolve.ts` joins them. A bad framework is a problem naming file, line
 * and reason; the others are kept.
 */
export function readDefinitions(files: readonly { file: string; text: string }[]): {
  definitions: FrameworkDefinition[];
  problems: KeelsonError[];
} {
  const definitions: FrameworkDefinition[] = [];
  const problems: KeelsonError[] = [];
  for (const { file, text } of files) {
    const source = new SourceText(file, text);
    const stream = parseYaml(source);
    problems.push(...stream.errors);
    for (const document of stream.documents) {
      if (document.value === null) continue;
      const locate: Locate = (path) => {
        const { location } = document.locateNearest(path);
        return source.location(location.key ?? location.value);
      };
      try {
        definitions.push(new Reader(locate).framework(document.value));
      } catch (error) {
        if (!isKeelsonError(error)) throw error;
        problems.push(error);
      }
    }
  }
  return { definitions, problems };
}

/** A fault at a path of a definition. */
export function faultAt(
  locate: Locate,
  path: Path,
  code: ComplianceErrorCode,
  message: string,
): ComplianceError {
  const location = locate(path);
  return new ComplianceError(code, message, location === undefined ? {} : { location });
}

class Reader {
  readonly #locate: Locate;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  framework(value: JsonValue): FrameworkDefinition {
    const root = this.#mapping(value, [], 'framework');
    const base = root['extends'];
    const definition = {
      id: this.#id(root, []),
      title: this.#text(root, 'title', []),
      version: this.#text(root, 'version', []),
      publisher: this.#text(root, 'publisher', []),
      reference: this.#text(root, 'reference', []),
      aliases: this.#texts(root['aliases'] ?? [], ['aliases']),
      ...(base === undefined ? {} : { extends: this.#text(root, 'extends', []) }),
      groups: this.#list(root, 'groups', (item, path) => this.#group(item, path)),
      profiles: this.#list(root, 'profiles', (item, path) => this.#profile(item, path)),
      controls: this.#list(root, 'controls', (item, path) => this.#control(item, path)),
      locate: this.#locate,
    };
    // Nothing to judge would look like nothing that failed.
    if (definition.controls.length === 0 && base === undefined)
      throw this.#fault(['controls'], 'a framework has controls, or extends one that has');
    return definition;
  }

  #group(value: JsonValue, path: Path): ControlGroup {
    const group = this.#mapping(value, path, 'group');
    return {
      id: this.#id(group, path),
      title: this.#text(group, 'title', path),
      ...this.#optional(group, 'collect', path),
    };
  }

  #profile(value: JsonValue, path: Path): Profile {
    const profile = this.#mapping(value, path, 'profile');
    return {
      id: this.#id(profile, path),
      title: this.#text(profile, 'title', path),
      controls: this.#texts(profile['controls'] ?? null, [...path, 'controls']),
    };
  }

  #control(value: JsonValue, path: Path): Control {
    const control = this.#mapping(value, path, 'control');
    const from = control['from'] ?? {};
    if (!isObject(from)) throw this.#fault([...path, 'from'], 'from is a mapping of lists');
    if (control['notApplicable'] !== undefined) {
      const other = ['manual', 'collect', 'from', 'checks', 'decisive'].find(
        (key) => control[key] !== undefined,
      );
      if (other !== undefined) throw this.#fault([...path, other], `what is not applicable has no ${other}`);
    }
    const decisive = control['decisive'];
    if (Array.isArray(decisive) && decisive.length === 0)
      throw this.#fault([...path, 'decisive'], 'decisive names a check, or is left out');
    return {
      id: this.#id(control, path),
      title: this.#text(control, 'title', path),
      ...this.#optional(control, 'group', path),
      ...this.#optional(control, 'manual', path),
      ...this.#optional(control, 'collect', path),
      ...this.#optional(control, 'notApplicable', path),
      from: Object.fromEntries(
        Object.keys(from).map((name) => [name, this.#texts(from[name] ?? null, [...path, 'from', name])]),
      ),
      checks: this.#texts(control['checks'] ?? [], [...path, 'checks']),
      ...(decisive === undefined ? {} : { decisive: this.#texts(decisive, [...path, 'decisive']) }),
    };
  }

  #list<T>(root: JsonObject, key: string, read: (item: JsonValue, path: Path) => T): T[] {
    const list = root[key] ?? [];
    if (!Array.isArray(list)) throw this.#fault([key], `${key} is a list`);
    return list.map((item, i) => read(item, [key, i]));
  }

  #mapping(value: JsonValue, path: Path, kind: keyof typeof fields): JsonObject {
    if (!isObject(value)) throw this.#fault(path, `a ${kind} is a mapping`);
    const known: readonly string[] = fields[kind];
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) throw this.#fault([...path, key], `unknown field "${key}" of a ${kind}`);
    }
    return value;
  }

  #id(object: JsonObject, path: Path): string {
    const id = this.#text(object, 'id', path);
    if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) return id;
    throw this.#fault([...path, 'id'], `"${id}" is not letters, digits, ".", "_" and "-"`);
  }

  #text(object: JsonObject, key: string, path: Path): string {
    const value = object[key];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    // Unquoted, an id such as 5.10 is a number that has lost its last digit.
    throw this.#fault([...path, key], value === undefined ? `${key} is missing` : `${key} must be text`);
  }

  #optional<K extends string>(object: JsonObject, key: K, path: Path): { [key in K]?: string } {
    const found: { [key in K]?: string } = {};
    if (object[key] !== undefined) found[key] = this.#text(object, key, path);
    return found;
  }

  #texts(value: JsonValue, path: Path): string[] {
    if (!Array.isArray(value)) throw this.#fault(path, `${path.at(-1)} is a list`);
    return value.map((item, i) => {
      if (typeof item === 'string') return item;
      throw this.#fault([...path, i], `${path.at(-1)} holds text only`);
    });
  }

  #fault(path: Path, message: string): ComplianceError {
    return faultAt(this.#locate, path, 'FRAMEWORK_DEFINITION', message);
  }
}
