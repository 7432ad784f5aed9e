import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SourceText } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { describe, expect, test } from 'vitest';
import { errorTables } from './error-tables.ts';
import { remedies } from './explain/remedies.ts';
import { keelson, withFolder } from './testing/run.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const check = `id: team-label-missing
title: Pod has no team label
severity: low
scope: pod
expression: "has(podMetadata.labels) && 'team' in podMetadata.labels"
text: no team label
controls: { cis-1.12: ["5.6.1"] }
examples:
  - { verdict: fail, input: "{ apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { containers: [] } }" }
  - { verdict: pass, input: "{ apiVersion: v1, kind: Pod, metadata: { name: a, labels: { team: x } }, spec: { containers: [] } }" }
`;

describe('keelson checks list', () => {
  test('lists by words, framework, severity and target, the user’s own among them', () => {
    withFolder({ 'own/team.yaml': check }, (folder) => {
      const ids = (...args: string[]) =>
        JSON.parse(keelson(folder, ['checks', 'list', '-f', 'json', ...args]).out).map(
          ({ id }: { id: string }) => id,
        );
      expect(ids('host', 'network')).toContain('host-network');
      expect(ids('--framework', 'pss-baseline')).toContain('host-pid');
      expect(ids('--framework', 'pss-baseline')).not.toContain('memory-limit-missing');
      expect(ids('--checks', 'own', '--framework', 'cis')).toContain('team-label-missing');
      expect(ids('--target', 'dockerfile').length).toBeGreaterThan(50);
      const critical = JSON.parse(
        keelson(folder, ['checks', 'list', '-f', 'json', '--severity', 'critical']).out,
      );
      expect(new Set(critical.map(({ severity }: { severity: string }) => severity))).toEqual(
        new Set(['critical']),
      );
    });
  });

  test('a pipe gets lines of plain text', () => {
    const { out, code } = keelson(root, ['checks', 'list', 'privileged-container']);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^check +severity +category +what it finds\nprivileged-container +critical/),
    ]);
  });
});

describe('keelson checks test', () => {
  test.each<[string, string, number, string]>([
    ['all hold', check, 0, 'ok  team-label-missing\n1 passed, 0 failed\n'],
    [
      'an example is judged otherwise',
      check.replace('verdict: fail', 'verdict: pass'),
      1,
      'FAILED  team-label-missing\n  no example with verdict: fail\n  example 1 (pass): found: no team label\n0 passed, 1 failed\n',
    ],
    [
      'an example cannot be read',
      check.replace('{ apiVersion: v1, kind', '{ apiVersion: v1, kind: [, kind'),
      1,
      'YAML_SYNTAX',
    ],
  ])('%s', (_, text, code, expected) => {
    withFolder({ 'team.yaml': text }, (folder) => {
      const run = keelson(folder, ['checks', 'test', '.']);
      expect([run.code, run.out]).toEqual([code, expect.stringContaining(expected)]);
    });
  });

  test.each([
    ['an unknown control', 'cis-2.0: ["9.9.9"]', 'cis-2.0 has no "9.9.9"'],
    [
      'a control of another spelling',
      'pss: [privilegd]',
      'pss has no "privilegd" (did you mean "privileged"?)',
    ],
    ['another name', 'cis: ["5.2.2"]', '"cis" is another name of cis-2.0'],
    ['a profile', 'pss-restricted: [privileged]', '"pss-restricted" is a profile of pss'],
    ['an unknown framework', 'niist: [x]', 'there is no framework "niist"'],
  ])('a name that there is not is a fault of the check: %s', (_, controls, fault) => {
    const text = check.replace('cis-1.12: ["5.6.1"]', controls);
    withFolder({ 'team.yaml': text }, (folder) => {
      const run = keelson(folder, ['checks', 'test', '.']);
      expect(run.code).toBe(1);
      expect(run.out).toContain(`FAILED  team-label-missing\n  names no control: ${fault}`);
    });
  });

  test('a check that tells the rest must be there; controls of a framework of the user’s own are known', () => {
    const framework = `id: ours
