import { describe, expect, test } from 'vitest';
import { readFrameworks } from './index.ts';

/** A framework file of one framework with the lines given below its head. */
function file(id: string, ...lines: string[]): { file: string; text: string } {
  const head = [
    `id: ${id}`,
    'title: A set',
    'version: "1"',
    'publisher: Us',
    'reference: https://example.com',
  ];
  return { file: `${id}.yaml`, text: [...head, ...lines, ''].join('\n') };
}

const faultsOf = (...files: { file: string; text: string }[]) =>
  readFrameworks(files).problems.map((problem) => problem.format());

describe('a fault is named with file, line and reason', () => {
  test.each([
    ['no mapping', { file: 'a.yaml', text: '- 1\n' }, /a\.yaml:1.*a framework is a mapping/],
    ['an unknown field', file('a', 'color: red'), /a\.yaml:6:1.*unknown field "color" of a framework/],
    ['a missing title', { file: 'a.yaml', text: 'id: a\n' }, /a\.yaml:1.*title is missing/],
    ['an id with blanks', file('"a b"', 'controls: []'), /"a b" is not letters/],
    ['no controls', file('a', 'controls: []'), /a\.yaml:6.*a framework has controls/],
    [
      'an id that YAML reads as a number',
      file('a', 'controls:', '  - { id: 5.10, title: T }'),
      /a\.yaml:7.*id must be text/,
    ],
    ['controls that are no list', file('a', 'controls: {}'), /a\.yaml:6.*controls is a list/],
    [
      'an unknown field of a control',
      file('a', 'controls:', '  - { id: c, titel: T }'),
      /a\.yaml:7.*unknown field "titel" of a control/,
    ],
    [
      'an empty manual text',
      file('a', 'controls:', '  - { id: c, title: T, manual: " " }'),
      /a\.yaml:7.*manual must be text/,
    ],
    [
      'a control that does not apply and is judged',
      file('a', 'controls:', '  - { id: c, title: T, notApplicable: never, checks: [x] }'),
      /a\.yaml:7.*not applicable has no checks/,
    ],
    [
      'from that is no mapping',
      file('a', 'controls:', '  - { id: c, title: T, from: [b] }'),
      /a\.yaml:7.*from is a mapping of lists/,
    ],
    [
      'a check that is no text',
      file('a', 'controls:', '  - id: c', '    title: T', '    checks: [1]'),
      /a\.yaml:9.*checks holds text only/,
    ],
    [
      'an empty list of decisive checks',
      file('a', 'controls:', '  - { id: c, title: T, decisive: [] }'),
      /a\.yaml:7.*decisive names a check/,
    ],
    [
      'a control twice',
      file('a', 'controls:', '  - { id: c, title: T }', '  - { id: c, title: U }'),
      /a\.yaml:8.*already a control "c"/,
    ],
    [
      'a group twice',
      file(
        'a',
        'groups:',
        '  - { id: g, title: G }',
        '  - { id: g, title: H }',
        'controls: [{ id: c, title: T }]',
      ),
      /a\.yaml:8.*already a group "g"/,
    ],
    [
      'a group that there is not',
      file('a', 'controls:', '  - { id: c, title: T, group: g }'),
      /a\.yaml:7.*no group "g"/,
    ],
    [
      'a profile of a control that there is not',
      file('a', 'profiles:', '  - { id: p, title: P, controls: [d] }', 'controls: [{ id: c, title: T }]'),
      /a\.yaml:7.*no control "d"/,
    ],
    [
      'a name twice',
      file(
        'a',
        'aliases: [b]',
        'profiles: [{ id: b, title: P, controls: [c] }]',
        'controls: [{ id: c, title: T }]',
      ),
      /a\.yaml:1.*already a framework or profile called "b"/,
    ],
    ['a base that there is not', file('a', 'extends: b'), /a\.yaml:6.*no framework "b"/],
    [
      'a source that there is not',
      file('a', 'controls:', '  - { id: c, title: T, from: { b: [x] } }'),
      /a\.yaml:7.*no framework "b"/,
    ],
  ])('%s', (_, source, message) => {
    const { frameworks, problems } = readFrameworks([source]);
    expect(frameworks).toEqual([]);
    expect(problems.map((problem) => problem.format()).join('\n')).toMatch(message);
  });

  test('all faults of a file are told, in fields, items and names', () => {
    const faulty = file(
      'a',
      'color: red',
      'groups: {}',
      'profiles: [{ id: p, title: P, controls: [d, 1] }]',
      'controls:',
      '  - { id: "1 2", group: g }',
      '  - { id: c, title: T, checks: [x, z], notApplicable: never, manual: M }',
      '  - { id: c, title: T, from: { b: [d] } }',
    );
    const known = { frameworks: [], checks: new Set(['x']), suggest: () => '?' };
    const { frameworks, problems } = readFrameworks([faulty], known);
    expect(frameworks).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([
      'unknown field "color" of a framework?',
      'groups is a list',
      'controls holds text only',
      '"1 2" is not letters, digits, ".", "_" and "-"',
      'title is missing',
      'what is not applicable has no manual',
      'what is not applicable has no checks',
      'there is already a control "c"',
      'there is no group "g"?',
      'there is no check "z"?',
      'there is no framework "b"?',
      'there is no control "d"?',
    ]);
  });

  test('an item that is none hides no fault of another', () => {
    const faulty = file('a', 'controls:', '  - c', '  - { id: d }');
    expect(faultsOf(faulty)).toEqual([
      expect.stringMatching(/a\.yaml:7.*a control is a mapping/),
      expect.stringMatching(/a\.yaml:8.*title is missing/),
    ]);
  });

  test('YAML that cannot be read', () => {
    expect(faultsOf({ file: 'a.yaml', text: 'id: [\n' })).toHaveLength(1);
  });

  test('a control of another framework that there is not', () => {
    const a = file('a', 'controls: [{ id: c, title: T }]');
    const b = file('b', 'controls:', '  - { id: c, title: T, from: { a: [c, d] } }');
    expect(faultsOf(a, b).join()).toMatch(/b\.yaml:7.*a has no control "d"/);
  });

  test('a check that there is not, where the checks are known', () => {
    const a = file('a', 'controls:', '  - { id: c, title: T, checks: [x, z] }');
    const known = { frameworks: [], checks: new Set(['x']) };
    expect(readFrameworks([a], known).problems.map(String).join()).toMatch(/no check "z"/);
    expect(readFrameworks([a]).problems).toEqual([]);
  });

  test('a name that a known framework has', () => {
    const known = readFrameworks([file('a', 'aliases: [z]', 'controls: [{ id: c, title: T }]')]);
    const again = readFrameworks([file('z', 'controls: [{ id: c, title: T }]')], known);
    expect(again.problems.map(String).join()).toMatch(/already a framework or profile called "z"/);
  });

  test('one bad framework loses no other, in the same file or another', () => {
    const bad = file('a', 'controls: {}');
    const good = file('b', 'controls: [{ id: c, title: T }]');
    const both = { file: 'both.yaml', text: `${bad.text}---\n${good.text}` };
    const { frameworks, problems } = readFrameworks([both, file('d', 'controls: [{ id: c, title: T }]')]);
    expect(frameworks.map(({ id }) => id)).toEqual(['b', 'd']);
    expect(problems).toHaveLength(1);
  });
});

