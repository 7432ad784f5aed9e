import { judge } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import { describe, expect, test } from 'vitest';
import { workloadPrograms } from './index.ts';

function messagesOf(program: string, kinds: readonly string[], ...documents: readonly string[]): string[] {
  const run = workloadPrograms[program];
  if (run === undefined) throw new Error(`no program ${program}`);
  const { resources, errors } = readManifestText(new SourceText('a.yaml', documents.join('\n---\n')));
  expect(errors.map((error) => error.format())).toEqual([]);
  const check = {
    id: 'x',
    target: 'kubernetes',
    severity: 'low',
    controls: {},
    kinds,
    judge: { type: 'program', run },
  } as const;
  const { violations, notifications } = judge({ resources, dockerfiles: [] }, [check]);
  expect(notifications).toEqual([]);
  return violations.map(({ message }) => message);
}

function deployment(spec = 'replicas: 3', pod = '', labels = 'app: web', namespace = 'shop'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec:
  ${spec}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { ${labels} } }
    spec:
      ${pod}
      containers: [{ name: web, image: "example.com/web:1.0" }]`;
}

function budget(spec: string, namespace = 'shop'): string {
  return `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: ${namespace} }
spec: { ${spec}, selector: { matchLabels: { app: web } } }`;
}

function scaler(spec: string): string {
  return `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec: { scaleTargetRef: { kind: Deployment, name: web }, ${spec} }`;
}

const workloads = ['Deployment', 'StatefulSet'];

describe('missing budgets', () => {
  const judged = (...documents: string[]) =>
    messagesOf('workload-budget-missing', workloads, ...documents).length;
  test.each([
    ['none', [deployment()], 1],
    ['one that selects', [deployment(), budget('maxUnavailable: 1')], 0],
    ['of another namespace', [deployment(), budget('maxUnavailable: 1', 'other')], 1],
    ['a single Pod needs none', [deployment('replicas: 1')], 0],
    ['an autoscaled one does', [deployment('replicas: 1'), scaler('maxReplicas: 4')], 1],
    [
      'a selector that does not fit its template is not judged',
      [deployment('replicas: 3', '', 'app: shop')],
      0,
    ],
  ])('%s', (_, documents, count) => {
    expect(judged(...documents)).toBe(count);
  });
});

describe('budgets that block', () => {
  const judged = (...documents: string[]) =>
    messagesOf('workload-budget-blocks-eviction', ['PodDisruptionBudget'], ...documents);
  test.each([
    ['maxUnavailable: 0', [], 1],
    ['maxUnavailable: 0%', [], 1],
    ['minAvailable: 100%', [], 1],
    ['minAvailable: 3', [deployment()], 1],
    ['minAvailable: 67%', [deployment()], 1],
    ['minAvailable: 2', [deployment()], 0],
    ['minAvailable: 2', [deployment('replicas: 0')], 0],
    ['minAvailable: 2', [deployment(), scaler('minReplicas: 2, maxReplicas: 5')], 1],
    ['minAvailable: 1', [deployment(), scaler('minReplicas: 2, maxReplicas: 5')], 0],
    ['minAvailable: [1]', [deployment()], 0],
  ])('%s', (spec, others, count) => {
    expect(judged(budget(spec), ...others)).toHaveLength(count);
  });
});

describe('anti-affinity', () => {
  const term = (labels: string) =>
    `{ labelSelector: { matchLabels: { ${labels} } }, topologyKey: kubernetes.io/hostname }`;
  const required = (labels: string) =>
    `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [${term(labels)}] } }`;
  const preferred = (labels: string) =>
    `affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: ${term(labels)} }] } }`;
  test.each([
    ['', 'nothing keeps the replicas of Deployment "web" on different nodes'],
    [required('app: web'), undefined],
    [preferred('app: web'), undefined],
    [required('app: shop'), expect.stringContaining('selects other Pods')],
    [
      'topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway }]',
      undefined,
    ],
    ['affinity: text', expect.stringContaining('nothing keeps')],
  ])('%s', (pod, message) => {
    const found = messagesOf('workload-anti-affinity-missing', workloads, deployment('replicas: 3', pod));
    expect(found).toEqual(message === undefined ? [] : [message]);
  });
});

test('autoscalers need requests for what they measure', () => {
  const metric =
    'metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]';
  const judged = (...documents: string[]) =>
    messagesOf('workload-autoscaler-without-requests', ['HorizontalPodAutoscaler'], ...documents);
  expect(judged(deployment(), scaler(`maxReplicas: 4, ${metric}`))).toEqual([
    'container "web" of Deployment "web" has no cpu request to measure by',
  ]);
  expect(judged(deployment(), scaler('maxReplicas: 4'))).toEqual([]);
  const limited = deployment().replace('1.0" }', '1.0", resources: { limits: { cpu: 1 } } }');
  expect(judged(limited, scaler(`maxReplicas: 4, ${metric}`))).toEqual([]);
});

test('replicas that an autoscaler also sets', () => {
  const judged = (...documents: string[]) =>
    messagesOf('workload-autoscaled-replicas', workloads, ...documents);
  expect(judged(deployment(), scaler('maxReplicas: 4'))).toHaveLength(1);
  expect(judged(deployment('replicas: null'), scaler('maxReplicas: 4'))).toEqual([]);
  expect(judged(deployment('replicas: 3', '', 'app: web', 'other'), scaler('maxReplicas: 4'))).toEqual([]);
});

test('replicas that share a claim of one node', () => {
  const claim = (modes: string) =>
    `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data, namespace: shop }\nspec: { accessModes: [${modes}] }`;
  const pod = 'volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]';
  const judged = (modes: string, spec: string) =>
    messagesOf('workload-shared-single-node-claim', ['Deployment'], claim(modes), deployment(spec, pod))
      .length;
  expect(judged('ReadWriteOnce', 'replicas: 2')).toBe(1);
  expect(judged('ReadWriteOnce', 'replicas: 1')).toBe(0);
  expect(judged('ReadWriteMany', 'replicas: 2')).toBe(0);
});
