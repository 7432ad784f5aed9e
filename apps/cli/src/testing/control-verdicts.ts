import { type Check, judge } from '@keelson/checks';
import { assess, type ControlResult, coverageOf } from '@keelson/compliance';
import { SourceText } from '@keelson/core';
import { readDockerfileText, readManifestText } from '@keelson/manifests';
import { loadChecks, loadCheckTexts } from '@keelson/pack-checks';
import { loadFrameworks } from '@keelson/pack-frameworks';

export const checks = await loadChecks();
const asked = new Set(checks.map(({ id }) => id));
const texts = await loadCheckTexts();

/** Every framework that keelson brings, with the checks that judge its controls. */
export const frameworks = (await loadFrameworks()).map((framework) => ({
  framework,
  coverage: coverageOf(framework, texts.values()),
}));

/**
 * Controls by framework, as a scan of the text judges them.
 * @throws Error for a text that cannot be read
 */
export function verdictsOf(
  text: string,
  dockerfile = false,
  only: readonly Check[] = checks,
): Map<string, readonly ControlResult[]> {
  const source = new SourceText(dockerfile ? 'Dockerfile' : 'a.yaml', text);
  const read = dockerfile ? { resources: [], errors: [] } : readManifestText(source);
  const dockerfiles = dockerfile ? [readDockerfileText(source).input] : [];
  const [fault] = read.errors;
  if (fault !== undefined) throw fault;
  const { violations, statistics } = judge({ resources: read.resources, dockerfiles }, only);
  const findings = violations.map(({ check }) => ({ rule: check.id, suppressed: false }));
  const run = { statistics, findings, asked, unread: 0 };
  return new Map(
    frameworks.map(({ framework, coverage }) => [framework.id, assess(framework, coverage, run).controls]),
  );
}

/** `framework control` of everything that fails. */
export function failuresOf(text: string): Set<string> {
  return new Set(
    [...verdictsOf(text)].flatMap(([id, controls]) =>
      controls.filter(({ verdict }) => verdict === 'fail').map(({ control }) => `${id} ${control.id}`),
    ),
  );
}
