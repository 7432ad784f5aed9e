import { execFileSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const pod = (name: string, ip: string) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: x, ports: [{ name: http, containerPort: 8080 }] }] }
status: { podIP: ${ip} }
---
`;
const policy = (name: string, spec: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
---
`;
const apart = `${pod('web', '192.0.2.1')}${pod('db', '192.0.2.2')}${policy('deny', '{ podSelector: {} }')}`;
const open = policy(
  'db',
  '{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: http }] }] }',
);
const service = `apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { type: LoadBalancer, externalTrafficPolicy: Local, selector: { app: db }, ports: [{ port: 80, targetPort: http }] }
---
`;
const files = {
  'exposed/all.yaml': apart + service,
  'before/all.yaml': apart,
  'after/all.yaml': apart + open,
  'nothing.yaml': open,
  'none.yaml': '[]\n',
  'chart/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
  'passed/all.yaml': `${apart}apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: a }
spec:
  priority: 1
  subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: web } } } }
  egress:
    - { action: Pass, to: [{ namespaces: {} }], ports: [{ portNumber: { port: 80 } }] }
    - { action: Deny, to: [{ namespaces: {} }] }
`,
};

function run(...args: string[]) {
  return withFolder(files, (folder) => keelson(folder, ['netpol', ...args]));
}

