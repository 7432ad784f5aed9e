import { type JsonObject, objectOf } from '@keelson/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Assessment, assess, checkAssessment } from './assessment.ts';
import { type Claim, checkClaim, claimDigest, isKnownAt, newestKnown, publishedTypes } from './claim.ts';
import { type Coverage, coveredAnswer, covers, isComplete } from './coverage.ts';
import { fingerprint } from './fingerprint.ts';
import { checkRelation, type Relation } from './relation.ts';
import { SensitiveKey } from './sensitive.ts';
import { canonicalSnapshot, snapshotDigest, statementJson, toStatement } from './statement.ts';
import { isExpired, isSuppressed, suppress } from './suppression.ts';
import { anyClaim, anyFinding } from './testing/arbitrary.ts';

const image = `oci:sha256:${'b'.repeat(64)}`;
const claim: Claim = {
  type: 'urn:keelson:claim:user',
  subject: image,
  body: 'root',
  source: 'registry',
  collector: 'images@1.0.0',
  observedAt: '2026-01-01T00:00:00Z',
  validUntil: '2026-01-10T00:00:00Z',
  inputDigest: `sha256:${'c'.repeat(64)}`,
  confidence: 1,
};

test.each<[string, Partial<Claim>, RegExp | undefined]>([
  ['good', {}, undefined],
  ['no identity', { subject: 'web' }, /identity/],
  ['no URI', { type: 'user' }, /URI/],
  ['no version', { collector: 'images' }, /name@version/],
  ['no digest', { inputDigest: '' }, /digest/],
  ['confidence', { confidence: 1.5 }, /0 to 1/],
  ['not a number', { confidence: Number.NaN }, /0 to 1/],
  ['time', { observedAt: 'yesterday' }, /RFC 3339/],
  ['no such day', { observedAt: '2026-02-29T00:00:00Z' }, /RFC 3339/],
  ['a leap day', { observedAt: '2028-02-29T23:59:60+01:00' }, undefined],
  ['ends first', { validFrom: '2026-02-01T00:00:00Z' }, /before it begins/],
])('claim: %s', (_name, change, fault) => {
  const act = () => checkClaim({ ...claim, ...change });
  if (fault === undefined) expect(act).not.toThrow();
  else expect(act).toThrow(fault);
});

describe('law: what has expired counts as unknown', () => {
  test.each([
    ['2026-01-09T23:59:59Z', true],
    ['2026-01-10T00:00:00Z', false],
    ['2027-01-01T00:00:00Z', false],
  ])('at %s: %s', (at, known) => {
    expect(isKnownAt(claim, new Date(at))).toBe(known);
    expect(newestKnown([claim], image, claim.type, new Date(at))).toBe(known ? claim : undefined);
  });

  test('the newest known claim does not hang on the order', () => {
    fc.assert(
      fc.property(fc.array(anyClaim), fc.integer({ min: 0, max: 6 }), (claims, day) => {
        const at = new Date(Date.UTC(2026, 0, 1 + day));
        const found = claims.map(({ subject, type }) => newestKnown(claims, subject, type, at));
        const again = claims.map(({ subject, type }) => newestKnown(claims.toReversed(), subject, type, at));
        expect(found.map((item) => item && claimDigest(item))).toEqual(
          again.map((item) => item && claimDigest(item)),
        );
        for (const item of found) if (item !== undefined) expect(isKnownAt(item, at)).toBe(true);
      }),
    );
  });
});

describe('export as in-toto Statement v1', () => {
  test('digested subjects are named by their digest', () => {
    const statement = toStatement(claim);
    expect(statement.subject).toEqual([{ digest: { sha256: 'b'.repeat(64) } }]);
    expect(statement._type).toBe('https://in-toto.io/Statement/v1');
    expect(statement.predicate).toMatchObject({ body: 'root', collector: 'images@1.0.0' });
  });

  test('objects are named by uri over the digest of the snapshot; without it there is no Statement', () => {
    const about = { ...claim, subject: 'k8s:u//Pod/ns/web' };
    expect(() => toStatement(about)).toThrow(/no digest/);
    const statement = statementJson(toStatement(about, 'd'.repeat(64)));
    expect(JSON.stringify(statement['subject'])).toBe(
      `[{"uri":"k8s:u//Pod/ns/web","digest":{"sha256":"${'d'.repeat(64)}"}}]`,
    );
  });

  test('a published predicate is exported as others read it', () => {
    const body = objectOf([['bomFormat', 'CycloneDX']]);
    expect(toStatement({ ...claim, type: publishedTypes.cyclonedx, body }).predicate).toEqual(body);
  });

  test('the snapshot does not hang on the order of keys, on status and on what the server fills in', () => {
    const key = new SensitiveKey(new Uint8Array(32));
    const pod = (metadata: JsonObject, rest: [string, string][]) =>
      objectOf([['kind', 'Pod'], ['metadata', metadata], ...rest]);
    const a = pod(
      objectOf([
        ['name', 'a'],
        ['uid', '1'],
      ]),
      [['status', 'x']],
    );
    const b = pod(
      objectOf([
        ['resourceVersion', '2'],
        ['name', 'a'],
      ]),
      [],
    );
    expect(snapshotDigest(canonicalSnapshot(a, key))).toBe(snapshotDigest(canonicalSnapshot(b, key)));
    expect(a['status']).toBe('x');
  });
});

