import { describe, expect, test } from 'vitest';
import type { RegoVersion } from './ast.ts';
import { RegoSyntaxError } from './diagnostic.ts';
import { parseBody, parseModule, parseTerm } from './parse.ts';
import { printBody, printRule, printTerm } from './print.ts';

function faultsOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof RegoSyntaxError)) throw error;
    return error.diagnostics.map(({ message, location }) => `${location?.row}:${location?.col} ${message}`);
  }
}

describe('a rule is printed as OPA prints it', () => {
  const cases: [version: RegoVersion, text: string, printed: string][] = [
    ['v1', 'p := 1', 'p := 1 if { true }'],
    ['v1', 'p contains x if x := 1', 'p contains x if { assign(x, 1) }'],
    ['v1', 'p[x] if { x := 1 }', 'p[x] = true if { assign(x, 1) }'],
    ['v1', 'default p := {1, 1.0, "a"}', 'default p := {1, "a"}'],
    ['v1', 'f(_, x) := x + 1 * 2', 'f(_, x) := plus(x, mul(1, 2)) if { true }'],
    ['v1', 'p := {"b": 1, "a": 2}', 'p := {"a": 2, "b": 1} if { true }'],
    ['v1', 'p if { false } else := 2 if { true }', 'p = true if { false } else = 2 if { true }'],
    ['v1', 'p if every k, v in xs { k > v }', 'p = true if { every k, v in xs { gt(k, v) } }'],
    ['v1', 'p if { not x with input.a as 1 }', 'p = true if { not x with input.a as 1 }'],
    ['v1', 'p := [(x + 1) | some x in xs]', 'p := [(x + 1) | some x in xs] if { true }'],
    ['v1', 'p := $"a{x}\\{b"', 'p := $"a{x}\\{b" if { true }'],
    ['v1', 'p := input["a b"].if["c\\n"]', 'p := input["a b"]["if"]["c\\n"] if { true }'],
    ['v0', 'p[x] { x = 1 }', 'p[x] { x = 1 }'],
    ['v0', 'p.q[x] = y { x = y }', 'p.q[x] = y { x = y }'],
    ['v2', 'p if not { a; b }', 'p = true if { not {a; b} }'],
    ['v2', 'p if (a or b) and c', 'p = true if { (a or b) and c }'],
    ['v2', 'p if a or b and not c', 'p = true if { a or b and not c }'],
  ];
  test.each(cases)('%s %s', (version, text, printed) => {
    const module = parseModule('t.rego', `package t\n${text}`, { version });
    const [rule] = module.rules;
    expect(rule === undefined ? '' : printRule(rule, version)).toBe(printed);
  });
});

