import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isObject, type JsonValue } from '@keelson/core';
import {
  evaluatePodSecurity,
  type PodSecurityLevel,
  type PodSecurityVerdict,
  type PodSecurityVersion,
  parsePodSecurityLevel,
  parsePodSecurityVersion,
  podSecurityChecks,
  withVolumeDefaults,
} from '@keelson/kubernetes';
import { parseYaml } from '@keelson/yaml';
import { type Suite, Tally } from './suite.ts';

/** Fixtures of the Pod Security admission plug-in: `<level>/<version>/<pass|fail>/<check><n>.yaml`, one Pod a file. */
export const suite: Suite = {
  name: 'psa-testdata',
  async run(dir) {
    const result = new Tally();
    const files = (await readdir(dir, { recursive: true })).filter((file) => file.endsWith('.yaml')).sort();
    for (const file of files) {
      const fault = judgeFile(file.split(sep), await readFile(join(dir, file), 'utf8'));
      if (fault === undefined) result.pass();
      else result.fail(file, fault);
    }
    return result;
  },
};

/** What is wrong with our verdict on a fixture; undefined when nothing is. */
function judgeFile(path: readonly string[], text: string): string | undefined {
  const [levelText = '', versionText = '', side = '', name = ''] = path;
  const level = parsePodSecurityLevel(levelText);
  const version = parsePodSecurityVersion(versionText);
  if (level === undefined || version === undefined || (side !== 'pass' && side !== 'fail')) {
    return 'the path names no level, version and side';
  }
  const pod = podOf(text);
  if (typeof pod === 'string') return pod;
  // Upstream creates the fixtures through an API server, which fills in defaults before admission.
  const verdict = evaluatePodSecurity(level, version, pod.metadata, withVolumeDefaults(pod.spec));
  if (side === 'pass') return verdict.allowed ? undefined : `denied: ${verdict.detail}`;
  return judgeDenial(name, level, version, verdict);
}

function podOf(text: string) {
  const { documents, errors } = parseYaml(text);
  if (errors[0] !== undefined) return errors[0].message;
  const pod: JsonValue | undefined = documents.map(({ value }) => value).find((value) => value !== null);
  const metadata = isObject(pod) ? pod['metadata'] : undefined;
  const spec = isObject(pod) ? pod['spec'] : undefined;
  return isObject(metadata) && isObject(spec) ? { metadata, spec } : 'no Pod';
}

function judgeDenial(
  name: string,
  level: PodSecurityLevel,
  version: PodSecurityVersion,
  verdict: PodSecurityVerdict,
) {
  if (verdict.allowed) return 'allowed';
  const check = name.replace(/\d*\.yaml$/, '');
  const denials = verdict.results.filter(({ allowed }) => !allowed).map(({ id }) => id);
  if (denials.some((id) => answersFor(id, check, level))) return undefined;
  return `${check} is not among the denials at ${level} ${version}: ${denials.join(', ')}`;
}

/** A denial answers for its own check, and at level restricted for the baseline check that it replaces. */
function answersFor(id: string, check: string, level: PodSecurityLevel): boolean {
  if (id.toLowerCase() === check) return true;
  if (level !== 'restricted') return false;
  const versions = podSecurityChecks.find((known) => known.id === id)?.versions ?? [];
  return versions.some(({ replaces }) => replaces?.some((replaced) => replaced.toLowerCase() === check));
}
