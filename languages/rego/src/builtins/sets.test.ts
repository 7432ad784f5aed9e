import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('sets', () => {
  testCalls([
    ['and({1, 2}, {2.0, 3})', '{2}'],
    ['and({1}, [1])', 'eval_type_error: operand 2 must be set but got array'],
    ['or({1}, {2})', '{1, 2}'],
    ['or([1], {2})', 'eval_type_error: operand 1 must be set but got array'],
    ['set_diff({1, 2}, {1})', '{2}'],
    ['intersection({{1, 2}, {2, 3}})', '{2}'],
    ['intersection(set())', 'set()'],
    ['intersection({{1}, set()})', 'set()'],
    ['intersection({1})', 'eval_type_error: operand 1 must be set but got number'],
    ['intersection([{1}])', 'eval_type_error: operand 1 must be set but got array'],
    ['union({{1}, {2}})', '{1, 2}'],
    ['union(set())', 'set()'],
    ['union({{1}, [1]})', 'eval_type_error: operand 1 must be set but got array'],
  ]);
});