describe('keelson netpol', () => {
  test.each<[string, string[], number, string]>([
    [
      'list',
      ['list', 'after', '-w', 'db', '--direction', 'ingress'],
      0,
      'shop/web[Pod] => shop/db[Pod] : TCP 8080\n',
    ],
    [
      'list of a port',
      ['list', 'after', '-w', 'db', '--direction', 'ingress', '-p', '80', '-q'],
      0,
      'Permitted connections on TCP 80:\n',
    ],
    [
      'list as a drawing',
      ['list', 'after', '-f', 'svg', '--exposure'],
      0,
      '<title>shop/web[Pod] → shop/db[Pod]: TCP 8080</title>',
    ],
    [
      'list as a page',
      ['list', 'after', '-f', 'html'],
      0,
      '<script id="data" type="application/json">{"graph":',
    ],
    [
      'exposure of nothing',
      ['exposure', 'after'],
      0,
      'Nothing comes in from outside: no Service, Ingress or route is an entry point.\n',
    ],
    [
      'exposure',
      ['exposure', 'exposed'],
      0,
      'LoadBalancer shop/db on 80\n  => shop/db[Pod] : nothing of TCP 8080\n',
    ],
    [
      'evaluate',
      ['evaluate', 'web', 'db', '8080', '-m', 'after'],
      0,
      'shop/web[Pod] => shop/db[Pod] : TCP 8080 passes\n',
    ],
    [
      'evaluate of another protocol',
      ['evaluate', 'web', 'db', '8080/UDP', '-m', 'after'],
      1,
      'shop/web[Pod] => shop/db[Pod] : UDP 8080 does not pass\n',
    ],
    [
      'evaluate without a port',
      ['evaluate', 'web', 'shop/db', '-m', 'before'],
      1,
      'shop/web[Pod] => shop/db[Pod] : No Connections\n',
    ],
    [
      'evaluate by the address of a Pod',
      ['evaluate', '192.0.2.1', '192.0.2.2', '8080', '-m', 'after'],
      0,
      'shop/web[Pod] => shop/db[Pod] : TCP 8080 passes\n',
    ],
    [
      'a Pod and itself',
      ['evaluate', 'db', 'db', '1', '-m', 'before'],
      0,
      'shop/db[Pod] => shop/db[Pod] : TCP 1 passes\n',
    ],
    [
      'explain',
      ['explain', 'web', 'db', '8080', '-m', 'after'],
      0,
      `shop/web[Pod] => shop/db[Pod]
  TCP 8080: passes
    egress   open: no policy speaks of it
    ingress  NetworkPolicy shop/db allows it by spec.ingress[0] (after/all.yaml:21:62)
`,
    ],
    [
      'explain of what is passed on',
      ['explain', 'web', 'db', '80', '-m', 'passed'],
      1,
      `shop/web[Pod] => shop/db[Pod]
  TCP 80: does not pass
    egress   AdminNetworkPolicy a passes it on by spec.egress[0] (passed/all.yaml:25:7)
    egress   open: no policy behind it speaks of it
    ingress  NetworkPolicy`,
    ],
    [
      'explain of what is closed',
      ['explain', '203.0.113.7', 'db', '8080', '-m', 'before'],
      1,
      `203.0.113.7 => shop/db[Pod]
  TCP 8080: does not pass
    egress   open: no policy speaks of it
    ingress  NetworkPolicy shop/deny selects shop/db[Pod], and no rule allows it (before/all.yaml:13:1)
`,
    ],
    [
      'diff',
      ['diff', 'before', 'after', '--fail-on', 'opened'],
      1,
      'Connectivity diff:\ndiff-type: added, source: shop/web[Pod], destination: shop/db[Pod], before: No Connections, after: TCP 8080\n',
    ],
    [
      'diff as json',
      ['diff', 'before', 'after', '-f', 'json'],
      0,
      '"before": "No Connections",\n    "after": "TCP 8080"',
    ],
    [
      'diff the other way round',
      ['diff', 'after', 'before', '--fail-on', 'opened', '-f', 'csv'],
      0,
      'diff-type,source,destination,before,after,workloads-diff-info\nremoved,',
    ],
    [
      'diff as a page',
      ['diff', 'before', 'after', '-f', 'html'],
      0,
      '<title>What the change opens and closes</title>',
    ],
    [
      'a workload as reports write it',
      ['list', 'after', '-w', 'shop/db[Pod]', '--direction', 'ingress'],
      0,
      'shop/web[Pod] => shop/db[Pod] : TCP 8080\n',
    ],
    ['diff of the same', ['diff', 'after', 'after', '--fail-on', 'any'], 0, ''],
    [
      'matrix',
      ['matrix', 'after', '--ipv4-only'],
      0,
      '1  shop/db[Pod]   - . *\n2  shop/web[Pod]  a - *\n\n3  0.0.0.0-255.255.255.255[External]\n\na  TCP 8080\n',
    ],
  ])('%s', (_, args, code, out) => {
    const result = run(...args);
    expect([result.code, result.err]).toEqual([code, '']);
    expect(result.out).toContain(out);
  });

  test('a chart that is not rendered makes every answer one of a part', () => {
    // Where no program is found, helm is not.
    vi.stubEnv('PATH', '');
    withFolder(files, (folder) => {
      const { code, err } = keelson(folder, ['netpol', 'list', 'after', 'chart']);
      expect([code, err]).toEqual([
        3,
        expect.stringContaining('chart/Chart.yaml: error: the chart was not rendered'),
      ]);
      vi.unstubAllEnvs();
    });
  });

  test.each<[string, string[], string]>([
    ['list of a workload that is not there', ['list', 'after', '-w', 'dp'], 'the input has no workload dp'],
    ['lint of a plugin that there is not', ['lint', 'after', '--plugin', 'flanel'], 'did you mean "flannel"'],
    ['lint of nothing', ['lint', 'none.yaml'], 'there is no object in none.yaml'],
    ['test without an assertion', ['test', 'none.yaml', '-m', 'after'], 'there is no assertion in none.yaml'],
    [
      'an end that is not there',
      ['evaluate', 'wbe', 'shop/db', '-m', 'after'],
      'the input has no workload, Pod or address wbe',
    ],
    ['both ends outside', ['evaluate', '10.0.0.1', '10.0.0.2', '-m', 'after'], 'both ends are outside'],
    ['no port', ['evaluate', 'web', 'db', '99999', '-m', 'after'], '99999 is no port'],
    ['too few ends', ['explain', 'web', '-m', 'after'], 'name a source, a destination'],
    ['a direction of nobody', ['list', 'after', '--direction', 'ingress'], '--workload'],
    ['no path', ['list'], 'name files or folders'],
    ['no workload', ['list', 'nothing.yaml'], 'there is no Pod and no workload in nothing.yaml'],
    ['one state', ['diff', 'after'], 'name two files or folders'],
    ['a verb that is not there', ['lst'], 'keelson netpol has no "lst" (did you mean "list"?)'],
  ])('%s is a wrong call', (_, args, message) => {
    const result = run(...args);
    expect([result.code, result.out]).toEqual([2, '']);
    expect(result.err).toContain(message);
  });

  test('each Pod of a workload is found by its own address', () => {
    const replica = (name: string, ip: string) =>
      pod(name, ip)
        .replace(
          'metadata: { ',
          'metadata: { ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: rs, uid: u, controller: true }], ',
        )
        .replace(`app: ${name}`, 'app: db');
    const both = replica('db-1', '192.0.2.11') + replica('db-2', '192.0.2.12');
    const objects = pod('web', '192.0.2.1') + both + policy('deny', '{ podSelector: {} }') + open;
    withFolder({ 'all.yaml': objects }, (folder) => {
      for (const [to, name] of [
        ['192.0.2.11', 'db-1'],
        ['192.0.2.12', 'db-2'],
      ] as const) {
        const { out } = keelson(folder, ['netpol', 'evaluate', 'web', to, '80', '-m', '.']);
        expect(out).toBe(`shop/web[Pod] => shop/${name}[Pod] : TCP 80 does not pass\n`);
      }
    });
  });

  test('a range of addresses tells Pods of one workload apart', () => {
    const owned = (name: string, ip: string) =>
      pod(name, ip).replace(
        'metadata: { ',
        'metadata: { ownerReferences: [{ kind: ReplicaSet, name: rs, controller: true }], ',
      );
    const range =
      "{ podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: '192.0.2.11/32' } }] }] }";
    const both = owned('db-1', '192.0.2.11') + owned('db-2', '192.0.2.12').replace('app: db-2', 'app: db-1');
    const objects = pod('web', '192.0.2.1') + both + policy('range', range);
    withFolder({ 'all.yaml': objects }, (folder) => {
      const codes = ['db-1', 'db-2'].map(
        (to) => keelson(folder, ['netpol', 'evaluate', 'web', to, '80', '-m', '.']).code,
      );
      expect(codes).toEqual([0, 1]);
    });
  });

  test('a change is told against a revision of git', () => {
    withFolder(files, (folder) => {
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder });
      git('init', '-q');
      git('add', 'before');
      git('commit', '-qm', 'first');
      const none = keelson(folder, ['netpol', 'diff', '--against', 'HEAD', 'before']);
      expect([none.code, none.out, none.err]).toEqual([0, '', '']);
      const all = keelson(folder, ['netpol', 'diff', '--against', 'HEAD', 'after', '--fail-on', 'opened']);
      expect([all.code, all.err]).toEqual([1, '']);
      expect(all.out).toContain(
        'destination: shop/db[Pod], before: No Connections, after: TCP 8080, workloads-diff-info',
      );
    });
  });

  test('what is wrong in a policy is told with its place, and the rest is judged', () => {
    const wrong = policy(
      'wrong',
      "{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.300/8' } }] }] }",
    );
    withFolder({ 'all.yaml': apart + wrong }, (folder) => {
      const { code, err, out } = keelson(folder, ['netpol', 'list', 'all.yaml']);
      expect(code).toBe(3);
      expect(err).toMatch(
        /^all\.yaml:21:58: error: NetworkPolicy shop\/wrong: spec\.ingress\[0\]\.from\[0\]\.ipBlock\.cidr cannot be read: .*10\.0\.0\.300/m,
      );
      expect(out).toContain('shop/web[Pod] => ');
    });
  });
});

describe('keelson netpol lint', () => {
  test('finds, with the place and the fix; the threshold decides', () => {
    const found = run('lint', 'after', '--only', 'namespace-without-default-deny');
    expect([found.code, found.err]).toEqual([0, '']);
    expect(found.out).toContain(
      'medium[namespace-without-default-deny]: NetworkPolicy shop/deny: no policy denies the egress of Pods to come in namespace shop\n  fix: ',
    );
    expect(run('lint', 'after', '--fail-on', 'medium').code).toBe(1);
    expect(run('lint', 'after', '--fail-on', 'none').code).toBe(0);
    const [first] = JSON.parse(
      run('lint', 'after', '-f', 'json', '--only', 'namespace-without-default-deny').out,
    );
    expect(first).toMatchObject({
      rule: 'namespace-without-default-deny',
      severity: 'medium',
      location: { file: 'after/all.yaml' },
    });
  });

  test('rules are listed, and those that there are not are refused', () => {
    expect(run('lint', '--rules').out).toContain('\nnetwork-policy-selects-nothing ');
    const wrong = run('lint', 'after', '--skip', 'network-policy-selects-nothin');
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringContaining('did you mean "network-policy-selects-nothing"?'),
    ]);
  });
});
