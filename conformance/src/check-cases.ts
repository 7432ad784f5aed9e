import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Check,
  type DockerfileInput,
  isResource,
  judge,
  locateSubject,
  withParams,
} from '@keelson/checks';
import {
  cloneJson,
  createObject,
  isObject,
  type JsonObject,
  type JsonValue,
  objectOf,
  type Path,
  SourceText,
} from '@keelson/core';
import type { Severity } from '@keelson/evidence';
import type { Resource } from '@keelson/kubernetes';
import { fileKind, readDockerfileText, readManifestText } from '@keelson/manifests';
import { loadChecks } from '@keelson/pack-checks';
import type { Tally } from './suite.ts';

/** How one of a suite's own rules is answered by keelson's checks. */
export interface Mapping {
  /** Ids of the checks whose findings, taken together, answer for the suite's rule. */
  readonly checks: readonly string[];
  /** Cases that keelson deliberately answers otherwise, by id or file, each with a one-line reason. */
  readonly differs: ReadonlyMap<string, string>;
  /** Settings that the suite's rule has built in, or takes from its user. */
  readonly params: JsonObject;
}

/** A text to judge, as a suite's file or line holds it. */
export interface CaseText {
  readonly name: string;
  readonly text: string;
  /** Taken from the name when left out; manifest when the name promises nothing. */
  readonly kind?: 'manifest' | 'dockerfile';
}

/** One violation, with what suites compare. */
export interface CaseViolation {
  readonly check: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** The object as written; undefined in a Dockerfile. */
  readonly object: JsonObject | undefined;
  readonly path: Path;
  readonly message: string;
  readonly severity: Severity;
}

export interface CaseJudgement {
  readonly violations: readonly CaseViolation[];
  /** Texts that could not be read and checks that could not be evaluated. */
  readonly errors: readonly string[];
}

export interface JudgeTextsOptions {
  /** Settings of the checks for this case: a check's own stay where these say nothing. */
  readonly params?: JsonObject;
}

const byId: ReadonlyMap<string, Check> = new Map((await loadChecks()).map((check) => [check.id, check]));

/**
 * Merges `conformance/mappings/<suite>/*.json`, each `{ "<rule>": { "checks": […], "differs": { "<case>": "reason" } } }`.
 * A rule that two files map is answered by the checks of both.
 * @throws Error for a file of another shape
 */
export function loadMappings(suite: string): Map<string, Mapping> {
  const folder = join(import.meta.dirname, '../mappings', suite);
  const merged = new Map<string, Mapping>();
  if (!existsSync(folder)) return merged;
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.json')) continue;
    const value = readJson(readFileSync(join(folder, name), 'utf8'));
    if (!isObject(value)) throw new Error(`${suite}/${name} is not a mapping`);
    for (const rule of Object.keys(value)) {
      const mapping = readMapping(`${suite}/${name}: "${rule}"`, value[rule]);
      const earlier = merged.get(rule);
      merged.set(rule, earlier === undefined ? mapping : joined(earlier, mapping));
    }
  }
  return merged;
}

function joined(a: Mapping, b: Mapping): Mapping {
  return {
    checks: [...new Set([...a.checks, ...b.checks])],
    differs: new Map([...a.differs, ...b.differs]),
    params: objectOf([...Object.entries(a.params), ...Object.entries(b.params)]),
  };
}

function readMapping(where: string, entry: JsonValue | undefined): Mapping {
  const ids = isObject(entry) ? entry['checks'] : undefined;
  if (!isObject(entry) || !Array.isArray(ids)) throw new Error(`${where} has no list of checks`);
  const { differs, params } = entry;
  const reasons = Object.entries(isObject(differs) ? differs : {});
  return {
    checks: ids.map(String),
    differs: new Map(reasons.map(([key, why]) => [key, String(why)])),
    params: isObject(params) ? params : createObject(),
  };
}

/** JSON as bare objects. Throws SyntaxError. */
export function readJson(text: string): JsonValue {
  return cloneJson<JsonValue>(JSON.parse(text));
}

/** Rules of a suite by whether a check is mapped to them, in the order of their first case. */
export class RuleCoverage {
  readonly #mappings: ReadonlyMap<string, Mapping>;
  readonly #covered = new Set<string>();
  readonly #uncovered = new Set<string>();

  constructor(suite: string) {
    this.#mappings = loadMappings(suite);
  }

  /** The mapping of a rule, which is counted. */
  mappingOf(rule: string): Mapping | undefined {
    const mapping = this.#mappings.get(rule);
    (mapping === undefined ? this.#uncovered : this.#covered).add(rule);
    return mapping;
  }

  /** What the suite prints of it. */
  get note(): string {
    const names = [...this.#uncovered].join(', ');
    return `${this.#covered.size} rules mapped, ${this.#uncovered.size} uncovered${names === '' ? '' : `: ${names}`}`;
  }
}

/** Lines of JSON that are objects, as bare objects; empty lines are passed over. Throws SyntaxError. */
export function readJsonLines(text: string): JsonObject[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(readJson)
    .filter(isObject);
}

/** Judges one text of which the suite only says whether its rule fires; `key` names the case in the mapping. */
export function judgeVerdict(
  rule: string,
  key: string,
  text: CaseText,
  verdict: JsonValue | undefined,
  mapping: Mapping,
  result: Tally,
): void {
  const { violations, errors } = judgeTexts([text], mapping.checks, { params: mapping.params });
  if (violations.length > 0 === (verdict === 'fail')) {
    result.pass();
    return;
  }
  const found = [...violations.map(({ line, message }) => `line ${line}: ${message}`), ...errors].join('; ');
  const reason = mapping.differs.get(key);
  if (reason !== undefined) result.skip(`${rule} ${key}`, `differs: ${reason}`);
  else result.fail(`${rule} ${key}`, `expected ${String(verdict)}; ${found || 'no finding'}`);
}

/** Judges texts together, so that checks over several objects see all of them. An unknown check is an error of the case. */
export function judgeTexts(
  files: readonly CaseText[],
  checkIds: readonly string[],
  options: JudgeTextsOptions = {},
): CaseJudgement {
  const resources: Resource[] = [];
  const dockerfiles: DockerfileInput[] = [];
  const errors: string[] = [];
  for (const { name, text, kind } of files) {
    const source = new SourceText(name, text);
    if ((kind ?? fileKind(name)) === 'dockerfile') {
      const { input, problems } = readDockerfileText(source);
      dockerfiles.push(input);
      errors.push(...problems.map((problem) => problem.format()));
      continue;
    }
    const read = readManifestText(source);
    for (const resource of read.resources) resources.push(resource);
    errors.push(...read.errors.map((error) => error.format()));
  }
  const known = checkIds.flatMap((id) => byId.get(id) ?? []);
  errors.push(...checkIds.filter((id) => !byId.has(id)).map((id) => `there is no check ${id}`));
  const judgement = judge(
    { resources, dockerfiles },
    known.map((check) => withParams(check, options.params)),
  );
  errors.push(...judgement.notifications.map(({ message }) => message));
  const violations = judgement.violations.map(({ check, subject, path, message, severity }) => {
    const { file, line } = locateSubject(subject, path);
    const object = isResource(subject) ? subject.object : undefined;
    return { check: check.id, file, line: line ?? 1, object, path, message, severity };
  });
  return { violations, errors };
}
