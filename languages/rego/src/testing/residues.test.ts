import { expect, test } from 'vitest';
import { data, generatePolicy, input } from '../../scripts/generate-policies.ts';
import { compile, fromJson, PartialPolicy, type Policy, RegoError, type RegoValue } from '../index.ts';

const stored = fromJson(JSON.stringify(data));
const inputs: readonly RegoValue[] = [
  fromJson(JSON.stringify(input)),
  {},
  { a: { b: 2, c: [3] }, list: ['b'], s: 'b', n: 1, one: 2, k: { k: 'b' }, pair: ['b', 2], m: { x: 'y' } },
];
const questions = ['data.t.r0', 'data.t.r1', 'data.t.r2', 'not data.t.r0', 'not data.t.r2'];

/** What the policy makes of anything; undefined where it or its residue is refused, as some of OPA's are. */
function residueOf(
  text: string,
  question: string,
): { whole: Policy; rest: Policy; queries: string[] } | undefined {
  try {
    const whole = compile({ 'p.rego': text }, { data: stored });
    const residue = new PartialPolicy({ 'p.rego': text }, { data: stored }).evaluate(question).text;
    const support = residue.support.map((module, at) => [`support${at}.rego`, module] as const);
    const rest = compile(new Map([['p.rego', text], ...support]), { data: stored });
    const queries = residue.queries.map((query) => (query === '' ? 'true' : query));
    for (const query of queries) rest.query(query);
    return { whole, rest, queries };
  } catch (error) {
    if (error instanceof RegoError) return undefined;
    throw error;
  }
}

/** Whether the query holds; undefined where an error ends the evaluation. */
function holds(policy: Policy, query: string, given: RegoValue): boolean | undefined {
  const { rows, errors } = policy.query(query).run(given);
  return errors.some(({ endsEvaluation }) => endsEvaluation) ? undefined : rows.length > 0;
}

test('what is left of generated policies holds where they hold', { timeout: 60_000 }, () => {
  let compared = 0;
  for (let seed = 121; seed <= 150; seed++) {
    const text = generatePolicy(seed);
    for (const question of questions) {
      const residue = residueOf(text, question);
      if (residue === undefined) continue;
      for (const given of inputs) {
        const wanted = holds(residue.whole, question, given);
        const found = residue.queries.map((query) => holds(residue.rest, query, given));
        if (wanted === undefined || found.includes(undefined)) continue;
        compared++;
        expect({ seed, question, given, holds: found.includes(true) }).toEqual({
          seed,
          question,
          given,
          holds: wanted,
        });
      }
    }
  }
  expect(compared).toBeGreaterThan(200);
});
