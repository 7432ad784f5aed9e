import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('units', () => {
  testCalls([
    ['units.parse("10K")', '10000'],
    ['units.parse("1.5Gi")', '1610612736'],
    ['units.parse("100m")', '0.1000000000'],
    ['units.parse("1e3")', '1000'],
    ['units.parse("1E")', '1000000000000000000'],
    ['units.parse("0.1m")', '0.0001000000'],
    ['units.parse("1mi")', '1048576'],
    ['units.parse("10 k")', 'eval_builtin_error: units.parse: spaces not allowed in resource strings'],
    ['units.parse("")', 'eval_builtin_error: units.parse: no amount provided'],
    ['units.parse("k")', 'eval_builtin_error: units.parse: no amount provided'],
    ['units.parse("1x")', 'eval_builtin_error: units.parse: unit x not recognized'],
    ['units.parse("1..2")', 'eval_builtin_error: units.parse: could not parse amount to a number'],
    ['units.parse("1e9999999")', 'eval_builtin_error: units.parse: exponent too large'],
    ['units.parse("\\"5\\"k")', '5000'],
    ['units.parse_bytes("10KB")', '10000'],
    ['units.parse_bytes("1.5mib")', '1572864'],
    ['units.parse_bytes("1")', '1'],
    ['units.parse_bytes("100GiB")', '107374182400'],
    ['units.parse_bytes("0.0001k")', '0'],
    [
      'units.parse_bytes("1 k")',
      'eval_builtin_error: units.parse_bytes: spaces not allowed in resource strings',
    ],
    ['units.parse_bytes("kb")', 'eval_builtin_error: units.parse_bytes: no byte amount provided'],
    ['units.parse_bytes("1q")', 'eval_builtin_error: units.parse_bytes: byte unit q not recognized'],
    ['units.parse_bytes("1e3k")', '1000000'],
    ['units.parse(1)', 'eval_type_error: operand 1 must be string but got number'],
  ]);
});
