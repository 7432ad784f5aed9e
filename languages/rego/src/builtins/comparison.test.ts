import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('comparison', () => {
  testCalls([
    ['equal(1, 1.0)', 'true'],
    ['equal({1, 2}, {2, 1})', 'true'],
    ['equal({"a": 1}, {"a": 1e0})', 'true'],
    ['neq("a", "b")', 'true'],
    ['lt(null, false)', 'true'],
    ['lt(false, true)', 'true'],
    ['lt(true, -5)', 'true'],
    ['lt(100, "")', 'true'],
    ['lt("z", [])', 'true'],
    ['lt([9], {})', 'true'],
    ['lt({"a": 1}, set())', 'true'],
    ['lt([1, 2], [1, 2, 0])', 'true'],
    ['lt({"a": 2}, {"b": 1})', 'true'],
    ['gt("\\uffff", "😀")', 'false'],
    ['gte(9007199254740993, 9007199254740992)', 'true'],
    ['lte(0.1, 1e-1)', 'true'],
    ['gt(1e400, 1e399)', 'true'],
  ]);
});
