import { fileURLToPath } from 'node:url';
import { evaluatePodSecurity, podTemplates, withVolumeDefaults } from '@keelson/kubernetes';
import { loadInput } from '@keelson/manifests';
import { expect, test } from 'vitest';
import { keelson } from './testing/run.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const scan = (folder: string, ...args: string[]) => keelson(root, ['scan', `examples/${folder}`, ...args]);

/** What was planted in the shop, a check of each family. */
const planted = [
  'privileged-container',
  'container-runtime-socket',
  'host-path-root',
  'host-network',
  'host-pid',
  'rbac-cluster-admin-equivalent',
  'rbac-escalate-bind',
  'rbac-pod-exec',
  'environment-secret-literal',
  'argument-secret-literal',
  'secret-literal',
  'dockerfile-secret-in-env',
  'dockerfile-pipe-to-shell',
  'dockerfile-removed-later',
];

test('the shop fails on every family that was planted', () => {
  const { code, out } = scan('shop', '-f', 'json');
  const rules = new Set(JSON.parse(out).findings.map((finding: { rule: string }) => finding.rule));
  expect(code).toBe(1);
  expect(planted.filter((rule) => !rules.has(rule))).toEqual([]);
});

test('its hardened twin passes at medium', () => {
  expect(scan('shop-hardened', '--fail-on', 'medium').code).toBe(0);
});

test('its hardened twin passes the restricted Pod Security Standard', async () => {
  const { resources, errors } = await loadInput([`${root}examples/shop-hardened`]);
  expect(errors).toEqual([]);
  const templates = resources.flatMap((resource) =>
    podTemplates(resource).map((template) => ({ resource, template })),
  );
  expect(templates.length).toBeGreaterThanOrEqual(10);
  for (const { resource, template } of templates) {
    const spec = withVolumeDefaults(template.spec);
    const { allowed, detail } = evaluatePodSecurity('restricted', 'latest', template.metadata, spec);
    expect({ name: resource.name, allowed, detail }).toMatchObject({ allowed: true });
  }
});
