import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('uuid', () => {
  testCalls([
    ['uuid.parse("f47ac10b-58cc-4372-8567-0e02b2c3d479")', '{"variant": "RFC4122", "version": 4}'],
    ['uuid.parse("00000000-0000-0000-0000-000000000000")', '{"variant": "Reserved", "version": 0}'],
    [
      'uuid.parse("urn:uuid:000003e8-48b9-21ee-b200-325096b39f47")',
      '{"clocksequence": 12800, "domain": "Person", "id": 1000, "macvariables": "local:unicast", "nodeid": "32-50-96-b3-9f-47", "time": 1693566990121469600, "variant": "RFC4122", "version": 2}',
    ],
    [
      'uuid.parse("{6ba7b810-9dad-11d1-80b4-01c04fd430c8}")',
      '{"clocksequence": 180, "macvariables": "global:multicast", "nodeid": "01-c0-4f-d4-30-c8", "time": 886630433151182400, "variant": "RFC4122", "version": 1}',
    ],
    ['uuid.parse("f47ac10b58cc437285670e02b2c3d479")', '{"variant": "RFC4122", "version": 4}'],
    ['uuid.parse("f47ac10b-58cc-4372-c567-0e02b2c3d479")', '{"variant": "Microsoft", "version": 4}'],
    ['uuid.parse("f47ac10b-58cc-4372-e567-0e02b2c3d479")', '{"variant": "Future", "version": 4}'],
    [
      'uuid.parse("000003e8-48b9-21ee-b209-325096b39f47")',
      '{"clocksequence": 12809, "domain": "Domain9", "id": 1000, "macvariables": "local:unicast", "nodeid": "32-50-96-b3-9f-47", "time": 1693566990121469600, "variant": "RFC4122", "version": 2}',
    ],
    ['uuid.parse("x")', 'undefined'],
    ['uuid.parse(1)', 'eval_type_error: operand 1 must be string but got number'],
  ]);
});
