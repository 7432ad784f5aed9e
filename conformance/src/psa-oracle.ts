import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cloneJson, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { evaluatePodSecurity, parsePodSecurityLevel, parsePodSecurityVersion } from '@keelson/kubernetes';
import { type Suite, Tally } from './suite.ts';

/** What the reference said of a Pod at some levels and versions. */
interface Expected {
  readonly allowed: boolean;
  readonly reason: string;
  readonly detail: string;
}

/** Exact verdicts and texts of the reference implementation for real Pods: `vectors.jsonl`, one Pod a line. */
export const suite: Suite = {
  name: 'psa-oracle',
  async run(dir) {
    const result = new Tally();
    let cpu = 0;
    for await (const line of createInterface({ input: createReadStream(join(dir, 'vectors.jsonl')) })) {
      if (line.trim() === '') continue;
      const vector: JsonValue = cloneJson<JsonValue>(JSON.parse(line));
      const start = process.cpuUsage();
      judgeVector(vector, result);
      const used = process.cpuUsage(start);
      cpu += (used.user + used.system) / 1e6;
    }
    const verdicts = result.passed + result.failed;
    if (cpu > 0) result.notes.push(`${Math.round(verdicts / cpu)} verdicts per CPU second`);
    return result;
  },
};

function judgeVector(vector: JsonValue, result: Tally): void {
  const id = isObject(vector) ? String(vector['id']) : 'a line';
  const pod = isObject(vector) ? vector['pod'] : undefined;
  const results = isObject(vector) ? vector['results'] : undefined;
  if (!isObject(pod) || !Array.isArray(results)) {
    result.fail(id, 'the line holds no Pod with results');
    return;
  }
  for (const expected of results) {
    const levelVersions = isObject(expected) ? expected['levelVersions'] : undefined;
    if (!isObject(expected) || !Array.isArray(levelVersions)) {
      result.fail(id, 'a result names no level and version');
      continue;
    }
    const wanted = {
      allowed: expected['allowed'] === true,
      reason: textOf(expected['reason']),
      detail: textOf(expected['detail']),
    };
    for (const levelVersion of levelVersions)
      judgeOne(result, `${id} ${levelVersion}`, pod, textOf(levelVersion), wanted);
  }
}

function judgeOne(
  result: Tally,
  id: string,
  pod: JsonObject,
  levelVersion: string,
  expected: Expected,
): void {
  const [levelText = '', versionText = ''] = levelVersion.split('/');
  const level = parsePodSecurityLevel(levelText);
  const version = parsePodSecurityVersion(versionText);
  if (level === undefined || version === undefined) {
    result.fail(id, 'unknown level or version');
    return;
  }
  const verdict = evaluatePodSecurity(
    level,
    version,
    objectOrEmpty(pod['metadata']),
    objectOrEmpty(pod['spec']),
  );
  const differing = (['allowed', 'reason', 'detail'] as const).find((key) => verdict[key] !== expected[key]);
  if (differing === undefined) result.pass();
  else result.fail(id, `${differing}: expected ${expected[differing]}, got ${verdict[differing]}`);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function objectOrEmpty(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}