describe('assessments (VEX)', () => {
  const said = (
    author: string,
    status: Assessment['status'],
    day: number,
    subcomponent?: string,
  ): Assessment => ({
    vulnerability: 'CVE-2026-1',
    product: image,
    status,
    statement: 's',
    author,
    timestamp: new Date(Date.UTC(2026, 0, day)).toISOString(),
    ...(subcomponent === undefined ? {} : { subcomponent }),
  });
  const question = { vulnerability: 'CVE-2026-1', product: image, subcomponent: 'pkg:npm/a@1' };
  const trusted = new Set(['vendor', 'us']);
  test.each<[string, Assessment[], string | undefined, boolean, number]>([
    ['nobody', [], undefined, false, 0],
    ['only trusted authors count', [said('mallory', 'not_affected', 1)], undefined, false, 1],
    ["an author's newer word", [said('us', 'fixed', 2), said('us', 'affected', 1)], 'fixed', false, 1],
    [
      'a conflict is shown, none hides another',
      [said('us', 'fixed', 2), said('vendor', 'affected', 1)],
      undefined,
      true,
      0,
    ],
    [
      'narrower before newer',
      [said('us', 'not_affected', 1, 'pkg:npm/a@1'), said('us', 'affected', 2)],
      'not_affected',
      false,
      1,
    ],
    ['of another part', [said('us', 'fixed', 1, 'pkg:npm/b@1')], undefined, false, 0],
    ['of the future', [said('us', 'fixed', 30)], undefined, false, 0],
  ])('%s', (_name, assessments, status, conflict, others) => {
    const view = assess(assessments, question, trusted, new Date(Date.UTC(2026, 0, 15)));
    expect([view.status, view.conflict, view.others.length]).toEqual([status, conflict, others]);
  });

  test('not_affected asks for a reason', () => {
    const { statement: _statement, ...bare } = said('us', 'not_affected', 1);
    expect(() => checkAssessment(bare)).toThrow(/justification/);
    expect(() => checkAssessment({ ...bare, justification: 'component_not_present' })).not.toThrow();
    expect(() =>
      checkAssessment({ ...said('us', 'fixed', 1), justification: 'component_not_present' }),
    ).toThrow(/only/);
  });
});

describe('law: nothing found is only said within coverage', () => {
  const entry = (scope: string, kind: string, state: Coverage['state']): Coverage => ({
    scope,
    kind,
    state,
    collector: 'c@1',
    observedAt: '2026-01-01T00:00:00Z',
  });
  const known = [entry('k8s:u/shop', '*', 'complete'), entry('k8s:u', '/Secret', 'denied')];
  test.each<[string, string, string]>([
    ['k8s:u/shop', 'apps/Deployment', 'nothing'],
    ['k8s:u/shop', '/Secret', 'nothing'],
    ['k8s:u/other', '/Secret', 'unknown'],
    ['k8s:u', 'apps/Deployment', 'unknown'],
    ['k8s:u/shopping', 'apps/Deployment', 'unknown'],
  ])('%s %s: %s', (scope, kind, expected) => {
    const { answer } = coveredAnswer([], known, scope, kind);
    expect(answer).toBe(expected);
    expect(answer === 'nothing').toBe(isComplete(known, scope, kind));
  });

  test('the gaps are named', () => {
    expect(coveredAnswer([], known, 'k8s:u/other', '/Secret')).toMatchObject({ gaps: [{ state: 'denied' }] });
    expect(covers('*', 'anything')).toBe(true);
  });
});

describe('suppressions', () => {
  test('law: a suppression changes nothing but the suppressions', () => {
    fc.assert(
      fc.property(anyFinding, fc.string(), (finding, reason) => {
        const { suppressions: after = [], ...rest } = suppress(finding, { kind: 'external', reason });
        const { suppressions: before = [], ...original } = finding;
        expect(rest).toEqual(original);
        expect(after.slice(0, before.length)).toEqual(before);
      }),
    );
  });

  test.each([
    ['2026-01-31', '2026-01-31T23:59:59Z', false],
    ['2026-01-31', '2026-02-01T00:00:00Z', true],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:01Z', true],
  ])('expiring %s is at %s expired: %s', (expires, at, expected) => {
    const suppression = { kind: 'external' as const, reason: 'r', expires };
    expect(isExpired(suppression, new Date(at))).toBe(expected);
    const finding = {
      rule: 'r',
      subject: image,
      verdict: 'fail' as const,
      severity: 'low' as const,
      message: '',
      locations: [],
    };
    const judged = suppress(
      { ...finding, fingerprint: fingerprint({ rule: 'r', subject: image, path: [] }) },
      suppression,
    );
    expect(isSuppressed(judged, new Date(at))).toBe(!expected);
    expect(isSuppressed({ ...judged, suppressions: [{ ...suppression, reason: ' ' }] }, new Date(0))).toBe(
      false,
    );
  });
});

test.each<[string, Partial<Relation>, RegExp | undefined]>([
  ['good', {}, undefined],
  ['an observation is missing', { type: 'observed' }, /observation/],
  [
    'an observation too much',
    { observation: { what: '', count: 1, first: '', last: '', samples: [] } },
    /observation/,
  ],
])('relation: %s', (_name, change, fault) => {
  const act = () =>
    checkRelation({ from: image, type: 'runs', to: image, claim: claimDigest(claim), ...change });
  if (fault === undefined) expect(act).not.toThrow();
  else expect(act).toThrow(fault);
});
