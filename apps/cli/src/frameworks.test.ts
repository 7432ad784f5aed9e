import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { coverageOf, readFrameworks } from '@keelson/compliance';
import { evaluatePodSecurity, podSecurityChecks } from '@keelson/kubernetes';
import { checkIds, loadCheckTexts } from '@keelson/pack-checks';
import { frameworkNames, loadFramework, loadFrameworks } from '@keelson/pack-frameworks';
import { describe, expect, test } from 'vitest';

const frameworks = await loadFrameworks();
const byId = new Map(frameworks.map((framework) => [framework.id, framework]));
const mappings = [...(await loadCheckTexts()).values()];
const corpora =
  process.env['KEELSON_CORPORA'] ?? fileURLToPath(new URL('../../../../shared/corpora', import.meta.url));

/** Frameworks of which every check names at least one control. */
const common = ['cis-1.12', 'nsa', 'pss', 'owasp-k8s-2025', 'mitre', 'nist-800-190'];

describe('checks and frameworks know each other', () => {
  test('every control that a check names is one of its framework, and named once', () => {
    const wrong = mappings.flatMap(({ id, controls }) =>
      Object.entries(controls).flatMap(([name, ids]) => {
        const known = new Set(byId.get(name)?.controls.map((control) => control.id));
        return ids
          .filter((control, i) => !known.has(control) || ids.indexOf(control) < i)
          .map((control) => `${id}: ${name} ${control}`);
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('checks name frameworks by id, never one that extends another', () => {
    const named = new Set(mappings.flatMap(({ controls }) => Object.keys(controls)));
    expect([...named].filter((name) => !byId.has(name) || name === 'cis-2.0')).toEqual([]);
  });

  test('every check that a framework names exists', () => {
    const known = new Set(checkIds);
    const wrong = frameworks.flatMap(({ id, controls }) =>
      controls.flatMap((control) =>
        control.checks.filter((check) => !known.has(check)).map((check) => `${id} ${control.id}: ${check}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('every check judges a control that auditors ask for', () => {
    const lone = mappings.filter(({ controls }) => !common.some((name) => controls[name] !== undefined));
    expect(lone.map(({ id }) => id)).toEqual([]);
  });

  test('what a control takes from another is more than nothing', () => {
    const empty = frameworks.flatMap((framework) =>
      framework.controls.flatMap(({ id, from }) =>
        Object.entries(from).flatMap(([name, ids]) => {
          const source = byId.get(name);
          if (source === undefined || framework.id === 'cis-2.0') return [];
          const coverage = coverageOf({ ...source, controls: source.controls.map(plain) }, mappings);
          return coverage
            .filter(({ control, checks }) => ids.includes(control.id) && checks.length === 0)
            .map(({ control }) => `${framework.id} ${id}: ${name} ${control.id}`);
        }),
      ),
    );
    expect(empty).toEqual([]);
  });
});

/** The control with nothing but what checks say of it: references are not followed further. */
function plain<T extends { from: unknown; checks: unknown }>(control: T): T {
  return { ...control, from: {}, checks: [] };
}

describe('coverage', () => {
  test('decisive checks are checks of their control', () => {
    const wrong = frameworks.flatMap((framework) =>
      coverageOf(framework, mappings).flatMap(({ control, checks }) =>
        (control.decisive ?? [])
          .filter((id) => !checks.includes(id))
          .map((id) => `${framework.id} ${control.id}: ${id}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test.each(frameworks.map((framework) => [framework.id, framework] as const))(
    '%s: every control has a check, a word on what to collect, or why it does not apply',
    (_, framework) => {
      const coverage = coverageOf(framework, mappings);
      const bare = coverage.filter(({ state }) => state === 'uncovered');
      expect(bare.map(({ control }) => control.id)).toEqual([]);
      // A control that checks name is judged, whatever its file says.
      const named = new Set(mappings.flatMap(({ controls }) => controls[framework.id] ?? []));
      const dropped = coverage.filter(
        ({ control, state }) => state === 'not-applicable' && named.has(control.id),
      );
      expect(dropped.map(({ control }) => control.id)).toEqual([]);
    },
  );

  test('a control of several frameworks has the same checks in each edition of CIS', async () => {
    const [older, newer] = await Promise.all([loadFramework('cis-1.12'), loadFramework('cis')]);
    if (older === undefined || newer === undefined) throw new Error('no CIS');
    expect(newer.id).toBe('cis-2.0');
    const checksOf = (framework: typeof older) =>
      coverageOf(framework, mappings).map(({ control, checks, state }) => [control.id, checks, state]);
    expect(checksOf(newer)).toEqual(checksOf(older));
  });

  test.each([
    ['cis-1.12', '5.2.2'],
    ['cis-1.12', '5.1.10'],
    ['pss', 'hostNamespaces'],
    ['nsa', 'seccomp'],
    ['owasp-k8s-2025', 'K01'],
    ['owasp-k8s-2022', 'K03'],
    ['nist-800-190', '4.3.1'],
    ['cis-docker-1.6', '4.9'],
  ])('%s %s is judged by checks alone', (name, id) => {
    const framework = byId.get(name);
    if (framework === undefined) throw new Error(`no ${name}`);
    const found = coverageOf(framework, mappings).find(({ control }) => control.id === id);
    expect(found?.state).toBe('automated');
  });
});

describe('identifiers are those of the frameworks', () => {
  test('names are unique, each loads', async () => {
    expect(new Set(frameworkNames).size).toBe(frameworkNames.length);
    for (const name of frameworkNames) expect(await loadFramework(name), name).toBeDefined();
    expect(await loadFramework('no-such-framework')).toBeUndefined();
  });

  test('CIS Kubernetes 1.12 has 131 recommendations, as its sections count them', () => {
    const ids = byId.get('cis-1.12')?.controls.map(({ id }) => id) ?? [];
    const counts = '1.1 1.2 1.3 1.4 2 3.1 3.2 4.1 4.2 4.3 5.1 5.2 5.3 5.4 5.5 5.6'
      .split(' ')
      .map((section) => ids.filter((id) => id.slice(0, id.lastIndexOf('.')) === section).length);
    expect(counts).toEqual([21, 30, 7, 2, 7, 3, 2, 10, 14, 1, 13, 12, 2, 2, 1, 4]);
    expect(ids).toHaveLength(131);
  });

  const benchmark = `${corpora}/kube-bench-cfg/cfg/cis-1.12`;
  test.skipIf(!existsSync(benchmark))('CIS Kubernetes 1.12: the numbers that kube-bench has', () => {
    const text = readdirSync(benchmark)
      .filter((name) => name !== 'config.yaml')
      .map((name) => readFileSync(`${benchmark}/${name}`, 'utf8'))
      .join('\n');
    const theirs = [...text.matchAll(/^ {6}- id: "?([0-9.]+)"?$/gm)].map(([, id]) => id ?? '');
    const ours = byId.get('cis-1.12')?.controls.map(({ id }) => id) ?? [];
    expect([...ours].sort()).toEqual(theirs.sort());
  });

  test('Pod Security Standards: the checks of the admission plug-in, and its levels', () => {
    const pss = byId.get('pss');
    const levelOf = new Map(podSecurityChecks.map(({ id, level }) => [id, level]));
    expect(new Map(pss?.controls.map(({ id, group }) => [id, group]))).toEqual(levelOf);
    for (const level of ['baseline', 'restricted'] as const) {
      const { results } = evaluatePodSecurity(level, 'latest', {}, {});
      const profile = pss?.profiles.find(({ id }) => id === `pss-${level}`);
      expect([...(profile?.controls ?? [])].sort()).toEqual(results.map(({ id }) => id).sort());
    }
  });

  test.each([
    ['nist-800-190', /^4\.([1-5]\.[1-5]|6)$/, 24],
    ['owasp-k8s-2022', /^K(0[1-9]|10)$/, 10],
    ['owasp-k8s-2025', /^K(0[1-9]|10)$/, 10],
    ['nsa', /^[a-z]+(-[a-z]+)*$/, 38],
  ])('%s', (name, form, count) => {
    const ids = byId.get(name)?.controls.map(({ id }) => id) ?? [];
    expect(ids.filter((id) => !form.test(id))).toEqual([]);
    expect(ids).toHaveLength(count);
  });
});

test('the example of the format is one', () => {
  const page = readFileSync(new URL('../../../docs/frameworks-format.md', import.meta.url), 'utf8');
  const text = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const known = { frameworks, checks: new Set(checkIds) };
  const { frameworks: read, problems } = readFrameworks([{ file: 'shop.yaml', text }], known);
  expect(problems.map((problem) => problem.format())).toEqual([]);
  const [shop] = read;
  if (shop === undefined) throw new Error('no framework');
  const own = coverageOf(shop, mappings).filter(({ control }) => control.id.startsWith('SHOP-'));
  expect(own.map(({ state }) => state)).toEqual([
    'automated',
    'partial',
    'automated',
    'manual',
    'not-applicable',
  ]);
  // What is taken over is judged as where it comes from.
  const taken = coverageOf(shop, mappings).find(({ control }) => control.id === '5.2.2');
  expect(taken?.checks).toContain('privileged-container');
});
