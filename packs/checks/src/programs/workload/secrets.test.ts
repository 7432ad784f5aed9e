import { judge } from '@keelson/checks';
import { objectOf, SourceText, stringifyJson } from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workloadPrograms } from './index.ts';

function pathsOf(program: keyof typeof workloadPrograms, text: string): string[] {
  const run = workloadPrograms[program];
  if (run === undefined) throw new Error(`no program ${program}`);
  const { resources, errors } = readManifestText(new SourceText('a.yaml', text));
  expect(errors.map((error) => error.format())).toEqual([]);
  const check = {
    id: 'x',
    target: 'kubernetes',
    severity: 'high',
    controls: {},
    kinds: [],
    judge: { type: 'program', run },
  } as const;
  const { violations, notifications } = judge({ resources, dockerfiles: [] }, [check]);
  expect(notifications).toEqual([]);
  return violations.map(({ path }) => path.join('.'));
}

function secret(key: string, value: string): string {
  const object = objectOf([
    ['apiVersion', 'v1'],
    ['kind', 'Secret'],
    ['metadata', objectOf([['name', 's']])],
    ['stringData', objectOf([[key, value]])],
  ]);
  return stringifyJson(object);
}

describe('Secret manifests', () => {
  test.each([
    ['password', 'k3elson-Example', true],
    ['rootpasswd', 'password', true],
    ['key', 'QVFEQ1pMdFhPUnQrSmhBQUFYaERWNHJsZ3BsMmNjcDR6RFZST0E9PQ==', true],
    ['.dockerconfigjson', '{"auths":{}}', true],
    ['password', '$(DB_PASSWORD)', false],
    ['password', '<fill me in>', false],
    ['token', 'INSERT_TOKEN_HERE', false],
    ['username', 'admin', false],
    ['REDIS_URL_CORE', 'redis://redis-master:6379//0', false],
    ['DATABASE_URI_CORE', 'redis://:k3elson@redis-master:6379//0', true],
    ['SLACK_URL_HOOK', 'https://hooks.example.com/services/T00000000/k3elsonExample0000000000', true],
    ['azurestorageaccountname', 'storage1', false],
    ['bearerToken', 'my-token', false],
    ['passphrase', 'Simple passphrase', true],
    ['sshKey', '-----BEGIN OPENSSH PRIVATE KEY-----\n...\n-----END OPENSSH PRIVATE KEY-----\n', false],
    ['sshKey', '-----BEGIN PRIVATE KEY-----\n<your key here>\n-----END PRIVATE KEY-----\n', false],
    ['sshKey', `-----BEGIN PRIVATE KEY-----\n${'k3elsonA'.repeat(8)}\n-----END PRIVATE KEY-----\n`, true],
    ['admin-password', 'registry-password', true],
    ['apiAddress', 'tcp://127.0.0.1:5705', false],
    ['tls.crt', '-----BEGIN CERTIFICATE-----\nMIIB', false],
    ['config.yaml', 'level: info\nuser: web\n', false],
    ['config.yaml', 'level: info\npassword: k3elson-Example\n', true],
  ])('%s: %j → %s', (key, value, fires) => {
    expect(pathsOf('workload-literal-secrets', secret(key, value))).toEqual(
      fires ? [`stringData.${key}`] : [],
    );
  });

  test('base64 is decoded before it is judged', () => {
    const text = (value: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata: { password: ${value} }\n`;
    expect(pathsOf('workload-literal-secrets', text('azNlbHNvbi1FeGFtcGxl'))).toHaveLength(1);
    expect(pathsOf('workload-literal-secrets', text('JHtEQl9QQVNTV09SRH0='))).toEqual([]);
    expect(pathsOf('workload-literal-secrets', text('"not base64!"'))).toEqual([]);
  });

  test('a Secret read from a cluster is not a manifest', () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata: { name: s, uid: 1-2 }\nstringData: { password: k3elson-Example }\n';
    expect(pathsOf('workload-literal-secrets', text)).toEqual([]);
  });
});

describe('ConfigMaps', () => {
  const map = (entry: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n${entry}\n`;
  test.each([
    ['  password: k3elson-Example', true],
    ['  env: REDIS_PASSWORD=abcd1234', true],
    ['  app.json: |\n    { "a": 1,\n      "clientSecret": "k3elson-Example" }', true],
    ['  env: REDIS_PASSWORD=', false],
    ['  env: "REDIS_PASSWORD=$REDIS_PASSWORD"', false],
    ['  passwordPattern: "^.{8,32}$"', false],
    ['  max_tokens: "4096"', false],
    ['  PASSWORD_HASH_METHOD: "pbkdf2:sha256"', false],
    ['  a.py: |\n    c.Spawner.image_pull_secrets = image_pull_secrets\n', false],
    ['  a.py: |\n    api_token = self.token\n', false],
    ['  a.properties: |\n    password = hunter22\n', true],
    ['  a.yaml: |\n    servingCertificateSecret: api-tls-serving-certificate\n', false],
    ['  a.yaml: |\n    clientSecret: 5f3b1c9a7d2e4f60\n', true],
    ['  a.yaml: |\n    imagePullSecret: a8f5f167f44f4964e6c998dee827110c\n', true],
    ['  run.sh: |\n    export TOKEN=$(cat /run/token)', false],
    ['  app.yaml: |\n    password:\n      valueFrom: x', false],
  ])('%j → %s', (entry, fires) => {
    expect(pathsOf('workload-config-map-secrets', map(entry))).toHaveLength(fires ? 1 : 0);
  });
});

describe('containers', () => {
  const pod = (lines: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n    - name: a\n      ${lines}\n`;
  test.each([
    ['env: [{ name: DB_PASSWORD, value: k3elson-Example }]', 1],
    ['env: [{ name: URL, value: "postgres://app:k3elson@db/app" }]', 1],
    ['env: [{ name: DB_PASSWORD_FILE, value: /run/secrets/db }]', 0],
    ['env: [{ name: DB_PASSWORD, value: "$(OTHER)" }]', 0],
    ['env: [{ name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: p } } }]', 0],
    [
      'env: [{ name: ETCD_AUTH_TOKEN, value: "jwt,priv-key=/certs/jwt-token.pem,sign-method=RS256,ttl=10m" }]',
      0,
    ],
    ['env: [{ name: AUTH_TOKEN, value: "a=b,token=k3elson1" }]', 1],
    ['env: [{ name: ETCD_INITIAL_CLUSTER_TOKEN, value: etcd-cluster-k8s }]', 0],
    ['env: [{ name: CLUSTER_TOKEN, value: K10f8d1c2b3a4e5f6 }]', 1],
    ['env: [{ name: MYSQL_PASSWORD, value: mysql }]', 1],
    ['env: [{ name: MINIO_ACCESS_KEY, value: minio }, { name: MINIO_SECRET_KEY, value: minio123 }]', 1],
    ['env: text', 0],
  ])('%s → %i', (lines, count) => {
    expect(pathsOf('workload-environment-secrets', pod(lines))).toHaveLength(count);
  });

  test.each([
    ['args: ["--password=k3elson-Example"]', 1],
    ['args: ["--token", "k3elson-Example"]', 1],
    ['args: ["--token", "--verbose"]', 0],
    ['args: ["--password-file=/run/db"]', 0],
    ['args: [1, null, "--token=$(TOKEN)"]', 0],
  ])('%s → %i', (lines, count) => {
    expect(pathsOf('workload-argument-secrets', pod(lines))).toHaveLength(count);
  });
});

test('annotations of objects and of their Pod templates', () => {
  const metadata = 'metadata: { name: s, annotations: { example.com/api-token: k3elson-Example-1 } }';
  const template = `spec: { template: { ${metadata}, spec: { containers: [{ name: a }] } } }`;
  expect(
    pathsOf('workload-annotation-secrets', `apiVersion: apps/v1\nkind: Deployment\n${metadata}\n${template}`),
  ).toEqual([
    'metadata.annotations.example.com/api-token',
    'spec.template.metadata.annotations.example.com/api-token',
  ]);
  expect(
    pathsOf('workload-annotation-secrets', `apiVersion: v1\nkind: Pod\n${metadata}\nspec: {}`),
  ).toHaveLength(1);
});

test.each([
  ['checksum/secret: 85b147a551da98849f3cd35fe14cf3a0144d337c40898ee1946b8aff21ca3cc9', 0],
  ['checksum-token: "1234567890"', 0],
  ['example.com/config-secret: 85b147a551da98849f3cd35fe14cf3a0', 0],
  ['example.com/api-token: k3elson-Example-1', 1],
])('annotation %s → %i', (line, count) => {
  const text = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: s\n  annotations:\n    ${line}\nspec: {}\n`;
  expect(pathsOf('workload-annotation-secrets', text)).toHaveLength(count);
});

test('annotations: a Secret that kubectl copied', () => {
  const text = (kind: string) =>
    `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: s\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"p":"eA=="}}'\n`;
  expect(pathsOf('workload-annotation-secrets', text('Secret'))).toHaveLength(1);
  expect(pathsOf('workload-annotation-secrets', text('ConfigMap'))).toEqual([]);
});

test('any text is judged, quickly', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 40 }), (value, key) => {
      pathsOf('workload-literal-secrets', secret(key, value));
      pathsOf(
        'workload-config-map-secrets',
        secret(key, value).replace('Secret', 'ConfigMap').replace('stringData', 'data'),
      );
    }),
    { seed: 7, numRuns: 200 },
  );
  const started = performance.now();
  pathsOf('workload-literal-secrets', secret('password', `${'a='.repeat(100_000)}\n`.repeat(2)));
  expect(performance.now() - started).toBeLessThan(2000);
});
