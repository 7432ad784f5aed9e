import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { judge } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import {
  evaluatePodSecurity,
  podSecurityChecks,
  podTemplates,
  withVolumeDefaults,
} from '@keelson/kubernetes';
import { readManifestText } from '@keelson/manifests';
import { loadCheckExamples, loadChecks, loadCheckTexts } from '@keelson/pack-checks';
import fc from 'fast-check';
import { expect, test } from 'vitest';

// The controls of the Pod Security Standards are judged by keelson's checks; the admission plug-in's own rules
// (`evaluatePodSecurity`, held to the reference by the suite psa-testdata) say what they must come to.

const controlsOf = new Map(
  [...(await loadCheckTexts())].flatMap(([id, { controls }]) =>
    controls['pss'] === undefined ? [] : [[id, controls['pss']] as const],
  ),
);
const checks = (await loadChecks()).filter(({ id }) => controlsOf.has(id));
const corpora =
  process.env['KEELSON_CORPORA'] ?? fileURLToPath(new URL('../../../../shared/corpora', import.meta.url));

interface Verdicts {
  reference: string[];
  ours: string[];
}

/** Controls that the reference and our checks say each Pod of the text breaks; undefined for what holds no Pod. */
function verdictsOf(text: string, only = checks): Verdicts | undefined {
  const { resources } = readManifestText(new SourceText('pod.yaml', text));
  const templates = resources.flatMap((resource) => podTemplates(resource));
  if (templates.length === 0) return undefined;
  const reference = new Set<string>();
  for (const { metadata, spec } of templates) {
    for (const level of ['baseline', 'restricted'] as const) {
      const { results } = evaluatePodSecurity(level, 'latest', metadata, withVolumeDefaults(spec));
      for (const { id, allowed } of results) if (!allowed) reference.add(id);
    }
  }
  const { violations } = judge({ resources, dockerfiles: [] }, only);
  const ours = new Set(violations.flatMap(({ check }) => controlsOf.get(check.id) ?? []));
  return { reference: [...reference].sort(), ours: [...ours].sort() };
}

test('every check of the standards judges Pods, and its fail examples break each control that it names', async () => {
  const wrong: string[] = [];
  for (const { id, examples } of await loadCheckExamples()) {
    const named = controlsOf.get(id);
    if (named === undefined) continue;
    for (const { input, verdict, params } of examples) {
      if (verdict !== 'fail' || params !== undefined) continue;
      const broken = verdictsOf(input)?.reference ?? [];
      wrong.push(
        ...named.filter((control) => !broken.includes(control)).map((control) => `${id}: ${control}`),
      );
    }
  }
  expect(wrong).toEqual([]);
});

test('every control of the standards is judged', () => {
  const judged = new Set([...controlsOf.values()].flat());
  expect([...judged].sort()).toEqual(podSecurityChecks.map(({ id }) => id).sort());
});

const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const named = <T>(name: string, value: fc.Arbitrary<T>) => value.map((item) => ({ [name]: item }));

const profile = fc.option(named('type', fc.constantFrom('RuntimeDefault', 'Localhost', 'Unconfined')), {
  nil: undefined,
});
const seLinuxOptions = fc.option(
  fc.record({
    type: maybe('container_t', 'container_engine_t', 'spc_t'),
    user: maybe('system_u'),
    role: maybe('system_r'),
  }),
  { nil: undefined },
);
const capability = fc.constantFrom(
  'ALL',
  'all',
  'NET_BIND_SERVICE',
  'CHOWN',
  'CAP_CHOWN',
  'NET_RAW',
  'IPC_LOCK',
  'SYS_ADMIN',
  'BPF',
);
const capabilities = fc.option(
  fc.record({ add: fc.array(capability, { maxLength: 2 }), drop: fc.array(capability, { maxLength: 2 }) }),
  { nil: undefined },
);
const handler = fc.record({ httpGet: fc.record({ port: fc.constant(80), host: maybe('', 'a.example') }) });

