import type { JsonObject, JsonValue, Path, SourceLocation } from '@keelson/core';
import { formatPath, isObject } from '@keelson/core';
import { type ControlReferences, type PatchOperation, type Severity, severities } from '@keelson/evidence';
import { componentNames } from '@keelson/kubernetes';
import type { CheckExample, CheckFix, CheckScope, CheckTarget } from './check.ts';
import { CheckError } from './errors.ts';
import { type PathPattern, parsePath, parsePathPattern } from './path-pattern.ts';

/** A check as its YAML file says it, validated (docs/checks-format.md). */
export interface CheckDefinition {
  id: string;
  title: string;
  severity: Severity;
  category: string;
  target: CheckTarget;
  kinds: string[];
  judge: ExpressionDefinition | ProgramDefinition;
  why: string;
  remediation: string;
  fix?: CheckFix;
  controls: ControlReferences;
  aliases: Readonly<Record<string, readonly string[]>>;
  references: string[];
  covers: string[];
  toldBy: string[];
  examples: CheckExample[];
  params?: JsonObject;
  /** Why the check is of no use as an admission policy, where nothing else of it shows that. */
  notAtAdmission?: string;
}

export interface ExpressionDefinition {
  type: 'element';
  scope: CheckScope;
  containers: string[];
  components: string[];
  each?: PathPattern;
  when?: string;
  expression: string;
  message?: string;
  text?: string;
  point: Path[];
  /** `fix.when` of the file. */
  fixWhen?: string;
}

export interface ProgramDefinition {
  type: 'program';
  program: string;
}

/** Says where a path of the definition stands in its file. */
export type Locate = (path: Path) => SourceLocation | undefined;

const scopes: Readonly<Record<CheckScope, CheckTarget>> = {
  object: 'kubernetes',
  pod: 'kubernetes',
  container: 'kubernetes',
  component: 'kubernetes',
  dockerfile: 'dockerfile',
  stage: 'dockerfile',
  instruction: 'dockerfile',
};
const containerTypes = ['init', 'container', 'ephemeral'];
const knownKeys = new Set(
  `id title severity category target scope kinds containers components each when expression message text point program
   why remediation fix controls aliases references covers toldBy examples params notAtAdmission`.split(/\s+/),
);
const fixKeys = new Set(['description', 'patch', 'choice', 'when', 'optIn']);

/**
 * Reads a check from a YAML document's value.
 * @throws CheckError CHECK_DEFINITION or CHECK_PATH naming the field and, through `locate`, its line
 */
export function readDefinition(value: JsonValue, locate: Locate = () => undefined): CheckDefinition {
  return new Reader(value, locate).read();
}

class Reader {
  readonly #root: JsonObject;
  readonly #locate: Locate;

  constructor(value: JsonValue, locate: Locate) {
    this.#locate = locate;
    if (!isObject(value)) throw this.#fault([], 'a check is a mapping');
    this.#root = value;
  }

  read(): CheckDefinition {
    for (const key of Object.keys(this.#root)) {
      if (!knownKeys.has(key)) throw this.#fault([key], `unknown field "${key}"`);
    }
    const id = this.#string('id');
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) {
      throw this.#fault(['id'], `"${id}" is not lower case words joined by "-"`);
    }
    const target = this.#oneOf('target', ['kubernetes', 'dockerfile'] as const, 'kubernetes');
    const fix = this.#fix();
    const params = this.#root['params'];
    const notAtAdmission = this.#optional('notAtAdmission');
    if (params !== undefined && !isObject(params)) throw this.#fault(['params'], 'params is a mapping');
    return {
      id,
      title: this.#string('title'),
      severity: this.#oneOf('severity', severities),
      category: this.#string('category', 'custom'),
      target,
      kinds: this.#strings('kinds'),
      judge: this.#judge(target),
      why: this.#string('why', ''),
      remediation: this.#string('remediation', ''),
      ...(fix === undefined ? {} : { fix }),
      controls: this.#lists('controls'),
      aliases: this.#lists('aliases'),
      references: this.#strings('references'),
      covers: this.#strings('covers'),
      toldBy: this.#strings('toldBy'),
      examples: this.#examples(),
      ...(params === undefined ? {} : { params }),
      ...(notAtAdmission === undefined ? {} : { notAtAdmission }),
    };
  }

  #judge(target: CheckTarget): ExpressionDefinition | ProgramDefinition {
    if (this.#root['program'] !== undefined) return { type: 'program', program: this.#string('program') };
    const scope = this.#oneOf('scope', Object.keys(scopes) as CheckScope[]);
    if (scopes[scope] !== target) throw this.#fault(['scope'], `scope "${scope}" is not of target ${target}`);
    const containers = this.#choices('containers', containerTypes);
    const components = this.#choices('components', componentNames);
    const text = this.#optional('text');
    const message = this.#optional('message');
    if ((text === undefined) === (message === undefined)) {
      throw this.#fault(['message'], 'a check has either message (CEL) or text');
    }
    const each = this.#optional('each');
    const when = this.#optional('when');
    return {
      type: 'element',
      scope,
      containers,
      components,
      ...(each === undefined ? {} : { each: this.#path('each', () => parsePathPattern(each)) }),
      ...(when === undefined ? {} : { when }),
      expression: this.#string('expression'),
      ...(text === undefined ? {} : { text }),
      ...(message === undefined ? {} : { message }),
      point: this.#points(),
      ...this.#fixWhen(),
    };
  }

  #fixWhen(): { fixWhen?: string } {
    const fix = this.#root['fix'];
    const fixWhen = isObject(fix) ? fix['when'] : undefined;
    if (fixWhen === undefined) return {};
    if (typeof fixWhen !== 'string') throw this.#fault(['fix', 'when'], 'when of a fix is a CEL expression');
    return { fixWhen: fixWhen.trim() };
  }

  #points(): Path[] {
    const written = this.#root['point'] ?? '';
    const list = Array.isArray(written) ? written : [written];
    return list.map((item, i) => {
      if (typeof item !== 'string') throw this.#fault(['point', i], 'point is a path or a list of paths');
      return this.#path('point', () => parsePath(item));
    });
  }

