import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const examples = fileURLToPath(new URL('../../../../examples/policies', import.meta.url));

function withExamples(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-test-'));
  try {
    cpSync(examples, folder, { recursive: true });
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('keelson policy test', () => {
  test.each([
    [[], '3 passed, 0 failed'],
    [['--run', 'owning-team//label'], '1 passed, 0 failed, 2 skipped'],
    [['--run', '//^no-label$'], '1 passed, 0 failed, 2 skipped'],
    [['--run', 'nothing-like-it'], '0 passed, 0 failed, 1 skipped'],
  ])('%j', (args, expected) => {
    const { code, out } = keelson(examples, ['policy', 'test', '.', ...args]);
    expect([code, out.trimEnd().split('\n').at(-1)]).toEqual([0, expected]);
  });

  test('what does not hold is named, with what was said', () => {
    const suite = `apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
tests:
  - { name: wrong, template: template.yaml, constraint: constraint.yaml, cases: [{ name: none, object: samples/unknown.yaml }] }
  - { name: invalid, invalid: true, template: template.yaml, constraint: constraint.yaml }
`;
    withFolder({ 'suite.yaml': suite }, (folder) => {
      cpSync(examples, folder, { recursive: true, force: false });
      const { code, out } = keelson(folder, ['policy', 'test', 'suite.yaml', '-f', 'json']);
      const result = JSON.parse(out);
      expect([code, result.failed]).toEqual([1, 2]);
      expect(result.suites[0].tests).toMatchObject([
        {
          cases: [
            { faults: [expect.stringContaining('none are wanted; got: nobody knows the team searhc')] },
          ],
        },
        { error: expect.stringContaining('the constraint is sound') },
      ]);
    });
  });

  test('JUnit', () => {
    const { out } = keelson(examples, ['policy', 'test', '.', '-f', 'junit', '--run', '//no-label']);
    expect(out).toContain('<testsuite name="suite.yaml" tests="3" failures="0" errors="0" skipped="2">');
    expect(out).toContain('<testcase classname="owning-team" name="no-label"/>');
  });

  test('a file that cannot be read is exit 3, a wrong call 2', () => {
    withExamples((folder) => {
      rmSync(join(folder, 'samples/known.yaml'));
      expect(keelson(folder, ['policy', 'test', '.']).code).toBe(3);
      rmSync(join(folder, 'constraint.yaml'));
      const { code, out } = keelson(folder, ['policy', 'test', '.']);
      expect([code, out]).toEqual([3, expect.stringContaining('constraint.yaml')]);
      expect(keelson(folder, ['policy', 'test', 'samples']).code).toBe(2);
      expect(keelson(folder, ['policy', 'test', '.', '--run', '(']).code).toBe(2);
    });
  });
});

describe('keelson scan --policy', () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: { name: a }
spec:
  containers:
    - { name: c, image: x }
`;
  const rego = `package main
# METADATA
# title: T
# description: D
# custom: { id: named, severity: critical }
deny contains {"msg": "m", "path": "/spec/containers/0/image"} if input.kind == "Pod"
warn contains "w" if count(data.inventory.namespace.default["v1"].Pod) == 1
`;
  const scan = (files: Record<string, string>, ...args: string[]) =>
    withFolder({ 'in/pod.yaml': pod, ...files }, (folder) => {
      const all = ['scan', 'in', '--policy', 'p', '-f', 'json', '--skip', '', ...args];
      const { code, out, err } = keelson(folder, all);
      const report = code === 2 ? { findings: [], notifications: [] } : JSON.parse(out);
      const rules = ['named', 'main.warn'];
      const findings = report.findings.filter(({ rule }: { rule: string }) => rules.includes(rule));
      return { code, err, findings, notifications: report.notifications };
    });

  test('findings have rule, severity and place of the policy', () => {
    expect(scan({ 'p/a.rego': rego }).findings).toMatchObject([
      { rule: 'named', severity: 'critical', message: 'm', locations: [{ file: 'in/pod.yaml', line: 6 }] },
      { rule: 'main.warn', severity: 'medium', message: 'w', locations: [{ line: 1 }] },
    ]);
  });

  test('findings tell the rule, and stand where it read, without secrets', () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData:\n  pin: tulip-harvest-77\n';
    const rules = `package main
warn contains "no image of ours" if { some c in input.spec.containers; c.image == "x" }
warn contains "pin" if { input.kind == "Secret"; input.stringData.pin == "tulip-harvest-77" }
`;
    const { findings } = scan({ 'p/a.rego': rules, 'in/secret.yaml': secret });
    const [inPod, inSecret] = ['in/pod.yaml', 'in/secret.yaml'].map((file) =>
      findings.find(({ locations }: { locations: { file: string }[] }) => locations[0]?.file === file),
    );
    expect([inPod, inSecret]).toMatchObject([
      {
        locations: [{ file: 'in/pod.yaml', line: 6 }],
        explanation: {
          rule: 'data.main.warn',
          location: { file: 'p/a.rego', line: 2 },
          reads: [{ path: 'input.spec.containers[0].image', value: 'x' }],
        },
      },
      {
        locations: [{ file: 'in/secret.yaml', line: 5 }],
        explanation: {
          location: { line: 3 },
          reads: [
            { path: 'input.kind', value: 'Secret' },
            { path: 'input.stringData.pin', value: expect.stringContaining('[redacted') },
          ],
        },
      },
    ]);
    expect(JSON.stringify(findings)).not.toContain('tulip');
  });

  test('they can be chosen and suppressed by rule', () => {
    const only = scan({ 'p/a.rego': rego }, '--only', 'main.warn');
    expect(only.findings.map(({ rule }: { rule: string }) => rule)).toEqual(['main.warn']);
    const ignored = scan({ 'p/a.rego': rego, 'in/pod.yaml': `# keelson:ignore main.warn because\n${pod}` });
    expect(ignored.findings[1]).toMatchObject({ rule: 'main.warn', suppressions: [{ reason: 'because' }] });
    expect(scan({ 'p/a.rego': rego }, '--only', 'main.nope')).toMatchObject({ code: 2 });
  });

  test('a policy with a fault is exit 3 and named, and the others judge', () => {
    const broken = { 'p/a.rego': rego, 'p/b.rego': 'package b\n\ndeny contains x if true\n' };
    const { code, findings, notifications } = scan(broken);
    expect([code, findings.length]).toEqual([3, 2]);
    expect(notifications).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: expect.stringContaining('rego_unsafe_var_error'),
        location: expect.objectContaining({ file: 'p/b.rego', line: 3 }),
      }),
    );
  });

  test('a policy that cannot be evaluated is an error, never a pass', () => {
    const conflict = 'package main\nx := 1\nx := 2 if true\ndeny contains "m" if x\n';
    const { code, notifications } = scan({ 'p/a.rego': conflict });
    expect(code).toBe(3);
    expect(JSON.stringify(notifications)).toContain('in/pod.yaml:1 (Pod a): eval_conflict_error');
  });

  test('a policy that loops is stopped once, and the others judge', () => {
    const loop =
      'package loop\ndeny contains "m" if { some i in numbers.range(1, 50000); some j in numbers.range(1, 50000); i * j == -1 }\n';
    const pods = `${pod}---\n${pod.replace('name: a', 'name: b')}`;
    const { code, findings, notifications } = scan({
      'p/a.rego': rego,
      'p/l.rego': loop,
      'in/pod.yaml': pods,
    });
    expect([code, findings.length]).toEqual([3, 2]);
    expect(JSON.stringify(notifications)).toContain('eval_limit_error');
  }, 60_000);

  test('a folder without policies is a wrong call', () => {
    expect(scan({ 'p/b.rego': 'package c\n' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('no policy'),
    });
  });

  test('folders may stand in keelson.yaml', () => {
    const { findings } = scan({
      'q/a.rego': rego,
      'p/b.rego': 'package c\n',
      'keelson.yaml': 'scan: { policies: [q] }\n',
    });
    expect(findings.length).toBe(2);
  });
});
