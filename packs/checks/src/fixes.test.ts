import { isFixable, isOptIn, judge } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import { expect, test } from 'vitest';
import { loadCheckExamples, loadChecks } from './index.ts';

const checks = await loadChecks();

function fixOf(id: string, text: string): 'none' | 'unasked' | 'when named' {
  const check = checks.find((known) => known.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  const { resources } = readManifestText(new SourceText('pod.yaml', text));
  const { violations } = judge({ resources, dockerfiles: [] }, [check]);
  const [violation] = violations;
  if (violation === undefined) throw new Error(`${id} finds nothing`);
  if (!isFixable(violation)) return 'none';
  return isOptIn(violation) ? 'when named' : 'unasked';
}

const pod = (container: string, spec = '') => `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  ${spec}
  containers:
    - { name: web, image: "example.com/web:1.0", ${container} }
`;
const context = (fields: string) => pod(`securityContext: { ${fields} }`);

// What validation refuses: k8s.io/kubernetes pkg/apis/core/validation, ValidateSecurityContext and validateWindows…
test.each([
  ['allow-privilege-escalation', context('readOnlyRootFilesystem: true'), 'unasked'],
  ['allow-privilege-escalation', context('privileged: true'), 'none'],
  ['allow-privilege-escalation', context('capabilities: { add: [SYS_ADMIN] }'), 'none'],
  ['allow-privilege-escalation', context('capabilities: { add: [CAP_SYS_ADMIN] }'), 'none'],
  ['allow-privilege-escalation', context('capabilities: { add: [NET_ADMIN] }'), 'unasked'],
  [
    'allow-privilege-escalation',
    context('runAsUser: 101, capabilities: { add: [NET_BIND_SERVICE] }'),
    'none',
  ],
  ['allow-privilege-escalation', pod('command: [sh, -c, "sudo nginx"]'), 'none'],
  ['allow-privilege-escalation', pod('', 'nodeSelector: { kubernetes.io/os: windows }'), 'none'],
  ['allow-privilege-escalation', context('windowsOptions: { runAsUserName: a }'), 'none'],
  ['seccomp-profile-missing', pod(''), 'unasked'],
  ['seccomp-profile-missing', context('privileged: true'), 'none'],
  ['seccomp-profile-missing', context('seccompProfile: { localhostProfile: a.json }'), 'none'],
  ['privileged-container', context('privileged: true'), 'when named'],
  ['privileged-container', context('privileged: true, procMount: Unmasked'), 'none'],
  [
    'privileged-container',
    pod(
      'securityContext: { privileged: true }, volumeMounts: [{ name: a, mountPath: /a, mountPropagation: Bidirectional }]',
    ),
    'none',
  ],
  ['host-network', pod('', 'hostNetwork: true'), 'when named'],
  [
    'host-network',
    pod('', 'hostNetwork: true\n  securityContext: { windowsOptions: { hostProcess: true } }'),
    'none',
  ],
  ['host-pid', pod('', 'hostPID: true'), 'when named'],
  ['capability-net-raw-kept', context('capabilities: { drop: [KILL] }'), 'unasked'],
  ['capability-net-raw-kept', context('capabilities: { drop: [KILL], add: [NET_RAW] }'), 'none'],
])('%s on %j: %s', (id, text, expected) => {
  expect(fixOf(id, text)).toBe(expected);
});

test('only these fixes are applied unasked: each was weighed against the workloads that it may break', async () => {
  const examples = (await loadCheckExamples()).filter(({ target }) => target === 'kubernetes');
  const unasked = examples.flatMap(({ id, examples: own }) => {
    const check = checks.find((known) => known.id === id);
    const texts = own.filter(({ verdict, params }) => verdict === 'fail' && params === undefined);
    const found = texts.flatMap(({ input }) => {
      const { resources } = readManifestText(new SourceText('example.yaml', input));
      return check === undefined ? [] : judge({ resources, dockerfiles: [] }, [check]).violations;
    });
    return found.some((violation) => isFixable(violation) && !isOptIn(violation)) ? [id] : [];
  });
  expect(unasked.sort()).toEqual([
    'allow-privilege-escalation',
    'calico-policy-without-types',
    'capability-net-raw-kept',
    'job-restart-policy',
    'network-policy-host-bits',
    'revision-history-missing',
    'run-as-non-root-missing',
    'seccomp-profile-missing',
    'termination-grace-missing',
    'webhook-matches-loosely',
  ]);
});
