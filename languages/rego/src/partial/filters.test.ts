import { describe, expect, it } from 'vitest';
import { compileFilters, type FilterOptions } from './filters.ts';
import { PartialPolicy } from './partial.ts';
import type { FilterTarget } from './targets.ts';

const postgresql: FilterTarget = { target: 'sql', dialect: 'postgresql' };
const ucast: FilterTarget = { target: 'ucast', dialect: 'all' };

function filter(rules: string, target: FilterTarget, options: Partial<FilterOptions> = {}) {
  const policy = new PartialPolicy({ 'f.rego': `package f\n${rules}` });
  const input = { colour: 'orange', column: 'a"b` = 1' };
  return compileFilters(policy, 'data.f.include', {
    targets: [target],
    unknowns: ['input.fruits'],
    input,
    ...options,
  });
}

function query(rules: string, target: FilterTarget, options: Partial<FilterOptions> = {}): unknown {
  const { filters, faults } = filter(rules, target, options);
  return faults.length > 0 ? faults.map(({ message }) => message) : filters[0]?.query;
}

const conditions: readonly (readonly [rules: string, condition: string])[] = [
  ['include if true', ''],
  ['include if input.fruits.colour == input.colour', "WHERE fruits.colour = E'orange'"],
  ['include if 10 <= input.fruits.price', "WHERE fruits.price >= E'10'"],
  ['include if input.fruits.price != 1e2', "WHERE fruits.price <> E'1e2'"],
  ['include if input.fruits.price < input.fruits.top', 'WHERE fruits.price < fruits.top'],
  ['include if input.fruits.name == null', 'WHERE fruits.name IS NULL'],
  ['include if input.fruits.name = _', 'WHERE fruits.name IS NOT NULL'],
  ['include if input.fruits.sold == true', 'WHERE fruits.sold = TRUE'],
  ['include if not input.fruits.name == "a"', "WHERE NOT fruits.name = E'a'"],
  ['include if input.fruits.name in {"b", "a"}', "WHERE fruits.name IN (E'a', E'b')"],
  ['include if input.fruits.name in []', 'WHERE 0 = 1'],
  ['include if startswith(input.fruits.name, "a_b%")', "WHERE fruits.name LIKE E'a\\\\_b\\\\%%'"],
  ['include if contains(input.fruits.name, "p")', "WHERE fruits.name LIKE E'%p%'"],
  [
    'include if { input.fruits.a == "x"; more }\nmore if input.fruits.b == "y"\nmore if input.fruits.c == "z"',
    "WHERE ((fruits.a = E'x' AND fruits.b = E'y') OR (fruits.a = E'x' AND fruits.c = E'z'))",
  ],
  ['default include := false\ninclude if input.fruits.a == "x"', "WHERE fruits.a = E'x'"],
];

describe('SQL', () => {
  it.each(conditions)('%s', (rules, condition) => {
    expect(query(rules, postgresql)).toBe(condition);
  });

  it('lets nothing through where the policy never holds', () => {
    expect(filter('include if false', postgresql)).toEqual({
      filters: [{ ...postgresql, query: undefined }],
      faults: [],
    });
  });

  const hostile = 'include if input.fruits.name == "a\'b\\"c\\\\d\\ne"';
  it.each([
    ['postgresql', `E'a\\'b\\"c\\\\d\\ne'`],
    ['mysql', `'a\\'b\\"c\\\\d\\ne'`],
    ['sqlserver', `N'a''b"c\\d\ne'`],
    ['sqlite', `'a''b"c\\d\ne'`],
  ] as const)('escapes texts for %s', (dialect, text) => {
    expect(query(hostile, { target: 'sql', dialect })).toBe(`WHERE fruits.name = ${text}`);
  });

  it.each([
    ['postgresql', `E'\u001a'`],
    ['mysql', `'\\Z'`],
    ['sqlserver', `N'\u001a'`],
  ] as const)('only MySQL has an escape for the end of a file: %s', (dialect, text) => {
    expect(query('include if input.fruits.name == "\\u001a"', { target: 'sql', dialect })).toBe(
      `WHERE fruits.name = ${text}`,
    );
  });

  it.each([
    ['postgresql', `E'50\\\\%[a]%'`],
    ['mysql', `'50\\\\%[a]%'`],
    ['sqlserver', `N'50\\%\\[a]%' ESCAPE N'\\'`],
  ] as const)('escapes the signs of patterns for %s', (dialect, text) => {
    expect(query('include if startswith(input.fruits.name, "50%[a]")', { target: 'sql', dialect })).toBe(
      `WHERE fruits.name LIKE ${text}`,
    );
  });

  it.each([
    ['postgresql', '"a""b` = 1"', "E'x'"],
    ['mysql', '`a"b`` = 1`', "'x'"],
  ] as const)('quotes names for %s', (dialect, name, value) => {
    const rules = 'include if input.fruits[input.column] == "x"';
    expect(query(rules, { target: 'sql', dialect })).toBe(`WHERE fruits.${name} = ${value}`);
  });
});

