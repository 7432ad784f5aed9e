import { withParams } from '@keelson/checks';
import { loadCheckExamples } from '@keelson/pack-checks';
import { describe, expect, test } from 'vitest';
import { checks, failuresOf, frameworks, verdictsOf } from './testing/control-verdicts.ts';
import { hardenedPod, type PodChange, restOfTheShop, roleWith } from './testing/hardened-shop.ts';

// A map of controls is right when the smallest object that breaks a control fails that control, and no neighbour.

const shopWith = (change: PodChange) => [hardenedPod(change), ...restOfTheShop].join('\n---\n');
const base = failuresOf(shopWith({}));

/** What fails of the frameworks named once an object is there that was not, or is another. */
function newFailures(text: string, names: readonly string[]): string[] {
  return [...failuresOf(text)]
    .filter((name) => !base.has(name) && names.includes(name.split(' ')[0] ?? ''))
    .sort();
}

const workloads = ['cis-1.12', 'nsa', 'pss'];

describe('a hardened Pod with one fault fails the controls of that fault and no others', () => {
  test('none without', () => {
    expect([...base].filter((name) => /^(cis-1\.12|pss) /.test(name))).toEqual([]);
  });

  const add = (name: string) => ({ capabilities: { drop: ['ALL'], add: [name] } });
  const volumes = (volume: object) => ({ pod: { volumes: [{ name: 'a', ...volume }] } });
  test.each<[string, PodChange, string]>([
    [
      'privileged',
      { context: { privileged: true } },
      // It has every capability and no profile; the standards for Pods name the field alone.
      'cis-1.12 5.2.2, cis-1.12 5.2.8, cis-1.12 5.2.9, cis-1.12 5.6.2, nsa apparmor, nsa capabilities, nsa privileged-containers, nsa seccomp, pss privileged',
    ],
    ['hostPID', { pod: { hostPID: true } }, 'cis-1.12 5.2.3, nsa host-namespaces, pss hostNamespaces'],
    ['hostIPC', { pod: { hostIPC: true } }, 'cis-1.12 5.2.4, nsa host-namespaces, pss hostNamespaces'],
    [
      'hostNetwork',
      { pod: { hostNetwork: true } },
      'cis-1.12 5.2.5, nsa host-namespaces, pss hostNamespaces',
    ],
    [
      'hostPort',
      { container: { ports: [{ containerPort: 8080, hostPort: 8080 }] } },
      'cis-1.12 5.2.12, nsa host-namespaces, pss hostPorts',
    ],
    [
      'privilege escalation',
      { context: { allowPrivilegeEscalation: true } },
      'cis-1.12 5.2.6, nsa security-context, pss allowPrivilegeEscalation',
    ],
    [
      'root',
      { pod: { hostUsers: true }, context: { runAsNonRoot: false, runAsUser: 0 } },
      'cis-1.12 5.2.7, nsa non-root-containers, pss runAsNonRoot, pss runAsUser',
    ],
    [
      'NET_RAW added',
      { context: add('NET_RAW') },
      'cis-1.12 5.2.8, cis-1.12 5.2.9, nsa capabilities, pss capabilities_baseline, pss capabilities_restricted',
    ],
    [
      'NET_RAW kept',
      { context: { capabilities: undefined } },
      'cis-1.12 5.2.8, cis-1.12 5.2.9, nsa capabilities, pss capabilities_restricted',
    ],
    [
      'SYS_ADMIN added',
      { context: add('SYS_ADMIN') },
      'cis-1.12 5.2.9, nsa capabilities, pss capabilities_baseline, pss capabilities_restricted',
    ],
    [
      'every capability',
      { context: add('ALL') },
      'cis-1.12 5.2.8, cis-1.12 5.2.9, nsa capabilities, pss capabilities_baseline, pss capabilities_restricted',
    ],
    [
      'a folder of the host',
      volumes({ hostPath: { path: '/srv/a' } }),
      'cis-1.12 5.2.11, nsa host-path, nsa pod-security-admission, pss hostPathVolumes, pss restrictedVolumes',
    ],
    [
      'a volume of another type',
      volumes({ nfs: { server: 'a', path: '/' } }),
      'nsa pod-security-admission, pss restrictedVolumes',
    ],
    [
      'seccomp off',
      { context: { seccompProfile: { type: 'Unconfined' } } },
      'cis-1.12 5.6.2, nsa seccomp, pss seccompProfile_baseline, pss seccompProfile_restricted',
    ],
    [
      'no seccomp profile',
      { podContext: { seccompProfile: undefined } },
      'cis-1.12 5.6.2, nsa seccomp, pss seccompProfile_restricted',
    ],
    [
      'AppArmor off',
      { context: { appArmorProfile: { type: 'Unconfined' } } },
      'nsa apparmor, pss appArmorProfile',
    ],
    ['SELinux type', { context: { seLinuxOptions: { type: 'spc_t' } } }, 'nsa selinux, pss seLinuxOptions'],
    [
      '/proc unmasked',
      { pod: { hostUsers: true }, context: { procMount: 'Unmasked' } },
      'nsa security-context, pss procMount, pss procMount_restricted',
    ],
    [
      'a kernel parameter',
      { podContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
      'nsa kernel-hardening, pss sysctls',
    ],
    [
      'a probe of another host',
      { container: { livenessProbe: { tcpSocket: { host: '192.0.2.1', port: 80 } } } },
      'nsa network-separation, pss hostProbesAndHostLifecycle',
    ],
    ['a writable root', { context: { readOnlyRootFilesystem: false } }, 'nsa immutable-file-system'],
    ['a token', { pod: { automountServiceAccountToken: true } }, 'cis-1.12 5.1.6, nsa service-account-token'],
    [
      'the default account',
      { pod: { serviceAccountName: undefined, automountServiceAccountToken: undefined } },
      'cis-1.12 5.1.5, nsa service-account-token',
    ],
    [
      'a Secret as a variable',
      { container: { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] } },
      'cis-1.12 5.4.1, nsa secrets',
    ],
    [
      'a password as text',
      { container: { env: [{ name: 'DB_PASSWORD', value: 'Xk29fj-hunter2' }] } },
      'cis-1.12 5.4.1, cis-1.12 5.4.2, nsa secrets',
    ],
    ['the default namespace', { namespace: 'default' }, 'cis-1.12 5.6.4, nsa namespace-separation'],
    ['a tag that moves', { container: { image: 'registry.example.com/web:latest' } }, 'nsa image-provenance'],
  ])('%s', (_, change, expected) => {
    // The shop is as it was but for the Pod: a policy for its namespace is not what is asked here.
    const found = newFailures(shopWith(change), workloads).filter(
      (name) => change.namespace === undefined || !/5\.3\.2|network-separation/.test(name),
    );
    expect(found.join(', ')).toBe(expected);
  });
});

