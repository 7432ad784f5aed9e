import { describe, expect, test } from 'vitest';
import { withVolumeDefaults } from '../defaults.ts';
import { bareObject } from '../testing/bare.ts';
import { evaluatePodSecurity, newestPodSecurityMinor, podSecurityChecks } from './evaluate.ts';
import { goQuoted, sorted } from './text.ts';
import { namespacePodSecurity, type PodSecurityVersion, parsePodSecurityVersion } from './version.ts';

function judge(
  level: 'baseline' | 'restricted',
  version: PodSecurityVersion,
  spec: object,
  metadata: object = {},
) {
  return evaluatePodSecurity(level, version, bareObject(metadata), bareObject(spec));
}

const hardened = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    { name: 'c', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
  ],
};

describe('verdicts and texts are those of the admission plug-in', () => {
  test.each<[string, 'baseline' | 'restricted', PodSecurityVersion, object, string]>([
    ['hardened', 'restricted', 'latest', hardened, ''],
    [
      'containers in order, two of one name',
      'baseline',
      'v1.30',
      {
        containers: [{ name: 'c', securityContext: { privileged: true } }],
        initContainers: [{ name: 'i', securityContext: { privileged: true } }],
        ephemeralContainers: [{ name: 'c', securityContext: { privileged: true } }],
      },
      'privileged (containers "i", "c", "c" must not set securityContext.privileged=true)',
    ],
    [
      'ports are sorted as text',
      'baseline',
      'v1.30',
      {
        containers: [
          { name: 'c', ports: [{ hostPort: 80 }, { hostPort: 8080 }, { hostPort: 443 }, { hostPort: 0 }] },
        ],
      },
      'hostPort (container "c" uses hostPorts 443, 80, 8080)',
    ],
    [
      'an explicit false is told alone',
      'restricted',
      'v1.0',
      {
        securityContext: { runAsNonRoot: false },
        containers: [{ name: 'a', securityContext: { runAsNonRoot: false } }, { name: 'b' }],
      },
      'runAsNonRoot != true (pod and container "a" must not set securityContext.runAsNonRoot=false)',
    ],
    ['a null item is a structure with nothing set', 'baseline', 'v1.30', { containers: [null] }, ''],
    [
      'restricted keeps procMount when baseline relaxes',
      'restricted',
      'v1.35',
      {
        ...hardened,
        hostUsers: false,
        containers: [
          {
            ...hardened.containers[0],
            securityContext: { ...hardened.containers[0]?.securityContext, procMount: 'Unmasked' },
          },
        ],
      },
      'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      'a version newer than known is the newest known',
      'baseline',
      'v1.999',
      {
        securityContext: { sysctls: [{ name: 'net.ipv4.tcp_notsent_lowat' }, { name: 'x' }, { name: 'x' }] },
      },
      'forbidden sysctls (x, x)',
    ],
  ])('%s', (_name, level, version, spec, detail) => {
    const verdict = judge(level, version, spec);
    expect(verdict.detail).toBe(detail);
    expect(verdict.allowed).toBe(detail === '');
  });

  test('annotations are quoted as Go quotes them', () => {
    const key = 'container.apparmor.security.beta.kubernetes.io/c';
    const verdict = judge('baseline', 'v1.30', {}, { annotations: { [key]: 'a"\n' } });
    expect(verdict.detail).toBe(
      `forbidden AppArmor profile (annotation must not set AppArmor profile type to "${key}="a\\"\\n"")`,
    );
  });

  test('privileged asks nothing', () => {
    expect(
      evaluatePodSecurity('privileged', 'latest', bareObject({}), bareObject({ hostPID: true })).allowed,
    ).toBe(true);
  });

  test('a volume without a source is an emptyDir once the API server has filled in defaults', () => {
    const spec = bareObject({ ...hardened, volumes: [{ name: 'v' }] });
    expect(evaluatePodSecurity('restricted', 'latest', bareObject({}), spec).reason).toBe(
      'restricted volume types',
    );
    const filled = withVolumeDefaults(spec);
    expect(evaluatePodSecurity('restricted', 'latest', bareObject({}), filled).allowed).toBe(true);
    expect(withVolumeDefaults(filled)).toBe(filled);
  });
});

test('ids are unique, versions rise, and every replaced check exists at level baseline', () => {
  const baseline = new Set(podSecurityChecks.filter(({ level }) => level === 'baseline').map(({ id }) => id));
  expect(new Set(podSecurityChecks.map(({ id }) => id)).size).toBe(podSecurityChecks.length);
  for (const { versions } of podSecurityChecks) {
    expect(versions.map(({ since }) => since)).toEqual(
      versions.map(({ since }) => since).sort((a, b) => a - b),
    );
    for (const { replaces } of versions) for (const id of replaces ?? []) expect(baseline).toContain(id);
  }
  expect(newestPodSecurityMinor).toBe(37);
});

test.each([
  ['latest', 'latest'],
  ['v1.0', 'v1.0'],
  ['v1.07', undefined],
  ['v2.1', undefined],
  ['1.2', undefined],
])('version %s reads as %s', (text, expected) => {
  expect(parsePodSecurityVersion(text)).toBe(expected);
});

const label = (name: string) => `pod-security.kubernetes.io/${name}`;

test.each<[string, Record<string, string>, string, string, number]>([
  ['no labels', {}, 'privileged:latest', 'privileged:latest', 0],
  [
    'warn follows a stricter enforce',
    { [label('enforce')]: 'baseline', [label('enforce-version')]: 'v1.25' },
    'baseline:v1.25',
    'baseline:v1.25',
    0,
  ],
  [
    'a bad enforce level is restricted and nothing follows',
    { [label('enforce')]: 'x' },
    'restricted:latest',
    'privileged:latest',
    1,
  ],
  [
    'a bad warn level is privileged',
    { [label('enforce')]: 'baseline', [label('warn')]: 'x' },
    'baseline:latest',
    'privileged:latest',
    1,
  ],
])('namespace labels: %s', (_name, labels, enforce, warn, invalid) => {
  const policy = namespacePodSecurity(bareObject(labels));
  expect(`${policy.enforce.level}:${policy.enforce.version}`).toBe(enforce);
  expect(`${policy.warn.level}:${policy.warn.version}`).toBe(warn);
  expect(policy.invalid).toHaveLength(invalid);
});

test('%q and the order of UTF-8 bytes', () => {
  expect(goQuoted('é\u00a0\u200b\u0001\u007f\\😀')).toBe('"é\\u00a0\\u200b\\x01\\x7f\\\\😀"');
  expect(sorted(['\u{1f600}', '\uffee', 'a'])).toEqual(['a', '\uffee', '\u{1f600}']);
});
