import type { ControlResult, FrameworkAssessment } from '@keelson/compliance';
import type { ScanReport } from '../report.ts';
import { memoized } from '../told.ts';
import { property, type Run } from './document.ts';
import { observationUuid } from './observations.ts';
import { riskUuid } from './risks.ts';
import { markup, pageReference, token, uuidOf } from './text.ts';
import { countOf, type Weakness } from './weaknesses.ts';

/** A control of a framework and what the run says of it, with the names that the document gives it. */
export interface AssessedControl {
  assessment: FrameworkAssessment;
  result: ControlResult;
  /** `cis-1.12_5.2.2`: ids of frameworks are no tokens, and two frameworks may have the same. */
  controlId: string;
  objectiveId: string;
}

export function assessedControls({ frameworks }: ScanReport): AssessedControl[] {
  return frameworks.flatMap((assessment) =>
    assessment.controls.map((result) => {
      const controlId = token(`${assessment.framework.id}_${result.control.id}`);
      return { assessment, result, controlId, objectiveId: `${controlId}_obj` };
    }),
  );
}

/** The resource of the back matter that tells where a framework is published. */
export function frameworkUuid(id: string): string {
  return uuidOf('framework', id);
}

/** One selection for each framework that the run was held against, with all its controls. */
export function reviewedControls({ frameworks }: ScanReport, controls: readonly AssessedControl[]) {
  const byFramework = Map.groupBy(controls, ({ assessment }) => assessment);
  const selections = frameworks.flatMap((assessment) => {
    const included = byFramework.get(assessment) ?? [];
    return included.length === 0 ? [] : selectionOf(assessment, included);
  });
  if (selections.length > 0) return { 'control-selections': selections };
  // The schema wants a selection; with no framework there is no control that one could name.
  const words = 'No framework was asked for: checks were run, and no control was assessed.';
  return {
    'control-selections': [{ description: words, 'include-all': {}, props: [property('controls', 'none')] }],
  };
}

function selectionOf({ framework, counts }: FrameworkAssessment, included: readonly AssessedControl[]) {
  return {
    description: `${markup(framework.title)} ${markup(framework.version)}`,
    props: [
      property('framework', framework.id),
      ...Object.entries(counts).map(([verdict, count]) => property(verdict, String(count))),
    ],
    links: [{ href: `#${frameworkUuid(framework.id)}`, rel: 'reference' }],
    'include-controls': included.map(({ controlId }) => ({ 'control-id': controlId })),
  };
}

/** Resources of the back matter, one for each framework. */
export function frameworkResource({ framework }: FrameworkAssessment) {
  const href = pageReference(framework.reference);
  return {
    uuid: frameworkUuid(framework.id),
    title: markup(framework.title),
    citation: { text: markup(`${framework.title} ${framework.version}, ${framework.publisher}`) },
    ...(href === undefined ? {} : { rlinks: [{ href }] }),
  };
}

/** No catalog is imported, so that the document itself defines the objectives that its findings speak of. */
export function objectiveJson({ assessment, result, controlId, objectiveId }: AssessedControl) {
  return {
    'control-id': controlId,
    description: markup(result.control.title),
    props: [property('framework', assessment.framework.id), property('control', result.control.id)],
    parts: [{ id: objectiveId, name: 'assessment-objective', prose: markup(result.control.title) }],
  };
}

/**
 * The finding about a control. OSCAL knows `satisfied` and `not-satisfied` only. What was not determined is never
 * satisfied: it is `not-satisfied` with reason `other`, as SP 800-53A's "other than satisfied" takes in what could
 * not be examined, and `verdict` and the remarks say which of the two it is.
 */
export function findingJson(
  run: Run,
  weaknesses: ReadonlyMap<string, Weakness>,
  observed: ReadonlySet<string>,
) {
  // A check is named by many controls.
  const referenceOf = memoized((rule: string) => ({ 'observation-uuid': observationUuid(run, rule) }));
  const risksOf = memoized((rule: string) =>
    riskUuids(weaknesses.get(rule)).map((uuid) => ({ 'risk-uuid': uuid })),
  );
  return ({ assessment, result, controlId, objectiveId }: AssessedControl) => {
    const { control, verdict, reason, checks, failed } = result;
    const observations = checks.filter((rule) => observed.has(rule));
    const risks = failed.flatMap(risksOf);
    const isOther = verdict === 'manual' || verdict === 'not-applicable';
    return {
      uuid: uuidOf('finding', run.id, controlId),
      title: markup(`${control.id} ${control.title}`),
      description: describe(result),
      props: [
        property('framework', assessment.framework.id),
        property('control', control.id),
        property('verdict', verdict),
      ],
      origins: [run.origin],
      target: {
        type: 'objective-id',
        'target-id': objectiveId,
        status: {
          state: verdict === 'pass' ? 'satisfied' : 'not-satisfied',
          reason: isOther ? 'other' : verdict,
          ...(isOther ? { remarks: `${verdict}: ${markup(reason ?? 'not determined')}` } : {}),
        },
        ...(verdict === 'not-applicable' ? { 'implementation-status': { state: 'not-applicable' } } : {}),
      },
      ...(observations.length === 0
        ? {}
        : {
            'related-observations': observations.map(referenceOf),
          }),
      ...(risks.length === 0 ? {} : { 'related-risks': risks }),
    };
  };
}

function riskUuids(weakness: Weakness | undefined): string[] {
  if (weakness === undefined) return [];
  const { rule, open, accepted } = weakness;
  return [
    ...(open.length > 0 ? [riskUuid(rule, 'open')] : []),
    ...(accepted.length > 0 ? [riskUuid(rule, 'deviation-approved')] : []),
  ];
}

function describe({ verdict, reason, failed, checks, findings, suppressed }: ControlResult): string {
  const why = reason === undefined ? '' : ` ${markup(reason)}`;
  switch (verdict) {
    case 'pass':
      return `${countOf(checks.length, 'check')} judged the input and found nothing.`;
    case 'fail':
      return `${failed.length} of ${countOf(checks.length, 'check')} failed: ${countOf(findings, 'finding')}, ${suppressed} suppressed.${why}`;
    case 'manual':
      return `Not determined by this run, a person must judge:${why}`;
    case 'not-applicable':
      return `Does not apply to this input:${why}`;
  }
}