describe('CIS 5.1: one right more', () => {
  const rbac = 'rbac.authorization.k8s.io';
  test.each([
    ['', 'secrets', 'get', '5.1.2'],
    ['', 'configmaps', '*', '5.1.3'],
    ['apps.example', '*', 'get', '5.1.3'],
    ['', 'pods', 'create', '5.1.4'],
    [rbac, 'clusterroles', 'bind', '5.1.8'],
    [rbac, 'clusterroles', 'escalate', '5.1.8'],
    ['', 'users', 'impersonate', '5.1.8'],
    ['', 'persistentvolumes', 'create', '5.1.9'],
    ['', 'nodes/proxy', 'get', '5.1.10'],
    ['certificates.k8s.io', 'certificatesigningrequests/approval', 'update', '5.1.11'],
    ['admissionregistration.k8s.io', 'validatingwebhookconfigurations', 'update', '5.1.12'],
    ['', 'serviceaccounts/token', 'create', '5.1.13'],
    ['', 'pods', 'get', ''],
  ])('%s %s %s: %s', (group, resource, verb, id) => {
    const text = [shopWith({}), roleWith(group, resource, verb)].join('\n---\n');
    expect(newFailures(text, ['cis-1.12'])).toEqual(id === '' ? [] : [`cis-1.12 ${id}`]);
  });

  test.each([
    ['User', 'ann', 'cluster-admin', ['5.1.1']],
    ['Group', 'system:masters', 'view', ['5.1.7']],
    ['User', 'ann', 'view', []],
    ['ServiceAccount', 'default', 'view', ['5.1.5']],
  ])('%s %s is bound to %s', (kind, name, role, ids) => {
    const binding = {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'b' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
      subjects: [{ kind, name, ...(kind === 'ServiceAccount' ? { namespace: 'shop' } : { apiGroup: rbac }) }],
    };
    const text = [shopWith({}), JSON.stringify(binding)].join('\n---\n');
    expect(newFailures(text, ['cis-1.12'])).toEqual(ids.map((id) => `cis-1.12 ${id}`));
  });
});

describe('nothing passes that was not there to judge', () => {
  const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: b }\ndata: { a: b }\n';
  test.each([
    ['an input of one ConfigMap', configMap, /^(cis-1\.12 5\.6\.4|[\w.-]+ (secrets|4\.1\.4|K03|K08))$/],
    ['a Pod says nothing of RBAC', hardenedPod({}), /^(?!nsa rbac|cis-1\.12 5\.1\.([1-4]|[7-9]|1.)|.* K02)/],
  ])('%s', (_, text, allowed) => {
    const names = ['cis-1.12', 'nsa', 'pss', 'owasp-k8s-2022', 'owasp-k8s-2025', 'nist-800-190'];
    const passed = [...verdictsOf(text)].flatMap(([id, controls]) =>
      names.includes(id)
        ? controls.filter(({ verdict }) => verdict === 'pass').map(({ control }) => `${id} ${control.id}`)
        : [],
    );
    expect(passed.filter((name) => !allowed.test(name))).toEqual([]);
  });

  test('a hardened Pod passes the whole restricted level', () => {
    const pss = verdictsOf(hardenedPod({ pod: { hostUsers: true } })).get('pss') ?? [];
    expect(pss.filter(({ verdict }) => verdict !== 'pass').map(({ control }) => control.id)).toEqual([]);
  });
});

test('the fail examples of a check fail every control that it judges', async () => {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const wrong: string[] = [];
  for (const { id, target, examples } of await loadCheckExamples()) {
    const check = byId.get(id);
    const example = examples.find(({ verdict }) => verdict === 'fail');
    if (check === undefined || example === undefined) throw new Error(`no fail example of ${id}`);
    const only = [withParams(check, example.params)];
    const results = verdictsOf(example.input, target === 'dockerfile', only);
    for (const { framework, coverage } of frameworks) {
      const judged = coverage.filter(({ checks: judges }) => judges.includes(id));
      for (const { control } of judged) {
        const found = results.get(framework.id)?.find((result) => result.control.id === control.id);
        if (found?.verdict !== 'fail') wrong.push(`${id}: ${framework.id} ${control.id}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
