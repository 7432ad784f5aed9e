import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counts, type ScanReport } from '../report.ts';
import { oscalReferences, oscalValidator } from '../testing/oscal.ts';
import {
  canary,
  finding,
  framework,
  full,
  hostile,
  hostileTexts,
  reportOf,
  reports,
} from '../testing/reports.ts';
import { oscalPoamParts } from './poam.ts';
import { oscalResultsParts } from './results.ts';
import { fileReference, markup, pageReference, prose, string, token, uuidOf } from './text.ts';

const documents = [
  {
    name: 'assessment results',
    write: oscalResultsParts,
    validate: oscalValidator('oscal_assessment-results_schema.json'),
  },
  { name: 'plan of action', write: oscalPoamParts, validate: oscalValidator('oscal_poam_schema.json') },
];

interface Evidence {
  href?: string;
  description: string;
  props?: { name: string; value: string }[];
}

interface Item {
  uuid: string;
  title: string;
  status?: string;
  types?: string[];
  description: string;
  props?: { name: string; value: string }[];
  'relevant-evidence'?: Evidence[];
  target?: { 'target-id': string; status: { state: string; reason: string; remarks?: string } };
}

interface Result {
  observations?: Item[];
  risks?: Item[];
  findings?: Item[];
  'reviewed-controls': { 'control-selections': { 'include-controls'?: object[] }[] };
}

function resultOf(report: ScanReport): Result {
  return JSON.parse([...oscalResultsParts(report)].join(''))['assessment-results'].results[0];
}

function poamOf(report: ScanReport): { 'poam-items': Item[]; risks?: Item[]; observations?: Item[] } {
  return JSON.parse([...oscalPoamParts(report)].join(''))['plan-of-action-and-milestones'];
}

function evidenceOf(observations: readonly Item[] | undefined, type: string): Evidence[] {
  return (observations ?? [])
    .filter(({ types }) => types?.includes(type))
    .flatMap((item) => item['relevant-evidence'] ?? []);
}

describe.each(reports)('%s report', (_, report) => {
  for (const { name, write, validate } of documents) {
    const text = [...write(report)].join('');

    test.runIf(validate !== undefined)(`is valid OSCAL 1.2.1: ${name}`, () => {
      validate?.(JSON.parse(text));
      expect(validate?.errors ?? []).toEqual([]);
    });

    test(`refers only to what is there, and names nothing twice: ${name}`, () => {
      const { given, faults } = oscalReferences(JSON.parse(text));
      expect(faults).toEqual([]);
      expect(new Set(given).size).toBe(given.length);
    });

    test(`shows no secret, no control character, and is the same twice: ${name}`, () => {
      expect(text).not.toContain(canary);
      expect([...write(report)].join('')).toBe(text);
      JSON.parse(text, (_key, value) => {
        if (typeof value !== 'string') return value;
        expect(value.isWellFormed()).toBe(true);
        expect(value.replaceAll('\n\n', '')).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
        return value;
      });
    });

    test(`tells every finding and every notification: ${name}`, () => {
      const { observations } = write === oscalPoamParts ? poamOf(report) : resultOf(report);
      expect(evidenceOf(observations, 'finding')).toHaveLength(report.findings.length);
      expect(evidenceOf(observations, 'discovery')).toHaveLength(report.notifications.length);
    });
  }

  test('has an item for every check that has findings to mend', () => {
    const { 'poam-items': items } = poamOf(report);
    const rules = new Set(report.findings.flatMap(({ finding: item }) => (counts(item) ? item.rule : [])));
    const named = items.flatMap(({ props }) => props?.find(({ name }) => name === 'check')?.value ?? []);
    for (const rule of rules) expect(named).toContain(rule);
    expect(items.length).toBeGreaterThan(0);
  });
});

