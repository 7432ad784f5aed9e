import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('sprintf', () => {
  testCalls([
    ['sprintf("%v %v %v", [1, "a", {"k": [null]}])', '"1 a {\\"k\\": [null]}"'],
    ['sprintf("%d", [1.5])', '"%!d(float64=1.5)"'],
    ['sprintf("%d", [1.0])', '"%!d(float64=1)"'],
    ['sprintf("%d", [123456789012345678901])', '"123456789012345678901"'],
    ['sprintf("%s", [5])', '"%!s(int64=5)"'],
    ['sprintf("%s", [true])', '"true"'],
    ['sprintf("%t", [true])', '"%!t(string=true)"'],
    ['sprintf("%5.2f|%-8s|%08.3f|%+d", [3.14159, "ab", -3.5, 7])', '" 3.14|ab      |-003.500|+7"'],
    ['sprintf("%x %X %#x %b %o %O", [255, 255, 255, 5, 8, 8])', '"ff FF 0xff 101 10 0o10"'],
    ['sprintf("%x %X % x %#x", ["aé", "aé", "aé", "aé"])', '"61c3a9 61C3A9 61 c3 a9 0x61c3a9"'],
    ['sprintf("%q %+q %#q", ["é\\n", "é", "a"])', '"\\"é\\\\n\\" \\"\\\\u00e9\\" `a`"'],
    ['sprintf("%c %U %#U %q", [233, 233, 233, 233])', "\"é U+00E9 U+00E9 'é' 'é'\""],
    ['sprintf("%e %g %G %.3g", [1234.5678, 1e21, 1e-7, 1234.5678])', '"1.234568e+03 1e+21 1E-07 1.23e+03"'],
    ['sprintf("%v", [1e400])', '"1e400"'],
    ['sprintf("%.0f %.0f", [2.5, 3.5])', '"2 4"'],
    ['sprintf("%", [])', '"%!(NOVERB)"'],
    ['sprintf("%d %d", [1])', '"1 %!d(MISSING)"'],
    ['sprintf("%d", [1, 2, "a"])', '"1%!(EXTRA int64=2, string=a)"'],
    ['sprintf("%!", [])', '"%!!(MISSING)"'],
    ['sprintf("%[2]d %[1]d", [1, 2])', '"2 1"'],
    ['sprintf("%[3]d", [1])', '"%!d(BADINDEX)"'],
    ['sprintf("%*d|%-*d|", [5, 1, 5, 1])', '"    1|1    |"'],
    ['sprintf("%*d", ["a", 1])', '"%!(BADWIDTH)1"'],
    ['sprintf("%.*f", [2, 3.14159])', '"3.14"'],
    ['sprintf("%z", [1])', '"%!z(int64=1)"'],
    ['sprintf("%é", ["a"])', '"%!é(string=a)"'],
    ['sprintf("%%", [])', '"%"'],
    ['sprintf("%5%", [1])', '"%%!(EXTRA int64=1)"'],
    ['sprintf("%T %T %T", [1, 1.5, "a"])', '"int64 float64 string"'],
    ['sprintf("%x", [1.5])', '"0x1.8p+00"'],
    ['sprintf("%6.2v|%06d|%-06d|% d", [3.14159, 42, 42, 42])', '"   3.1|000042|42    | 42"'],
    ['sprintf(1, [])', 'eval_type_error: operand 1 must be string but got number'],
    ['sprintf("a", "b")', 'eval_type_error: operand 2 must be array but got string'],
    ['sprintf("%s", [{1, 2}])', '"{1, 2}"'],
    ['sprintf("%10s|%-10s|%.2s", ["é", "é", "é😀a"])', '"         é|é         |é😀"'],
  ]);
});