const linuxContainer = fc.record({
  securityContext: fc.record({
    privileged: maybe(true, false),
    allowPrivilegeEscalation: maybe(true, false),
    runAsNonRoot: maybe(true, false),
    runAsUser: maybe(0, 10001),
    procMount: maybe('Default', 'Unmasked'),
    seccompProfile: profile,
    appArmorProfile: profile,
    seLinuxOptions,
    capabilities,
  }),
  ports: maybe(
    [{ containerPort: 80 }],
    [{ containerPort: 80, hostPort: 80 }],
    [{ containerPort: 80, hostPort: 0 }],
  ),
  livenessProbe: fc.option(handler, { nil: undefined }),
  lifecycle: fc.option(named('preStop', handler), { nil: undefined }),
});
const volume = fc.constantFrom(
  { emptyDir: {} },
  { hostPath: { path: '/srv' } },
  { nfs: { server: 'a', path: '/' } },
  { gitRepo: { repository: 'a' } },
  { secret: { secretName: 'a' } },
);
const linuxPod = fc.record({
  hostUsers: maybe(true, false),
  hostNetwork: maybe(true, false),
  hostPID: maybe(true, false),
  hostIPC: maybe(true, false),
  volumes: fc.array(volume, { maxLength: 2 }),
  securityContext: fc.record({
    runAsNonRoot: maybe(true, false),
    runAsUser: maybe(0, 10001),
    seccompProfile: profile,
    appArmorProfile: profile,
    seLinuxOptions,
    sysctls: maybe(
      [{ name: 'net.ipv4.tcp_syncookies', value: '1' }],
      [{ name: 'kernel.msgmax', value: '1' }],
    ),
  }),
  containers: fc.array(linuxContainer, { minLength: 1, maxLength: 2 }),
  initContainers: fc.array(linuxContainer, { maxLength: 1 }),
});
const windowsContext = fc.record({
  runAsNonRoot: maybe(true, false),
  windowsOptions: fc.option(named('hostProcess', fc.boolean()), { nil: undefined }),
});
const windowsPod = fc.record({
  os: fc.constant({ name: 'windows' }),
  securityContext: windowsContext,
  containers: fc.array(fc.record({ securityContext: windowsContext }), { minLength: 1, maxLength: 2 }),
});

/** As JSON, which leaves out what is undefined, with the names that the API asks for. */
function podText(spec: { containers: object[]; initContainers?: object[]; volumes?: object[] }): string {
  const withNames = (list: object[] | undefined, prefix: string) =>
    list?.map((item, i) => ({ ...item, name: `${prefix}${i}`, image: 'example.com/a:1' }));
  const volumes = spec.volumes?.map((item, i) => ({ ...item, name: `v${i}` }));
  const containers = withNames(spec.containers, 'c');
  const initContainers = withNames(spec.initContainers, 'i');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { ...spec, volumes, containers, initContainers },
  });
}

/**
 * A container that is told to run as user 0 and must not run as root never starts. Our check of root tells of it, the
 * standard finds fault with the user alone.
 */
function sameButContradictions({ reference, ours }: Verdicts): boolean {
  const extra = reference.includes('runAsUser') ? ['runAsNonRoot'] : [];
  const strip = (ids: string[]) => ids.filter((id) => !extra.includes(id)).join();
  return strip(reference) === strip(ours) && reference.every((id) => ours.includes(id));
}

test.each([
  ['Linux', linuxPod],
  ['Windows', windowsPod],
])(
  'a control is broken exactly where the admission plug-in says so: %s',
  (_, pods: fc.Arbitrary<Parameters<typeof podText>[0]>) => {
    fc.assert(
      fc.property(pods, (spec) => {
        const verdicts = verdictsOf(podText(spec));
        if (verdicts === undefined) throw new Error('no Pod');
        if (!sameButContradictions(verdicts)) expect(verdicts.ours).toEqual(verdicts.reference);
      }),
      { numRuns: 400 },
    );
  },
);

const vectors = `${corpora}/psa-oracle/vectors.jsonl`;
test.skipIf(!existsSync(vectors))('so too for Pods that people wrote', () => {
  for (const line of readFileSync(vectors, 'utf8').split('\n').filter(Boolean)) {
    const { id, pod } = JSON.parse(line);
    const object = { apiVersion: 'v1', kind: 'Pod', ...pod };
    const verdicts = verdictsOf(JSON.stringify({ ...object, metadata: { name: 'a', ...pod.metadata } }));
    if (verdicts === undefined) throw new Error(`no Pod in ${id}`);
    if (!sameButContradictions(verdicts))
      expect({ id, controls: verdicts.ours }).toEqual({ id, controls: verdicts.reference });
  }
});