title: Our rules
version: "1"
publisher: us
reference: https://example.com
controls: [{ id: "1", title: A rule, checks: [team-label-missing] }]
`;
    const text = (teller: string) =>
      check.replace('cis-1.12: ["5.6.1"] }', `ours: ["1"] }\ntoldBy: [${teller}]`);
    const files = { 'checks/a.yaml': text('labels-mising'), 'ours.yaml': framework };
    withFolder(files, (folder) => {
      const run = keelson(folder, ['checks', 'test', 'checks', '--framework', 'ours.yaml']);
      expect(run.out).toBe(
        'FAILED  team-label-missing\n  toldBy: there is no check "labels-mising" (did you mean "labels-missing"?)\n0 passed, 1 failed\n',
      );
    });
    withFolder({ ...files, 'checks/a.yaml': text('labels-missing') }, (folder) => {
      expect(keelson(folder, ['checks', 'test', 'checks', '--framework', 'ours.yaml']).code).toBe(0);
    });
  });

  test('a file with a fault is named with line and reason, the others are tried', () => {
    withFolder(
      {
        'good.yaml': check,
        'bad.yaml': check.replace('team-label-missing', 'other').replace('has(podMetadata', 'hs(podMetadata'),
      },
      (folder) => {
        const run = keelson(folder, ['checks', 'test', '.']);
        expect(run.code).toBe(3);
        expect(run.err).toMatch(/bad\.yaml:5:\d+: .*expression.*\[CHECK_EXPRESSION\]/);
        expect(run.out).toContain('1 passed, 0 failed');
      },
    );
  });
});

describe('keelson checks coverage', () => {
  test('every fault of a framework is told, with the name that was meant', () => {
    const framework = `id: ours
titel: Our rules
version: "1"
publisher: us
reference: https://example.com
controls:
  - { id: 5.10, title: A number }
  - { id: "2", title: A check, checks: [privileged-contaner] }
  - { id: "3", title: A control, from: { pss: [privilegd] } }
`;
    withFolder({ 'ours.yaml': framework }, (folder) => {
      const run = keelson(folder, ['checks', 'coverage', 'ours.yaml']);
      expect(run.code).toBe(2);
      expect(run.err.trim().split('\n')).toEqual([
        expect.stringMatching(
          /ours\.yaml:2:\d+: unknown field "titel" of a framework \(did you mean "title"\?\)/,
        ),
        expect.stringMatching(/ours\.yaml:1:\d+: title is missing/),
        expect.stringMatching(/ours\.yaml:7:\d+: id must be text/),
        expect.stringMatching(
          /ours\.yaml:8:\d+: there is no check "privileged-contaner" \(did you mean "privileged-container"\?\)/,
        ),
        expect.stringMatching(
          /ours\.yaml:9:\d+: pss has no control "privilegd" \(did you mean "privileged"\?\)/,
        ),
      ]);
    });
  });

  test('every control of a framework has its state and what judges it', () => {
    const [cis] = JSON.parse(keelson(root, ['checks', 'coverage', 'cis-1.12', '-f', 'json']).out);
    expect(cis.counts.uncovered).toBe(0);
    const control = cis.controls.find(({ id }: { id: string }) => id === '5.2.2');
    expect(control).toMatchObject({
      state: 'automated',
      checks: expect.arrayContaining(['privileged-container']),
    });
  });

  test('a framework of the user’s own', () => {
    const framework = `id: ours
title: Our rules
version: "1"
publisher: us
reference: https://example.com
controls:
  - { id: "1", title: No privileged Pods, from: { cis-1.12: ["5.2.2"] } }
  - { id: "2", title: Nightly backups, manual: Ask for the last restore test. }
  - { id: "3", title: Nobody looks at this }
