import type { Notification } from '@keelson/evidence';
import { piecesOf } from '../pieces.ts';
import { shared } from '../told.ts';
import { judgedParts, open, property, type Run, runOf } from './document.ts';
import { EvidenceWriter, type ObservedFinding } from './evidence.ts';
import { inventoryOf } from './subjects.ts';
import { markup, prose, uuidOf } from './text.ts';
import { countOf, gapsOf, type Weakness, weaknessesOf } from './weaknesses.ts';

/** Something seen, before anybody judges what it means for a control. */
export interface Observation {
  uuid: string;
  title: string;
  description: string;
  types: readonly string[];
  props: readonly object[];
  findings: readonly ObservedFinding[];
  notifications: readonly Notification[];
}

/** UUIDs by which findings and risks refer to observations. */
export function observationUuid(run: Run, rule: string): string {
  return uuidOf('observation', run.id, rule);
}

/** What each check found, with all its findings as evidence. */
function failedObservations(run: Run, weaknesses: readonly Weakness[]): Observation[] {
  return weaknesses.map(({ rule, title, severity, text, findings, open, accepted }) => ({
    uuid: observationUuid(run, rule),
    title: markup(title),
    description:
      `${countOf(findings.length, 'finding')}, ${accepted.length} of them accepted. ${prose(text?.why ?? '')}`.trim(),
    types: ['finding'],
    props: [
      property('check', rule),
      property('severity', severity),
      property('open', String(open.length)),
      property('accepted', String(accepted.length)),
    ],
    findings: findings.map((item) => ({ item })),
    notifications: [],
  }));
}

/** Checks that judged something and found nothing: the evidence on which a control is satisfied. */
function passedObservations(run: Run): Observation[] {
  const { statistics, texts } = run.report;
  return [...statistics].flatMap(([rule, { judged, failed, errors }]) => {
    if (judged === 0 || failed > 0 || errors > 0) return [];
    return {
      uuid: observationUuid(run, rule),
      title: markup(texts.get(rule)?.title ?? rule),
      description: `${judged} judged, nothing found.`,
      types: ['control-objective'],
      props: [property('check', rule), property('judged', String(judged))],
      findings: [],
      notifications: [],
    };
  });
}

export function gapUuid(run: Run, { level, code, rule }: Notification): string {
  return uuidOf('gap', run.id, level, code, rule ?? '');
}

/** What could not be read or judged: nothing is known of it. */
function gapObservations(run: Run): Observation[] {
  return gapsOf(run.report.notifications).flatMap((notifications) => {
    const [first] = notifications;
    if (first === undefined) return [];
    return {
      uuid: gapUuid(run, first),
      title: `Not judged: ${markup(first.code)}`,
      description: `${countOf(notifications.length, 'place')} of the input could not be read or judged.`,
      types: ['discovery'],
      props: [
        property('code', first.code),
        property('level', first.level),
        ...(first.rule === undefined ? [] : [property('check', first.rule)]),
      ],
      findings: [],
      notifications,
    };
  });
}

export function resolvedUuid(run: Run, rule: string): string {
  return uuidOf('resolved', run.id, rule);
}

/** What an earlier state had: gone now, or not to be judged again. */
function historicObservations(run: Run): Observation[] {
  const { comparison, texts } = run.report;
  const title = (rule: string) => markup(texts.get(rule)?.title ?? rule);
  const against = markup(comparison?.against ?? '');
  const historic = (uuid: string, rule: string, state: string, description: string) => ({
    uuid,
    title: title(rule),
    description,
    types: ['historic'],
    props: [property('check', rule), property('state', state)],
    notifications: [],
  });
  const pieces = piecesOf(run.report);
  const resolved = Map.groupBy(comparison?.resolved ?? [], ({ rule }) => rule);
  const lost = Map.groupBy(comparison?.notComparable ?? [], ({ finding }) => finding.rule);
  return [
    ...[...resolved].map(([rule, findings]) => ({
      ...historic(
        resolvedUuid(run, rule),
        rule,
        'resolved',
        `Gone since ${against}: ${countOf(findings.length, 'finding')}.`,
      ),
      findings: findings.map((finding) => ({ item: pieces.finding(finding) })),
    })),
    ...[...lost].map(([rule, items]) => ({
      ...historic(
        uuidOf('lost', run.id, rule),
        rule,
        'not-comparable',
        `Could not be judged again since ${against}: ${countOf(items.length, 'finding')}.`,
      ),
      findings: items.map(({ finding, reason }) => ({ item: pieces.finding(finding), remarks: reason })),
    })),
  ];
}

/** The observations on which controls rest because a check found nothing, as JSON. */
export function passedTexts(run: Run): string[] {
  return passedObservations(run).map((observation) => `${headOf(run, observation)}}`);
}

/** All other observations of a run, as JSON in parts. Both kinds of document have them. */
export const observationTexts = shared(judgedParts, (report): readonly string[][] => {
  const run = runOf(report);
  const evidence = new EvidenceWriter(report.redact, piecesOf(report), inventoryOf(report));
  return [
    ...failedObservations(run, weaknessesOf(report)),
    ...gapObservations(run),
    ...historicObservations(run),
  ].map((observation) => [...observationParts(run, observation, evidence)]);
});

/** Part by part: a check may have ten thousand findings. */
function* observationParts(run: Run, observation: Observation, evidence: EvidenceWriter): Generator<string> {
  const { findings, notifications } = observation;
  const subjects = new Set(findings.map((item) => evidence.subject(item)));
  const references = [...subjects].map(({ reference }) => reference);
  yield headOf(run, observation);
  if (references.length > 0) yield `,"subjects":[${references.join(',')}]`;
  let texts: string[] = [];
  let lead = ',"relevant-evidence":[\n';
  for (const item of findings) {
    texts.push(lead, evidence.finding(item));
    lead = ',\n';
    if (texts.length < maxTexts) continue;
    yield texts.join('');
    texts = [];
  }
  for (const item of notifications) {
    texts.push(lead, evidence.gap(item));
    lead = ',\n';
  }
  yield findings.length + notifications.length === 0 ? '}' : `${texts.join('')}\n]}`;
}

/** Texts that are joined to one part. */
const maxTexts = 64;

/** An observation up to its subjects, of an object that is open. */
function headOf({ origin, report }: Run, { findings, notifications, ...rest }: Observation): string {
  return open({
    ...rest,
    // SP 800-53A: to examine is to study a specification; nothing is exercised, as a test would.
    methods: ['EXAMINE'],
    origins: [origin],
    collected: report.time,
  });
}
