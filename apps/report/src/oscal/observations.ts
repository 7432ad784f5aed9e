import type { Finding, Notification } from '@keelson/evidence';
import type { FindingState, ReportedFinding } from '../report.ts';
import { property, type Run } from './document.ts';
import type { InventoryItem } from './subjects.ts';
import { fileReference, markup, prose, uuidOf } from './text.ts';
import { countOf, gapsOf, type Weakness } from './weaknesses.ts';

/** Something seen, before anybody judges what it means for a control. */
export interface Observation {
  uuid: string;
  title: string;
  description: string;
  types: readonly string[];
  props: readonly object[];
  findings: readonly (ReportedFinding & { remarks?: string })[];
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
    findings,
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
  const resolved = Map.groupBy(comparison?.resolved ?? [], ({ rule }) => rule);
  const lost = Map.groupBy(comparison?.notComparable ?? [], ({ finding }) => finding.rule);
  return [
    ...[...resolved].map(([rule, findings]) => ({
      ...historic(
        resolvedUuid(run, rule),
        rule,
        'resolved',
        `${countOf(findings.length, 'finding')} of ${against} no longer there.`,
      ),
      findings: findings.map(historicFinding),
    })),
    ...[...lost].map(([rule, items]) => ({
      ...historic(
        uuidOf('lost', run.id, rule),
        rule,
        'not-comparable',
        `${countOf(items.length, 'finding')} of ${against} could not be judged again.`,
      ),
      findings: items.map(({ finding, reason }) => ({ ...historicFinding(finding), remarks: reason })),
    })),
  ];
}

function historicFinding(finding: Finding): ReportedFinding {
  return { finding, fixable: false };
}

/** Every observation of a run. `passed` ones only where controls rest on them. */
export function observationsOf(
  run: Run,
  weaknesses: readonly Weakness[],
  { passed }: { passed: boolean },
): Observation[] {
  return [
    ...failedObservations(run, weaknesses),
    ...gapObservations(run),
    ...historicObservations(run),
    ...(passed ? passedObservations(run) : []),
  ];
}

/** The observation as OSCAL writes it. */
export function observationJson(run: Run, inventory: ReadonlyMap<string, InventoryItem>) {
  const { report } = run;
  const uuidOfSubject = (subject: string) => inventory.get(subject)?.uuid ?? uuidOf('subject', subject);
  return ({ findings, notifications, ...rest }: Observation) => {
    const subjects = new Set(findings.map(({ finding }) => uuidOfSubject(finding.subject)));
    const evidence = [
      ...findings.map((item) => evidenceOf(run, item, uuidOfSubject(item.finding.subject))),
      ...notifications.map((item) => gapEvidence(run, item)),
    ];
    return {
      ...rest,
      // SP 800-53A: to examine is to study a specification; nothing is exercised, as a test would.
      methods: ['EXAMINE'],
      origins: [run.origin],
      ...(subjects.size === 0
        ? {}
        : { subjects: [...subjects].map((uuid) => ({ 'subject-uuid': uuid, type: 'inventory-item' })) }),
      ...(evidence.length === 0 ? {} : { 'relevant-evidence': evidence }),
      collected: report.time,
    };
  };
}

function evidenceOf(
  { report }: Run,
  { finding, state, remarks }: ReportedFinding & { state?: FindingState; remarks?: string },
  subject: string,
) {
  const [place] = finding.locations;
  const suppression = finding.suppressions?.[0];
  const words = [
    ...(remarks === undefined ? [] : [markup(report.redact.message(remarks))]),
    ...(suppression === undefined
      ? []
      : [`Suppressed: ${markup(report.redact.message(suppression.reason))}`]),
  ];
  return {
    ...(place === undefined ? {} : { href: fileReference(place.file, place.line) }),
    description: markup(report.redact.message(finding.message)),
    props: [
      property('subject-uuid', subject),
      property('fingerprint', finding.fingerprint),
      ...(state === undefined ? [] : [property('state', state)]),
      ...(suppression === undefined ? [] : [property('suppression', suppression.kind)]),
    ],
    ...(words.length === 0 ? {} : { remarks: words.join('\n\n') }),
  };
}

function gapEvidence({ report }: Run, { message, location }: Notification) {
  return {
    ...(location === undefined ? {} : { href: fileReference(location.file, location.line) }),
    description: markup(report.redact.message(message)),
  };
}