`;
    withFolder({ 'ours.yaml': framework }, (folder) => {
      const [ours] = JSON.parse(keelson(folder, ['checks', 'coverage', 'ours.yaml', '-f', 'json']).out);
      expect(ours.controls.map(({ state }: { state: string }) => state)).toEqual([
        'automated',
        'manual',
        'uncovered',
      ]);
    });
    withFolder({ 'ours.yaml': framework.replace('5.2.2', '9.9.9') }, (folder) => {
      const run = keelson(folder, ['checks', 'coverage', 'ours.yaml']);
      expect([run.code, run.err]).toEqual([
        2,
        'keelson: ours.yaml:7:62: cis-1.12 has no control "9.9.9" [FRAMEWORK_REFERENCE]\n',
      ]);
    });
  });

  test('an unknown name gets a suggestion', () => {
    const { code, err } = keelson(root, ['checks', 'coverage', 'pss-restrictd']);
    expect([code, err]).toEqual([2, expect.stringContaining('(did you mean "pss-restricted"?)')]);
  });
});

describe('keelson checks export', () => {
  test('writes YAML that reads again, and says what is no policy', () => {
    const { out, err, code } = keelson(root, [
      'checks',
      'export',
      '--as',
      'vap',
      '--only',
      'host-pid,host-network',
    ]);
    expect(code).toBe(0);
    const kinds = parseYaml(new SourceText('out.yaml', out)).documents.flatMap(({ value }) =>
      value === null ? [] : [JSON.parse(JSON.stringify(value)).kind],
    );
    expect(kinds).toEqual([
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
    expect(err).toMatch(/^2 of 2 checks exported\.$/m);
  });

  test.each([
    [['--as', 'rego'], '--as rego: it is one of vap, static-admission, kyverno, gatekeeper'],
    [[], '--as is needed'],
    [['--as', 'vap', '--only', 'host-pdi'], 'there is no check "host-pdi" (did you mean "host-pid"?)'],
    [['--as', 'vap', '--framework', 'nope'], 'there is no framework "nope"'],
  ])('%j is a wrong call', (args, message) => {
    const { code, err } = keelson(root, ['checks', 'export', ...args]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('keelson explain', () => {
  test.each([
    ['privileged-container', 'privileged-container: Container runs privileged'],
    ['CKV_K8S_16', 'privileged-container: Container runs privileged'],
    ['ksv-0017', 'privileged-container: Container runs privileged'],
    ['yaml_alias', 'YAML_ALIAS: '],
    ['SCT_MISSING', 'What to do: '],
  ])('%s', (name, expected) => {
    const { code, out } = keelson(root, ['explain', name]);
    expect([code, out]).toEqual([0, expect.stringContaining(expected)]);
  });

  test.each([
    ['priviledged-container', 'privileged-container'],
    ['SCT_MISING', 'SCT_MISSING'],
    ['sct_mising', 'SCT_MISSING'],
  ])('a name that nothing has is a wrong call with a suggestion: %s', (name, near) => {
    const { code, err } = keelson(root, ['explain', name]);
    expect([code, err]).toEqual([2, expect.stringContaining(`(did you mean "${near}"?)`)]);
  });

  test('every code that is told what to do about is one', () => {
    const codes = new Set(errorTables.flatMap(([, table]) => Object.keys(table)));
    expect(Object.keys(remedies).filter((code) => !codes.has(code))).toEqual([]);
  });

  test('no text from a user’s check reaches the terminal raw', () => {
    const hostile = check.replace('Pod has no team label', '"\\e[2Jcleared"');
    withFolder({ 'team.yaml': hostile }, (folder) => {
      const { out } = keelson(folder, ['explain', 'team-label-missing', '--checks', '.']);
      expect(out).not.toContain('\u001b');
    });
  });
});

describe('keelson config check', () => {
  test('tells every fault, in the order of the file', () => {
    const configuration = `scan:
  failOn: hihg
  skip: [host-pdi, host-pid]
  frameworks: [cis, cis-9]
  checks: [nowhere]
  settings: { host-pid: 1 }
  colour: true
exceptions:
  - { rule: host-network, reason: known }
  - { rule: host-netwrk, reason: known, owner: me }
`;
    withFolder({ 'keelson.yaml': configuration }, (folder) => {
      const { code, out } = keelson(folder, ['config', 'check']);
      expect(code).toBe(2);
      expect(
        out.split('\n').map((line) => line.replace(/^keelson\.yaml:(\d+):\d+: (.{20}).*$/, '$1 $2')),
      ).toEqual([
        '2 failOn is one of cri',
        '3 there is no check "h',
        '4 there is no framewor',
        '5 nowhere: no such fil',
        '6 scan.settings.host-p',
        '7 unknown field "colou',
        '9 an exception needs a',
        '10 there is no check "h',
        '',
      ]);
    });
  });

  test('says when all is well, and when there is no file', () => {
    withFolder({ 'keelson.yaml': 'scan: { failOn: low, frameworks: [pss-restricted] }\n' }, (folder) => {
      expect(keelson(folder, ['config', 'check'])).toEqual({
        code: 0,
        out: 'keelson.yaml is in order\n',
        err: '',
      });
    });
    withFolder({}, (folder) => {
      expect(keelson(folder, ['config', 'check'])).toMatchObject({
        code: 2,
        err: 'keelson: there is no keelson.yaml here [USAGE]\n',
      });
    });
  });
});

test.each(['checks', 'config'])('keelson %s tells its verbs', (group) => {
  expect(keelson(root, [group, '--help'])).toMatchObject({ code: 0, err: '' });
  expect(keelson(root, [group, 'nothing'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('there are'),
  });
});

test('the overview of verbs is that of the README', () => {
  const readme = readFileSync(`${root}/README.md`, 'utf8');
  const named = [...keelson(root, ['--help']).out.matchAll(/^ {2}(\w+) {2}/gm)].map(([, name]) => name);
  for (const name of named) expect(readme).toContain(`keelson ${name}`);
});
