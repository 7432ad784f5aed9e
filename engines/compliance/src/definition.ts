import {
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
  /** It was read without a fault; one with faults is looked through for others and not used. */
  sound: boolean;
  locate: Locate;
}

/** A word on the known name nearest to the one written, such as ` (did you mean "x"?)`, or nothing. */
export type Suggest = (written: string, known: Iterable<string>) => string;

/** Says where a path of the definition stands in its file. */
type Locate = (path: Path) => SourceLocation | undefined;

const fields = {
  framework: 'id title version publisher reference aliases extends groups profiles controls'.split(' '),
  group: ['id', 'title', 'collect'],
  profile: ['id', 'title', 'controls'],
  control: 'id title group manual collect notApplicable from checks decisive'.split(' '),
} as const;

/** What a list of a framework holds. */
const singular = { groups: 'group', profiles: 'profile', controls: 'control' } as const;

/**
 * Reads framework files as they are written; `resolve.ts` joins them. Every fault of a framework is a problem
 * naming file, line and reason; the other frameworks are kept.
 */
export function readDefinitions(
  files: readonly { file: string; text: string }[],
  suggest: Suggest = () => '',
): {
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
      const reader = new Reader(locate, suggest);
      const definition = reader.framework(document.value);
      problems.push(...reader.faults);
      if (definition !== undefined) definitions.push(definition);
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

/**
 * Reads one framework and keeps the faults that it meets: what is wrong in one field or item does not hide what is wrong
 * in the next.
 */
class Reader {
  readonly faults: ComplianceError[] = [];
  readonly #locate: Locate;
  readonly #suggest: Suggest;
  /** False once an item was left out: the places of those behind it are not known any more. */
  #whole = true;

  constructor(locate: Locate, suggest: Suggest) {
    this.#locate = locate;
    this.#suggest = suggest;
  }

  /** The framework as far as it can be read, or undefined when what it refers to cannot be looked up. */
  framework(value: JsonValue): FrameworkDefinition | undefined {
    const root = this.#object(value, [], 'framework');
    if (root === undefined) return undefined;
    this.#known(root, [], 'framework');
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
    };
    // Nothing to judge would look like nothing that failed.
    if (definition.controls.length === 0 && base === undefined && this.faults.length === 0)
      this.#fault(['controls'], 'a framework has controls, or extends one that has');
    return this.#whole ? { ...definition, sound: this.faults.length === 0, locate: this.#locate } : undefined;
  }

  #group(group: JsonObject, path: Path): ControlGroup {
    this.#known(group, path, 'group');
    return {
      id: this.#id(group, path),
      title: this.#text(group, 'title', path),
      ...this.#optional(group, 'collect', path),
    };
  }

  #profile(profile: JsonObject, path: Path): Profile {
    this.#known(profile, path, 'profile');
    return {
      id: this.#id(profile, path),
      title: this.#text(profile, 'title', path),
      controls: this.#texts(profile['controls'] ?? null, [...path, 'controls']),
    };
  }

  #control(control: JsonObject, path: Path): Control {
    this.#known(control, path, 'control');
    const decisive = control['decisive'];
    if (Array.isArray(decisive) && decisive.length === 0)
      this.#fault([...path, 'decisive'], 'decisive names a check, or is left out');
    if (control['notApplicable'] !== undefined) {
      for (const key of ['manual', 'collect', 'from', 'checks', 'decisive'] as const) {
        if (control[key] !== undefined) this.#fault([...path, key], `what is not applicable has no ${key}`);
      }
    }
    return {
      id: this.#id(control, path),
      title: this.#text(control, 'title', path),
      ...this.#optional(control, 'group', path),
      ...this.#optional(control, 'manual', path),
      ...this.#optional(control, 'collect', path),
      ...this.#optional(control, 'notApplicable', path),
      from: this.#from(control['from'] ?? {}, [...path, 'from']),
      checks: this.#texts(control['checks'] ?? [], [...path, 'checks']),
      ...(decisive === undefined ? {} : { decisive: this.#texts(decisive, [...path, 'decisive']) }),
    };
  }

  #from(from: JsonValue, path: Path): Control['from'] {
    if (isObject(from))
      return Object.fromEntries(
        Object.keys(from).map((name) => [name, this.#texts(from[name] ?? null, [...path, name])]),
      );
    this.#fault(path, 'from is a mapping of lists');
    return {};
  }

  #list<T>(root: JsonObject, key: keyof typeof singular, read: (item: JsonObject, path: Path) => T): T[] {
    const list = root[key] ?? [];
    if (!Array.isArray(list)) {
      this.#fault([key], `${key} is a list`);
      return [];
    }
    return list.flatMap((item, i) => {
      const object = this.#object(item, [key, i], singular[key]);
      if (object !== undefined) return [read(object, [key, i])];
      this.#whole = false;
      return [];
    });
  }

  #object(value: JsonValue, path: Path, kind: keyof typeof fields): JsonObject | undefined {
    if (isObject(value)) return value;
    this.#fault(path, `a ${kind} is a mapping`);
    return undefined;
  }

  #known(object: JsonObject, path: Path, kind: keyof typeof fields): void {
    const known: readonly string[] = fields[kind];
    for (const key of Object.keys(object)) {
      if (!known.includes(key))
        this.#fault([...path, key], `unknown field "${key}" of a ${kind}${this.#suggest(key, known)}`);
    }
  }

  #id(object: JsonObject, path: Path): string {
    const id = this.#text(object, 'id', path);
    // A text that is missing was told already.
    if (id !== '' && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id))
      this.#fault([...path, 'id'], `"${id}" is not letters, digits, ".", "_" and "-"`);
    return id;
  }

  /** The text of a field; '' once its fault is told. */
  #text(object: JsonObject, key: string, path: Path): string {
    const value = object[key];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    // Unquoted, an id such as 5.10 is a number that has lost its last digit.
    this.#fault([...path, key], value === undefined ? `${key} is missing` : `${key} must be text`);
    return '';
  }

  #optional<K extends string>(object: JsonObject, key: K, path: Path): { [key in K]?: string } {
    const found: { [key in K]?: string } = {};
    if (object[key] !== undefined) found[key] = this.#text(object, key, path);
    return found;
  }

  #texts(value: JsonValue, path: Path): string[] {
    if (!Array.isArray(value)) {
      this.#fault(path, `${path.at(-1)} is a list`);
      return [];
    }
    return value.map((item, i) => {
      if (typeof item === 'string' && item !== '') return item;
      this.#fault([...path, i], `${path.at(-1)} holds text only`);
      return '';
    });
  }

  #fault(path: Path, message: string): void {
    this.faults.push(faultAt(this.#locate, path, 'FRAMEWORK_DEFINITION', message));
  }
}
