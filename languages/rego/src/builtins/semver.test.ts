import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('semver', () => {
  testCalls([
    ['semver.compare("1.2.3", "v1.2.3")', '0'],
    ['semver.compare("1.2.3", "1.10.0")', '-1'],
    ['semver.compare("1.0.0-alpha", "1.0.0")', '-1'],
    ['semver.compare("1.0.0-alpha.1", "1.0.0-alpha.beta")', '-1'],
    ['semver.compare("1.0.0-2", "1.0.0-10")', '-1'],
    ['semver.compare("1.0.0-a", "1.0.0-a.b")', '-1'],
    ['semver.compare("1.0.0+a", "1.0.0+b")', '0'],
    ['semver.compare("1.2", "1.2.3")', 'eval_builtin_error: operand 1: string "1.2" is not a valid SemVer'],
    [
      'semver.compare("1.2.3", "01.2.3")',
      'eval_builtin_error: operand 2: string "01.2.3" is not a valid SemVer',
    ],
    ['semver.compare(1, "1.0.0")', 'eval_type_error: operand 1 must be string but got number'],
    ['semver.is_valid("1.2.3-a.b+c")', 'true'],
    ['semver.is_valid("1.2.3-01")', 'false'],
    ['semver.is_valid("9223372036854775808.0.0")', 'false'],
    ['semver.is_valid(1)', 'false'],
  ]);
});
