import { type Check, isFixable, judge, planFixes } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import { lintRules } from '@keelson/netpol';
import { expect, test } from 'vitest';
import { loadChecks, loadCheckTexts } from '../../index.ts';

/** Rules of the lint that say nothing about safety: a scan does not ask them. */
const lintOnly = ['network-policy-rule-redundant', 'network-policy-selects-host-network'];

test('every rule of the lint is a check of the same name and severity, but for those that are not', async () => {
  const texts = await loadCheckTexts();
  const rules = lintRules.filter(({ id }) => !lintOnly.includes(id));
  expect(rules.map(({ id }) => `${id} ${texts.get(id)?.severity}`)).toEqual(
    rules.map(({ id, severity }) => `${id} ${severity}`),
  );
  expect(lintOnly.filter((id) => texts.has(id) || !lintRules.some((rule) => rule.id === id))).toEqual([]);
});

const checks = await loadChecks();
const network = new Set(
  checks.filter(({ id }) => /policy|default-deny|exposed-service-blocked|control-plane-r/.test(id)),
);

const pod = (name: string, more = '', namespace = 'apps') =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }, spec: { containers: [{ name: c, image: x }]${more} } }`;
const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: apps } }';
const policy = (spec: string, name = 'p') =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: apps }, spec: { ${spec} } }`;
const closed = policy('podSelector: {}, policyTypes: [Ingress, Egress]', 'closed');
const from = (peer: string) =>
  policy(`podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{ from: [${peer}] }]`);
const flannel =
  '{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: kube-flannel-ds, namespace: kube-flannel }, spec: { template: { spec: { hostNetwork: true, containers: [{ name: c, image: x }] } } } }';
const configuration =
  '{ apiVersion: v1, kind: ConfigMap, metadata: { name: cni, namespace: kube-flannel }, data: { "cni-conf.json": \'{ "plugins": [{ "type": "flannel" }] }\' } }';

function read(texts: readonly string[]) {
  const { resources, errors } = readManifestText(new SourceText('a.yaml', `${texts.join('\n---\n')}\n`));
  expect(errors).toEqual([]);
  return resources;
}

async function violationsOf(texts: readonly string[], defaultNamespace = 'default') {
  const input = { resources: read(texts), dockerfiles: [], defaultNamespace };
  const ids = new Set([...network].map(({ id }) => id));
  const loaded = (await loadChecks(input)).filter((check: Check) => ids.has(check.id));
  const { violations, notifications } = judge(input, loaded);
  expect(notifications).toEqual([]);
  return violations;
}

/** Of the DaemonSet itself, whose namespace has no policy. */
const open = ['pod-without-egress-policy kube-flannel-ds', 'pod-without-ingress-policy kube-flannel-ds'];