  #fix(): CheckFix | undefined {
    const fix = this.#root['fix'];
    if (fix === undefined) return undefined;
    if (!isObject(fix) || !Array.isArray(fix['patch']) || typeof fix['description'] !== 'string') {
      throw this.#fault(['fix'], 'a fix has a description and a patch, which is a list');
    }
    for (const key of Object.keys(fix)) {
      if (!fixKeys.has(key)) throw this.#fault(['fix', key], `unknown field "${key}" of a fix`);
    }
    const { choice, optIn } = fix;
    if (optIn !== undefined && typeof optIn !== 'boolean') {
      throw this.#fault(['fix', 'optIn'], 'optIn is true or false');
    }
    if (fix['when'] !== undefined && this.#root['program'] !== undefined) {
      throw this.#fault(['fix', 'when'], 'the fix of a program has no when');
    }
    return {
      description: fix['description'],
      patch: fix['patch'].map((operation, i) => this.#operation(operation, i)),
      ...(typeof choice === 'string' ? { choice } : {}),
      ...(optIn === true ? { optIn } : {}),
    };
  }

  #operation(value: JsonValue, index: number): PatchOperation {
    const at: Path = ['fix', 'patch', index];
    if (!isObject(value)) throw this.#fault(at, 'an operation is a mapping with op and path');
    const { op, path } = value;
    if (op !== 'add' && op !== 'replace' && op !== 'remove')
      throw this.#fault(at, 'op is add, replace or remove');
    if (typeof path !== 'string') throw this.#fault(at, 'path is text like a.b[0]');
    const steps = this.#path('fix', () => parsePath(path));
    if (op === 'remove') return { op, path: [...steps] };
    if (value['value'] === undefined) throw this.#fault(at, `op ${op} needs a value`);
    return { op, path: [...steps], value: value['value'] };
  }

  #examples(): CheckExample[] {
    const list = this.#root['examples'] ?? [];
    if (!Array.isArray(list)) throw this.#fault(['examples'], 'examples is a list');
    return list.map((example, i) => {
      const verdict = isObject(example) ? example['verdict'] : undefined;
      const input = isObject(example) ? example['input'] : undefined;
      if ((verdict !== 'fail' && verdict !== 'pass') || typeof input !== 'string') {
        throw this.#fault(['examples', i], 'an example has a verdict (fail or pass) and an input text');
      }
      const params = isObject(example) ? example['params'] : undefined;
      if (params === undefined) return { verdict, input };
      if (!isObject(params)) throw this.#fault(['examples', i, 'params'], 'params is a mapping');
      return { verdict, input, params };
    });
  }

  #string(key: string, absent?: string): string {
    const value = this.#root[key] ?? absent;
    if (typeof value === 'string') return value.trim();
    throw this.#fault([key], value === undefined ? `${key} is missing` : `${key} must be text`);
  }

  #optional(key: string): string | undefined {
    return this.#root[key] === undefined ? undefined : this.#string(key);
  }

  #strings(key: string): string[] {
    return this.#stringList(this.#root[key] ?? [], [key]);
  }

  #choices(key: string, allowed: readonly string[]): string[] {
    const chosen = this.#strings(key);
    for (const [i, item] of chosen.entries()) {
      if (!allowed.includes(item))
        throw this.#fault([key, i], `"${item}" is not one of ${allowed.join(', ')}`);
    }
    return chosen;
  }

  #lists(key: string): Record<string, readonly string[]> {
    const value = this.#root[key] ?? {};
    if (!isObject(value)) throw this.#fault([key], `${key} is a mapping of lists`);
    return Object.fromEntries(
      Object.keys(value).map((name) => [name, this.#stringList(value[name] ?? null, [key, name])]),
    );
  }

  #stringList(value: JsonValue, path: Path): string[] {
    if (!Array.isArray(value)) throw this.#fault(path, `${formatPath(path)} is a list`);
    return value.map((item, i) => {
      if (typeof item === 'string' || typeof item === 'number') return String(item);
      throw this.#fault([...path, i], `${formatPath(path)} holds text only`);
    });
  }

  #oneOf<T extends string>(key: string, allowed: readonly T[], absent?: T): T {
    const value = this.#root[key] ?? absent;
    const found = allowed.find((name) => name === value);
    if (found === undefined) throw this.#fault([key], `${key} is one of ${allowed.join(', ')}`);
    return found;
  }

  #path<T>(key: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      throw this.#fault([key], error instanceof Error ? error.message : String(error), 'CHECK_PATH');
    }
  }

  #fault(
    path: Path,
    message: string,
    code: 'CHECK_DEFINITION' | 'CHECK_PATH' = 'CHECK_DEFINITION',
  ): CheckError {
    const location = this.#locate(path);
    return new CheckError(code, message, location === undefined ? {} : { location });
  }
}
