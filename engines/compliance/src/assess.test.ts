import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assess,
  type CheckMapping,
  type Control,
  checksOfCoverage,
  countStates,
  coverageOf,
  type Framework,
  profileOf,
  type RunResults,
} from './index.ts';

const control = (id: string, rest: Partial<Control> = {}): Control => ({
  id,
  title: id,
  from: {},
  checks: [],
  ...rest,
});

function frameworkOf(...controls: Control[]): Framework {
  const head = { id: 'f', title: 'F', version: '1', publisher: 'Us', reference: 'https://example.com' };
  const groups = [
    { id: 'g', title: 'G', collect: 'add the manifest' },
    { id: 'h', title: 'H' },
  ];
  return { ...head, aliases: ['alias'], groups, profiles: [], controls };
}

const mapping = (id: string, controls: Record<string, string[]>): CheckMapping => ({ id, controls });

describe('coverage', () => {
  const mappings = [
    mapping('b', { f: ['auto', 'part'] }),
    mapping('a', { f: ['auto'], other: ['o'] }),
    mapping('elsewhere', { other: ['o'], f: ['no-such-control'] }),
  ];

  test.each([
    ['auto', {}, ['a', 'b'], 'automated'],
    ['part', { manual: 'look' }, ['b'], 'partial'],
    ['none', { manual: 'look' }, [], 'manual'],
    ['none', { notApplicable: 'no such thing' }, [], 'not-applicable'],
    ['none', {}, [], 'uncovered'],
    ['none', { from: { other: ['o'] } }, ['a', 'elsewhere'], 'automated'],
    ['none', { checks: ['z', 'a'] }, ['a', 'z'], 'automated'],
    ['auto', { checks: ['a'], from: { other: ['o'] } }, ['a', 'b', 'elsewhere'], 'automated'],
  ])('%s %j', (id, rest, checks, state) => {
    const coverage = coverageOf(frameworkOf(control(id, rest)), mappings);
    expect(coverage).toMatchObject([{ checks, state }]);
  });

  test('lists every control in order and counts the states', () => {
    const coverage = coverageOf(
      frameworkOf(control('y'), control('auto'), control('x', { manual: 'look' })),
      mappings,
    );
    expect(coverage.map(({ control: { id } }) => id)).toEqual(['y', 'auto', 'x']);
    expect(countStates(coverage)).toEqual({
      automated: 1,
      partial: 0,
      manual: 1,
      'not-applicable': 0,
      uncovered: 1,
    });
    expect([...checksOfCoverage(coverage)]).toEqual(['a', 'b']);
  });
});