// One cause is told once.
test.each([
  [
    'no policy at all: what needs no engine',
    [namespace, pod('web')],
    [
      'namespace-without-network-policy apps',
      'pod-without-egress-policy web',
      'pod-without-ingress-policy web',
    ],
  ],
  ['all is closed', [namespace, pod('web'), closed], []],
  [
    'a policy elsewhere',
    [
      namespace,
      pod('web', '', 'other'),
      policy('podSelector: {}, policyTypes: [Ingress]').replace('apps', 'other'),
    ],
    [
      'namespace-without-default-deny p',
      'namespace-without-network-policy apps',
      'pod-without-egress-policy web',
    ],
  ],
  [
    'a policy for one direction: no word of the namespace without policies',
    [namespace, pod('web'), policy('podSelector: {}')],
    ['namespace-without-default-deny apps', 'pod-without-egress-policy web'],
  ],
  [
    'every address: open to the world, not a wide range',
    [pod('web'), closed, from('{ ipBlock: { cidr: 0.0.0.0/0 } }')],
    ['network-policy-open-to-the-world p'],
  ],
  [
    'a metadata service: not a wide range too',
    [
      pod('web'),
      policy(
        'podSelector: {}, policyTypes: [Ingress, Egress], egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]',
      ),
    ],
    ['network-policy-allows-metadata p'],
  ],
  [
    'two selectors apart: no word of the peer that is empty',
    [
      pod('web'),
      pod('api', '', 'shop'),
      closed,
      from(
        '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } } }, { podSelector: { matchLabels: { app: api } } }',
      ),
    ],
    ['network-policy-selectors-apart p', 'pod-without-egress-policy api', 'pod-without-ingress-policy api'],
  ],
  [
    'a Pod elsewhere: no word of the peer that is empty',
    [pod('web'), pod('api', '', 'shop'), closed, from('{ podSelector: { matchLabels: { app: api } } }')],
    ['network-policy-peer-elsewhere p', 'pod-without-egress-policy api', 'pod-without-ingress-policy api'],
  ],
  [
    'flannel, of its DaemonSet',
    [pod('web'), closed, flannel],
    [...open, 'network-policy-not-enforced closed'],
  ],
  [
    'flannel, of its configuration: told there',
    [pod('web'), closed, flannel, configuration],
    [...open, 'cni-without-network-policy cni'],
  ],
  [
    'a field of another shape: told by its schema',
    [pod('web'), closed, policy('podSelector: [], policyTypes: [Ingress]')],
    [],
  ],
])('%s', async (_, texts, expected) => {
  const found = (await violationsOf(texts)).map(
    ({ check, subject }) => `${check.id} ${'name' in subject ? subject.name : ''}`,
  );
  expect(found.sort()).toEqual([...expected].sort());
});

test('objects without a namespace are judged in the one of the call', async () => {
  const bare = closed.replace(', namespace: apps', '');
  expect(await violationsOf([pod('web'), bare], 'apps')).toEqual([]);
  const found = await violationsOf([pod('web'), bare], 'other');
  expect(found.map(({ check }) => check.id)).toContain('pod-without-ingress-policy');
  const gone = bare.replace('{}', '{ matchLabels: { app: gone } }');
  const [empty] = (await violationsOf([pod('web'), gone], 'other')).filter(
    ({ check }) => check.id === 'network-policy-selects-nothing',
  );
  // The object as written, which fixes and exceptions hang on.
  expect(empty?.subject).toMatchObject({ name: 'closed', namespace: undefined });
});

test.each([
  ['no policy', [namespace, pod('web')]],
  [
    'a policy of the name that it would have',
    [namespace, pod('web'), policy('podSelector: {}', 'default-deny')],
  ],
  [
    'a policy for DNS',
    [namespace, pod('web'), policy('podSelector: {}, policyTypes: [Egress]', 'allow-dns')],
  ],
])('a default deny and DNS are written behind the namespace, and mend it: %s', async (_, texts) => {
  const before = (await violationsOf(texts)).filter(({ check }) => check.id.startsWith('namespace-without'));
  expect(before.map((violation) => isFixable(violation))).toEqual([true]);
  const [file] = planFixes(before).files;
  const after = file?.text.split('---\n') ?? [];
  expect(after.length).toBeGreaterThan(texts.length);
  expect(await violationsOf(after)).toEqual([]);
});

test('objects are added to YAML alone, and not to what a build makes', async () => {
  const check = (await loadChecks()).filter(({ id }) => id === 'namespace-without-network-policy');
  const violationOf = (file: string, isRendered = false) => {
    const { resources } = readManifestText(new SourceText(file, namespace));
    const { violations } = judge(
      {
        resources: resources.map((resource) =>
          isRendered
            ? { ...resource, origin: { file, renderedBy: 'helm', locate: resource.origin.locate } }
            : resource,
        ),
        dockerfiles: [],
      },
      check,
    );
    return violations;
  };
  expect(planFixes(violationOf('a.yaml')).files[0]?.text).toContain('  name: default-deny\n');
  const { files, left } = planFixes(violationOf('a.json'));
  expect([files, left.map(({ reason }) => reason)]).toEqual([[], ['the text cannot be edited there']]);
  expect(violationOf('chart', true).map(isFixable)).toEqual([false]);
});