describe('UCAST', () => {
  it.each([
    ['include if true', {}],
    [
      'include if not input.fruits.name == "a"',
      {
        type: 'compound',
        operator: 'not',
        value: [{ type: 'field', operator: 'eq', field: 'fruits.name', value: 'a' }],
      },
    ],
    [
      'include if { input.fruits.a > 1; input.fruits.b in ["x"] }',
      {
        type: 'compound',
        operator: 'and',
        value: [
          { type: 'field', operator: 'gt', field: 'fruits.a', value: 1 },
          { type: 'field', operator: 'in', field: 'fruits.b', value: ['x'] },
        ],
      },
    ],
    [
      'include if input.fruits.a == input.fruits.b',
      { type: 'field', operator: 'eq', field: 'fruits.a', value: { field: 'fruits.b' } },
    ],
  ])('%s', (rules, tree) => {
    expect(query(rules, ucast)).toEqual(tree);
  });
});

const faults: readonly (readonly [rules: string, target: FilterTarget, message: string])[] = [
  ['include if input.fruits.name', ucast, 'invalid statement "input.fruits.name"'],
  ['include if every x in input.fruits.xs { x > 1 }', ucast, '"every" not permitted'],
  ['include if lower(input.fruits.name) == "a"', ucast, 'invalid builtin `lower`'],
  ['include if contains("abc", input.fruits.name)', ucast, 'rhs of contains must be known'],
  ['include if input.fruits.a.b == 1', ucast, 'eq: invalid ref operand: input.fruits.a.b'],
  [
    'include if input.fruits.name > null',
    postgresql,
    "null value can only be used with 'eq' or 'ne' operators",
  ],
  [
    'include if other\ndefault other := true\nother if input.fruits.price > 100',
    ucast,
    'use of default rule in data.f.other',
  ],
  [
    'include if not input.fruits.name == "a"',
    { target: 'ucast', dialect: 'linq' },
    '"not" not permitted: unsupported feature "not" for UCAST (LINQ)',
  ],
  [
    'include if startswith(input.fruits.name, "a")',
    { target: 'sql', dialect: 'sqlite' },
    'invalid builtin `startswith`: unsupported for SQL (sqlite)',
  ],
  // OPA writes the comparison as if the modifier were not there.
  ['include if input.fruits.a == 1 with input.fruits.a as 2', ucast, '"with" not permitted'],
];

describe('faults', () => {
  it.each(faults)('%s', (rules, target, message) => {
    expect(query(rules, target)).toEqual([message]);
  });

  it('say where and how to mend it', () => {
    expect(filter('include if input.fruits.name', ucast).faults).toEqual([
      {
        code: 'pe_fragment_error',
        message: 'invalid statement "input.fruits.name"',
        location: { file: 'f.rego', row: 2, col: 12 },
        details: 'try `input.fruits.name != false`',
      },
    ]);
  });
});

describe('mappings and masks', () => {
  const rules = 'include if input.fruits.name == "a"\nmasks.fruits.name := "***" if input.colour == "orange"';

  it.each([
    [{ fruits: { $self: 'f', name: 'n' } }, "WHERE f.n = E'a'"],
    [{ sql: { fruits: { $self: 'f' } }, postgresql: { fruits: { $self: 'p' } } }, "WHERE p.name = E'a'"],
    [{ sql: { fruits: { name: 'n' } } }, "WHERE fruits.n = E'a'"],
    [{ fruits: { name: 3 } }, ['mappings: invalid mappings: fruits.name: expected string, got json.Number']],
  ])('%j', (mappings, expected) => {
    expect(query(rules, postgresql, { mappings })).toEqual(expected);
  });

  it('give short names a table', () => {
    const mappings = { sql: { name: { $table: 'fruits' }, fruits: { $self: 'f' } } };
    const short = 'include if input.name == "a"';
    expect(query(short, postgresql, { mappings, unknowns: ['input.name'] })).toBe("WHERE f.name = E'a'");
  });

  it('give the value of the mask rule', () => {
    const { filters } = filter(rules, postgresql, { maskRule: 'data.f.masks' });
    expect(filters[0]?.masks).toEqual({ fruits: { name: '***' } });
  });

  it('come from metadata where the caller gives none', () => {
    const policy = new PartialPolicy({
      'f.rego': [
        '# METADATA',
        '# scope: package',
        '# compile:',
        '#   mask_rule: masks',
        'package f',
        '# METADATA',
        '# scope: document',
        '# compile:',
        '#   unknowns: [input.fruits]',
        'include if input.fruits.name == input.colour',
        'masks.fruits.name := "***"',
      ].join('\n'),
    });
    const { filters } = compileFilters(policy, 'data.f.include', {
      targets: [ucast],
      input: { colour: 'red' },
    });
    const tree = { type: 'field', operator: 'eq', field: 'fruits.name', value: 'red' };
    expect(filters).toEqual([{ ...ucast, query: tree, masks: { fruits: { name: '***' } } }]);
  });
});