describe('assessment', () => {
  const mappings = [mapping('one', { f: ['c'] }), mapping('two', { f: ['c'] })];
  const clean: RunResults = {
    statistics: new Map([['one', { judged: 3, errors: 0 }]]),
    findings: [],
    asked: new Set(['one', 'two']),
    unread: 0,
  };
  const resultOf = (rest: Partial<Control>, run: Partial<RunResults>) => {
    const framework = frameworkOf(control('c', rest));
    const { controls, counts } = assess(framework, coverageOf(framework, mappings), { ...clean, ...run });
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(1);
    const [result] = controls;
    expect(counts[result?.verdict ?? 'fail']).toBe(1);
    return result;
  };
  const finding = (rule: string, suppressed = false) => ({ rule, suppressed });
  const none = new Map<string, { judged: number; errors: number }>();

  test.each([
    ['nothing failed', {}, {}, { verdict: 'pass' }],
    [
      'a finding',
      {},
      { findings: [finding('two'), finding('two'), finding('elsewhere')] },
      { verdict: 'fail', failed: ['two'], findings: 2, suppressed: 0 },
    ],
    [
      'a suppressed finding',
      {},
      { findings: [finding('one', true)] },
      { verdict: 'fail', failed: ['one'], findings: 0, suppressed: 1 },
    ],
    [
      'a finding beside what is left for a person',
      { manual: 'look' },
      { findings: [finding('one')] },
      { verdict: 'fail' },
    ],
    [
      'a finding beside input that could not be read',
      {},
      { findings: [finding('one')], unread: 2 },
      { verdict: 'fail' },
    ],
    ['a rest for a person', { manual: 'look' }, {}, { verdict: 'manual', reason: 'look' }],
    ['input that could not be read', {}, { unread: 2 }, { verdict: 'manual', reason: /^2 of the inputs/ }],
    [
      'a check that was left out',
      {},
      { asked: new Set(['one']) },
      { verdict: 'manual', reason: /left out.*two/ },
    ],
    [
      'a check that could not be evaluated',
      {},
      { statistics: new Map([['two', { judged: 1, errors: 1 }]]) },
      { verdict: 'manual', reason: /could not be evaluated.*two/ },
    ],
    ['nothing to judge', {}, { statistics: none }, { verdict: 'manual', reason: /nothing in the input/ }],
    [
      'nothing to judge where its group says what to collect',
      { group: 'g' },
      { statistics: none },
      { verdict: 'manual', reason: 'add the manifest' },
    ],
    [
      'nothing to judge where it says itself what to collect',
      { group: 'g', collect: 'add the file' },
      { statistics: none },
      { verdict: 'manual', reason: 'add the file' },
    ],
    ['what to collect where it was there', { group: 'g' }, {}, { verdict: 'pass' }],
    ['a decisive check that judged', { decisive: ['one', 'two'] }, {}, { verdict: 'pass' }],
    [
      'a decisive check that had nothing to judge',
      { decisive: ['two'] },
      {},
      { verdict: 'manual', reason: /nothing in the input/ },
    ],
    [
      'a decisive check that had nothing to judge beside a finding',
      { decisive: ['two'] },
      { findings: [finding('one')] },
      { verdict: 'fail' },
    ],
    [
      'a control that does not apply',
      { notApplicable: 'no such thing' },
      { unread: 1 },
      { verdict: 'not-applicable', reason: 'no such thing' },
    ],
  ])('%s', (_, rest, run, expected) => {
    const result = resultOf(rest, run);
    const { reason, ...others } = { reason: undefined, ...expected };
    expect(result).toMatchObject(others);
    if (reason === undefined) expect(result?.reason).toBeUndefined();
    else expect(result?.reason).toMatch(reason);
  });

  test('a control that nothing judges is never passed', () => {
    const framework = frameworkOf(control('x'));
    const { controls } = assess(framework, coverageOf(framework, mappings), clean);
    expect(controls).toMatchObject([{ verdict: 'manual', reason: 'no check judges it' }]);
  });

  test('more findings, unread input or checks left out never make a control pass', () => {
    const run = fc.record({
      judged: fc.nat(2),
      errors: fc.nat(1),
      findings: fc.array(fc.record({ rule: fc.constantFrom('one', 'two', 'x'), suppressed: fc.boolean() }), {
        maxLength: 3,
      }),
      asked: fc.subarray(['one', 'two']),
      unread: fc.nat(1),
    });
    fc.assert(
      fc.property(run, ({ judged, errors, findings, asked, unread }) => {
        const statistics = new Map([['one', { judged, errors }]]);
        const verdict = resultOf({}, { statistics, findings, asked: new Set(asked), unread })?.verdict;
        const failed = findings.some(({ rule }) => rule !== 'x');
        expect(verdict === 'fail').toBe(failed);
        const whole = judged > 0 && errors === 0 && asked.length === 2 && unread === 0;
        expect(verdict === 'pass').toBe(whole && !failed);
      }),
    );
  });
});

test('a profile is a framework of its controls, in the order of the framework', () => {
  const whole = frameworkOf(
    control('a', { group: 'g' }),
    control('b', { group: 'h' }),
    control('c', { group: 'h' }),
  );
  const part = profileOf(whole, { id: 'p', title: 'P', controls: ['c', 'b'] });
  expect(part).toMatchObject({ id: 'p', title: 'P', version: '1', aliases: [], profiles: [] });
  expect(part.groups.map(({ id }) => id)).toEqual(['h']);
  expect(part.controls.map(({ id }) => id)).toEqual(['b', 'c']);
});