test('a control is satisfied only when it passed', () => {
  const { findings } = resultOf(full);
  expect(
    findings?.map(({ target }) => [target?.['target-id'], target?.status.state, target?.status.reason]),
  ).toEqual([
    ['cis-1.12_5.2.2_obj', 'not-satisfied', 'fail'],
    ['cis-1.12_5.2.1_obj', 'not-satisfied', 'other'],
    ['cis-1.12_5.2.3_obj', 'satisfied', 'pass'],
    ['cis-1.12_5.2.4_obj', 'not-satisfied', 'other'],
  ]);
  expect(findings?.[1]?.target?.status.remarks).toBe('manual: Ask the operators.');
});

test('risks are open, accepted or gone, and stay apart from observations', () => {
  const compared = reports.find(([name]) => name === 'compared')?.[1] ?? full;
  const { risks } = resultOf(compared);
  const statusOf = (rule: string) =>
    risks?.filter(({ props }) => props?.some(({ value }) => value === rule)).map(({ status }) => status);
  expect(statusOf('rule-high')).toEqual(['open']);
  expect(statusOf('rule-low')).toEqual(['open', 'deviation-approved']);
  expect(statusOf('rule-resolved')).toEqual(['closed']);
});

test('a baseline leaves a risk open, an exception approves the deviation', () => {
  const set = (kind: 'baseline' | 'external') => ({ suppressions: [{ kind, reason: 'known' }] });
  const report = reportOf({
    findings: [
      finding('high', { rule: 'aside', ...set('baseline') }),
      finding('high', { rule: 'accepted', ...set('external') }),
    ],
  });
  expect(resultOf(report).risks?.map(({ status }) => status)).toEqual(['open', 'deviation-approved']);
  expect(poamOf(report)['poam-items'].map(({ title }) => title)).toEqual(['Title of aside']);
});

test('without a framework no control is named', () => {
  const [selection] = resultOf(reportOf({}))['reviewed-controls']['control-selections'];
  expect(selection?.['include-controls']).toBeUndefined();
  const selected = resultOf(reportOf({ frameworks: [framework] }))['reviewed-controls'];
  expect(selected['control-selections'][0]?.['include-controls']).toHaveLength(framework.controls.length);
});

test('hostile texts are letters to Markdown and HTML', () => {
  const evidence = evidenceOf(resultOf(hostile).observations, 'finding');
  expect(evidence).toHaveLength(hostileTexts.length);
  for (const { description, href } of evidence) {
    expect(description).not.toMatch(/(?<!\\)[<`[\]]/);
    expect(href).not.toMatch(/[\s<>"]/);
  }
});

test.each([
  ['<b>x</b> [l](javascript:x)', '\\<b\\>x\\</b\\> \\[l\\](javascript:x)'],
  ['drop NET_ADMIN, _now_', 'drop NET_ADMIN, \\_now\\_'],
  ['a\n# b', 'a\\\\x0a\\# b'],
  ['', '-'],
])('markup of %j', (text, expected) => {
  expect(markup(text)).toBe(expected);
});

test.each([
  ['Set `a: {b}`\n  here.\n\nThen <go>.', 'Set `a: {b}` here.\n\nThen \\<go\\>.'],
  ['one ` tick', 'one \\` tick'],
])('prose of %j', (text, expected) => {
  expect(prose(text)).toBe(expected);
});

test('UUIDs are version 5 and hang on the whole key', () => {
  expect(uuidOf('a', 'b')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf('a', 'b')).toBe(uuidOf('a', 'b'));
  expect(new Set([uuidOf('a', 'b'), uuidOf('ab'), uuidOf('a,b'), uuidOf('b', 'a')]).size).toBe(4);
});

test('any text becomes a value of the data type', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileTexts)), (text) => {
      expect(string(text)).toMatch(/^\S(.*\S)?$/u);
      expect(token(text)).toMatch(/^(\p{L}|_)(\p{L}|\p{N}|[.\-_])*$/u);
      expect(markup(text)).toMatch(/^[^\n]+$/u);
      expect(URL.canParse(fileReference(text), 'file:///')).toBe(true);
      const page = pageReference(text);
      if (page !== undefined) expect(page).toMatch(/^https?:/);
    }),
    { numRuns: 500, seed: 7 },
  );
});
