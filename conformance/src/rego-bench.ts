import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, fromJson, type Policy, type RegoValue, stringifyJson } from '@keelson/rego';
import { type Suite, Tally } from './suite.ts';

/** A policy, its data, its inputs and the answers that OPA gave. */
interface Workload {
  readonly folder: string;
  readonly query: string;
  readonly hasInputs: boolean;
}

const workloads: readonly Workload[] = [
  { folder: 'admission', query: 'data.bench.admission.violations', hasInputs: true },
  { folder: 'rbac', query: 'data.bench.rbac.decision', hasInputs: true },
  { folder: 'graph', query: 'data.bench.graph.report', hasInputs: false },
];

/** Answers must be those of OPA, twice: indexes that a first round made must not change the second. */
export const suite: Suite = {
  name: 'rego-bench',
  run(dir) {
    const tally = new Tally();
    for (const workload of workloads) {
      const read = (file: string) => fromJson(readFileSync(join(dir, workload.folder, file), 'utf8'));
      const text = readFileSync(join(dir, workload.folder, 'policy.rego'), 'utf8');
      const policy = compile({ 'policy.rego': text }, { data: read('data.json') });
      const inputs = workload.hasInputs ? listOf(read('inputs.json')) : [undefined];
      const answers = workload.hasInputs ? listOf(read('expected.json')) : [read('expected.json')];
      inputs.forEach((input, i) => {
        const expected = stringifyJson(answers[i] ?? null);
        for (const round of [1, 2]) judge(policy, workload, input, expected, `#${i} round ${round}`, tally);
      });
    }
    return Promise.resolve(tally);
  },
};

function judge(
  policy: Policy,
  { folder, query }: Workload,
  input: RegoValue | undefined,
  expected: string,
  name: string,
  tally: Tally,
): void {
  const { result, errors } = policy.evaluate(query, input);
  const actual = result === undefined ? 'undefined' : stringifyJson(result);
  if (actual === expected) tally.pass();
  else
    tally.fail(
      `${folder}${name}`,
      `expected ${expected.slice(0, 200)} but got ${actual.slice(0, 200)} ${errors[0]?.toOpaText() ?? ''}`,
    );
}

function listOf(value: RegoValue): readonly RegoValue[] {
  return Array.isArray(value) ? value : [];
}
