import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('output', () => {
  testCalls([
    ['internal.template_string(["a", 1, {"x"}, set()])', '"a1x<undefined>"'],
    ['internal.template_string([null, {[1]}])', '"null[1]"'],
    ['trace("x")', 'true'],
    ['trace(1)', 'eval_type_error: operand 1 must be string but got number'],
  ]);
});
