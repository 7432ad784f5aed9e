import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('encoding', () => {
  testCalls([
    ['base64.encode("é")', '"w6k="'],
    ['base64.decode("w6k=")', '"é"'],
    ['base64.decode("w6k")', 'eval_builtin_error: illegal base64 data at input byte 0'],
    ['base64.decode("w6\\nk=")', '"é"'],
    ['base64.decode("a!")', 'eval_builtin_error: illegal base64 data at input byte 1'],
    ['base64.decode("YWJjZA==x")', 'eval_builtin_error: illegal base64 data at input byte 8'],
    ['base64.is_valid("YQ==")', 'true'],
    ['base64.is_valid("YQ")', 'false'],
    ['base64.is_valid(1)', 'false'],
    ['base64url.encode("??>")', '"Pz8-"'],
    ['base64url.encode_no_pad("a")', '"YQ"'],
    ['base64url.decode("YQ")', '"a"'],
    ['base64url.decode("YQ==")', '"a"'],
    ['base64url.decode("Y")', 'eval_builtin_error: illegal base64url string: Y'],
    ['hex.encode("é")', '"c3a9"'],
    ['hex.decode("c3a9")', '"é"'],
    ['hex.decode("C3")', '"\\xc3"'],
    ['hex.decode("c3a")', 'eval_builtin_error: encoding/hex: odd length hex string'],
    ['hex.decode("zz")', "eval_builtin_error: encoding/hex: invalid byte: U+007A 'z'"],
    ['hex.decode("é")', "eval_builtin_error: encoding/hex: invalid byte: U+00C3 'Ã'"],
    ['base64.encode(1)', 'eval_type_error: operand 1 must be string but got number'],
  ]);
});