describe('a module at fault is told with place', () => {
  const cases: [version: RegoVersion, text: string, faults: string[]][] = [
    ['v1', '', ['0:0 empty module']],
    ['v1', 'p := 1', ['1:1 package expected']],
    ['v1', 'package a\np := 1 +', ['2:8 unexpected eof token']],
    ['v1', 'package a\np { true }', ['2:1 `if` keyword is required before rule body']],
    ['v1', 'package a\np[x] := 1 { true }', ['2:1 `if` keyword is required before rule body']],
    ['v1', 'package a\np', ['2:1 var cannot be used for rule name']],
    ['v1', 'package a\np[1]', ['2:1 `contains` keyword is required for partial set rules']],
    ['v1', 'package a\np.q.r', ['2:1 rule must have value assignment and/or body declaration']],
    ['v1', 'package a\nevery := 1', ['2:1 every keyword cannot be used for rule name']],
    ['v1', 'package a\np if { x y }', ['2:10 unexpected identifier token: expected \\n or ; or }']],
    [
      'v1',
      'package a\np := "a\\qb"',
      ['2:6 illegal escape sequence', '2:6 illegal token', '2:6 illegal token'],
    ],
    ['v1', 'package a\np := "a', ['2:6 non-terminated string', '2:6 illegal token', '2:6 illegal token']],
    [
      'v1',
      'package a\np := 007',
      [
        '2:6 unexpected number token: expected number without leading zero',
        '2:6 unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })',
      ],
    ],
    [
      'v1',
      'package a\np := 1e1000000',
      [
        '2:6 number too big',
        '2:6 unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })',
      ],
    ],
    ['v1', 'package a\ndefault p := input.x', ['2:1 illegal default rule (value cannot contain ref)']],
    [
      'v1',
      'package a\np contains x { true } else := 1',
      ['2:23 else keyword cannot be used on multi-value rules'],
    ],
    [
      'v1',
      'package a\nimport foo.bar',
      [
        '2:8 unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)',
      ],
    ],
    [
      'v1',
      'package a\nimport future.keywords.foo',
      ['2:8 unexpected keyword, must be one of [and contains every if in not or]'],
    ],
    [
      'v0',
      'package a\np { some x in xs }',
      [
        '2:12 unexpected identifier token: expected \\n or ; or } (hint: `import future.keywords.in` for `some x in xs` expressions)',
      ],
    ],
    [
      'v0',
      'package a\np if { true }',
      ['2:1 var cannot be used for rule name (hint: `import future.keywords.if` for `p if { ... }` rules)'],
    ],
    ['v2', 'package a\np if { {1} and x }', []],
    [
      'v2',
      'package a\np if a with input as 1 and b',
      [
        '2:8 `with` modifier is not allowed on operand of `and` (hint: Wrap the operand in `(...)` or `{...}` to scope, or move `with` after the `and` expression to apply it to the whole expression)',
      ],
    ],
  ];
  test.each(cases)('%s %j', (version, text, faults) => {
    expect(faultsOf(() => parseModule('t.rego', text, { version }))).toEqual(faults);
  });
});

describe('queries and terms', () => {
  test('expressions are numbered over statements', () => {
    const body = parseBody('x = 1\ny = 2; z = 3');
    expect(body.map((expr) => expr.index)).toEqual([0, 1, 2]);
    expect(printBody(body)).toBe('x = 1; y = 2; z = 3');
  });
  test('an empty query is one', () => expect(parseBody('')).toEqual([]));
  test.each([
    ['{"a": {1, [2]}, "b": 1.0}', '{"a": {1, [2]}, "b": 1.0}'],
    ['1e400', '1e400'],
    ['set()', 'set()'],
    ['"\\u00e9\\ud83d\\ude00\\u0007"', '"é😀\\a"'],
    ['-x.y', 'minus(0, x.y)'],
  ])('term %s', (text, printed) => {
    const [expr] = parseBody(text);
    if (expr?.terms.type === 'term') expect(printTerm(parseTerm(text))).toBe(printed);
    else expect(printBody(parseBody(text))).toBe(printed);
  });
  test('a query is no term', () => {
    expect(faultsOf(() => parseTerm('1; 2'))).toEqual([
      'undefined:undefined expected exactly one term but got: 1; 2',
    ]);
  });
});

describe('places', () => {
  test('columns count characters, rows count line ends', () => {
    expect(faultsOf(() => parseModule('t', 'package a\n\tp := "😀😀" ]'))).toEqual([
      '2:12 unexpected ] token',
    ]);
  });
  test('the fault shows its line', () => {
    expect(() => parseModule('t.rego', 'package a\n\n\tp if ]\n')).toThrow(
      '1 error occurred: t.rego:3: rego_parse_error: unexpected ] token\n\tp if ]\n\t     ^',
    );
  });
  test('the words of a rule', () => {
    const module = parseModule('t', 'package a\n# c\np := 1 if {\n\ttrue\n} # d\n');
    expect(module.rules[0]?.location?.text).toBe('p := 1 if {\n\ttrue\n}');
    expect(module.comments.map(({ text, location }) => [text, location.row])).toEqual([
      [' c', 2],
      [' d', 5],
    ]);
  });
});