describe('extends', () => {
  const base = file(
    'base',
    'groups: [{ id: g, title: Old }, { id: h, title: H }]',
    'profiles: [{ id: part, title: P, controls: [x] }]',
    'controls:',
    '  - { id: x, title: Old x, group: g, checks: [one] }',
    '  - { id: w, title: Old w, group: h, manual: look }',
  );
  const next = file(
    'next',
    'extends: base',
    'groups: [{ id: g, title: New }]',
    'controls:',
    '  - { id: w, title: New w, group: h }',
    '  - { id: z, title: New z, group: g, from: { base: [x] } }',
  );

  test.each([
    ['base first', [base, next]],
    ['base last', [next, base]],
  ])('takes over what it does not write itself, %s', (_, files) => {
    const { frameworks, problems } = readFrameworks(files);
    expect(problems).toEqual([]);
    const found = frameworks.find(({ id }) => id === 'next');
    expect(found?.groups).toEqual([
      { id: 'g', title: 'New' },
      { id: 'h', title: 'H' },
    ]);
    expect(found?.profiles).toEqual([]);
    expect(found?.controls.map(({ id, title, from }) => [id, title, from])).toEqual([
      ['x', 'Old x', { base: ['x'] }],
      ['w', 'New w', {}],
      ['z', 'New z', { base: ['x'] }],
    ]);
  });

  test('goes over several steps', () => {
    const last = file('last', 'extends: next');
    const { frameworks } = readFrameworks([last, next, base]);
    const x = frameworks.find(({ id }) => id === 'last')?.controls.find(({ id }) => id === 'x');
    expect(x).toMatchObject({ checks: ['one'], from: { base: ['x'], next: ['x'] } });
  });

  test('a circle is a fault of each framework in it', () => {
    const { frameworks, problems } = readFrameworks([
      file('a', 'extends: b'),
      file('b', 'extends: a'),
      file('c', 'extends: c'),
    ]);
    expect(frameworks).toEqual([]);
    expect(problems).toHaveLength(3);
  });
});

test('keys of objects are names only', () => {
  const from = file('a', 'controls:', '  - { id: c, title: T, from: { __proto__: [x], constructor: [z] } }');
  expect(faultsOf(from)).toHaveLength(2);
  const { frameworks } = readFrameworks([file('constructor', 'controls: [{ id: toString, title: T }]')]);
  expect(frameworks.map(({ id }) => id)).toEqual(['constructor']);
});
