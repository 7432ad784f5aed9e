import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, type DockerfileInput, isResource, judge, locateSubject } from '@keelson/checks';
import {
  cloneJson,
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
import { checks } from '@keelson/pack-checks';

/** How one of a suite's own rules is answered by keelson's checks. */
export interface Mapping {
  /** Ids of the checks whose findings, taken together, answer for the suite's rule. */
  readonly checks: readonly string[];
  /** Cases that keelson deliberately answers otherwise, by id or file, each with a one-line reason. */
  readonly differs: Readonly<Record<string, string>>;
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

const byId: ReadonlyMap<string, Check> = new Map(checks.map((check) => [check.id, check]));

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
  return { checks: [...new Set([...a.checks, ...b.checks])], differs: { ...a.differs, ...b.differs } };
}

function readMapping(where: string, entry: JsonValue | undefined): Mapping {
  const ids = isObject(entry) ? entry['checks'] : undefined;
  if (!isObject(entry) || !Array.isArray(ids)) throw new Error(`${where} has no list of checks`);
  const differs = entry['differs'];
  const reasons = isObject(differs)
    ? Object.entries(differs).map(([key, why]) => [key, String(why)] as const)
    : [];
  return { checks: ids.map(String), differs: Object.fromEntries(reasons) };
}

/** JSON as bare objects. Throws SyntaxError. */
export function readJson(text: string): JsonValue {
  return cloneJson<JsonValue>(JSON.parse(text));
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

function withParams(check: Check, settings: JsonObject | undefined): Check {
  if (settings === undefined) return check;
  const params = objectOf([...Object.entries(check.judge.params ?? {}), ...Object.entries(settings)]);
  const { judge: rule } = check;
  return rule.type === 'program'
    ? { ...check, judge: { ...rule, params } }
    : { ...check, judge: { ...rule, params } };
}
