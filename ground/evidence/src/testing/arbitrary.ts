import { type JsonValue, objectOf } from '@keelson/core';
import fc from 'fast-check';
import { type Assessment, assessmentStatuses } from '../assessment.ts';
import { type Claim, claimDigest } from '../claim.ts';
import type { Coverage } from '../coverage.ts';
import { type Finding, type Suppression, severities } from '../finding.ts';
import { fingerprint } from '../fingerprint.ts';
import type { Body } from '../merge.ts';
import { type Relation, relationTypes } from '../relation.ts';
import { formatSubject, type Subject } from '../subject.ts';

const part = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });
const maybeEmpty = fc.string({ unit: 'binary', maxLength: 8 });
const segment = part.filter((text) => !text.includes('/'));
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const hexDigit = fc.constantFrom(...'0123456789abcdef');
const hex = fc.array(hexDigit, { minLength: 64, maxLength: 64 }).map((digits) => digits.join(''));
const name = { group: maybeEmpty, kind: part, namespace: maybeEmpty, name: maybeEmpty };

/** A subject of any form, with any characters where they may stand. */
export const anySubject: fc.Arbitrary<Subject> = fc.oneof(
  hex.map((digits): Subject => ({ type: 'oci', digest: `sha256:${digits}` })),
  fc.record({ type: fc.constant('object' as const), cluster: part, ...name }),
  fc.record({ type: fc.constant('source-object' as const), repository: maybeEmpty, path, ...name }),
  fc.record({
    type: fc.constant('component' as const),
    cluster: maybeEmpty,
    node: maybeEmpty,
    component: part,
  }),
  path.map((text): Subject => ({ type: 'file', path: text })),
  part.map((id): Subject => ({ type: 'vulnerability', id })),
  part.map((peer): Subject => ({ type: 'network', peer })),
);

/** Few subjects, so that bodies overlap. */
const identity = fc.constantFrom(
  'k8s:uid/apps/Deployment/shop/web',
  'k8s:uid//Secret/shop/db',
  `oci:sha256:${'a'.repeat(64)}`,
  'pkg:npm/left-pad@1.3.0',
  'spiffe://example.org/web',
);
const time = fc.integer({ min: 0, max: 5 }).map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString());
const word = fc.constantFrom('a', 'b', 'c');
const body: fc.Arbitrary<JsonValue> = fc.oneof(
  word,
  fc.integer(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 60n }),
  word.map((text) => objectOf([[text, 1]])),
);

export const anyClaim: fc.Arbitrary<Claim> = fc
  .record({ subject: identity, body, observedAt: time, until: fc.option(time), digit: hexDigit })
  .map(({ subject, body: fact, observedAt, until, digit }) => ({
    type: 'urn:keelson:claim:test',
    subject,
    body: fact,
    source: 'test',
    collector: 'test@1',
    observedAt,
    ...(until === null ? {} : { validUntil: until }),
    inputDigest: `sha256:${digit.repeat(64)}`,
    confidence: 1,
  }));

const observation = fc.record({
  what: word,
  count: fc.integer({ min: 1, max: 9 }),
  first: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-02T00:00:00Z'),
  last: fc.constantFrom('2026-01-03T00:00:00Z', '2026-01-04T00:00:00.000Z'),
  samples: fc.uniqueArray(fc.string({ maxLength: 2 }), { maxLength: 5 }),
});

const suppression: fc.Arbitrary<Suppression> = fc.record({
  kind: fc.constantFrom('in-source', 'external', 'baseline'),
  reason: word,
});

export const anyRelation: fc.Arbitrary<Relation> = fc
  .record({
    from: identity,
    to: identity,
    type: fc.constantFrom(...relationTypes),
    claim: anyClaim,
    observation,
  })
  .map(({ observation: seen, claim, ...ends }) => ({
    ...ends,
    claim: claimDigest(claim),
    ...(ends.type === 'observed' ? { observation: seen } : {}),
  }));

export const anyFinding: fc.Arbitrary<Finding> = fc
  .record({
    rule: word,
    subject: identity,
    severity: fc.constantFrom(...severities),
    suppressions: fc.array(suppression, { maxLength: 3 }),
  })
  .map(({ suppressions, ...rest }) => ({
    ...rest,
    verdict: 'fail',
    message: 'm',
    locations: [{ file: 'a.yaml', line: 1 }],
    fingerprint: fingerprint({ rule: rest.rule, subject: rest.subject, path: [] }),
    ...(suppressions.length === 0 ? {} : { suppressions }),
  }));

export const anyAssessment: fc.Arbitrary<Assessment> = fc.record({
  vulnerability: fc.constantFrom('CVE-2026-1', 'CVE-2026-2'),
  product: identity,
  status: fc.constantFrom(...assessmentStatuses),
  statement: fc.constantFrom('said so'),
  author: word,
  timestamp: time,
});

const coverage: fc.Arbitrary<Coverage> = fc.record({
  scope: fc.constantFrom('*', 'k8s:uid', 'k8s:uid/shop'),
  kind: fc.constantFrom('*', '/Secret'),
  state: fc.constantFrom('complete', 'denied', 'truncated'),
  collector: fc.constant('test@1'),
  observedAt: time,
});

/** Bodies that overlap in all their parts. */
export const anyBody: fc.Arbitrary<Body> = fc.record({
  subjects: fc.array(fc.record({ id: identity, aliases: fc.array(word, { maxLength: 3 }) }), {
    maxLength: 4,
  }),
  claims: fc.array(anyClaim, { maxLength: 4 }),
  findings: fc.array(anyFinding, { maxLength: 4 }),
  relations: fc.array(anyRelation, { maxLength: 6 }),
  assessments: fc.array(anyAssessment, { maxLength: 3 }),
  coverage: fc.array(coverage, { maxLength: 3 }),
});

/** Identity of any subject. */
export const anyIdentity: fc.Arbitrary<string> = anySubject.map(formatSubject);
