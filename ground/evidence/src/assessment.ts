import { canonicalText, compareText } from './canonical.ts';
import { evidenceError } from './error.ts';
import { timeOf } from './time.ts';

/** Statuses of VEX (CISA, "Minimum Requirements for VEX"). */
export const assessmentStatuses = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;
export type AssessmentStatus = (typeof assessmentStatuses)[number];

/** Justifications of `not_affected` (CISA, "VEX Status Justifications"). */
export const justifications = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;
export type Justification = (typeof justifications)[number];

/** What an author says of a vulnerability in a product. */
export interface Assessment {
  /** CVE, GHSA … */
  vulnerability: string;
  /** Identity of the product. */
  product: string;
  /** Identity of the part of the product that is spoken of; absent for the whole. */
  subcomponent?: string;
  status: AssessmentStatus;
  justification?: Justification;
  /** In words, where no justification fits, or what to do about `affected`. */
  statement?: string;
  author: string;
  /** RFC 3339. */
  timestamp: string;
}

/** Throws `EVIDENCE_ASSESSMENT` or `EVIDENCE_TIME` for an assessment that VEX does not allow. */
export function checkAssessment(assessment: Assessment): void {
  const { vulnerability, status, justification, statement, author } = assessment;
  const refuse = (message: string) =>
    evidenceError('EVIDENCE_ASSESSMENT', `assessment of ${vulnerability}: ${message}`);
  if (vulnerability === '' || author === '') throw refuse('it names no vulnerability or no author');
  if (!assessmentStatuses.includes(status)) throw refuse('unknown status');
  if (justification !== undefined && status !== 'not_affected')
    throw refuse('only not_affected is justified');
  if (status === 'not_affected' && justification === undefined && (statement ?? '') === '') {
    throw refuse('not_affected asks for a justification or a statement');
  }
  timeOf(assessment.timestamp);
}

/** What the assessments of a vulnerability in a product come to. */
export interface AssessmentView {
  /** The status that all trusted authors agree on; undefined for none and for a conflict. */
  status: AssessmentStatus | undefined;
  /** True when trusted authors say different things. */
  conflict: boolean;
  /** The newest word of each trusted author about each subcomponent. */
  counted: Assessment[];
  /** Words of authors that are not trusted, and words taken back by newer ones of the same author. */
  others: Assessment[];
}

/** What is asked; without a subcomponent only assessments of the whole product answer. */
export interface AssessmentQuestion {
  vulnerability: string;
  product: string;
  subcomponent?: string;
}

/**
 * What is known of a vulnerability in a product at a time. Only trusted authors count; an author's newer word
 * stands for the older; one that speaks of the subcomponent stands before that author's word on the whole.
 */
export function assess(
  assessments: Iterable<Assessment>,
  question: AssessmentQuestion,
  trusted: ReadonlySet<string>,
  at: Date,
): AssessmentView {
  const newest = new Map<string, Assessment>();
  const others: Assessment[] = [];
  for (const assessment of sorted(assessments)) {
    if (!answers(assessment, question) || timeOf(assessment.timestamp) > at.getTime()) continue;
    if (!trusted.has(assessment.author)) {
      others.push(assessment);
      continue;
    }
    const older = newest.get(assessment.author);
    if (older === undefined || outranks(assessment, older)) {
      if (older !== undefined) others.push(older);
      newest.set(assessment.author, assessment);
    } else others.push(assessment);
  }
  const counted = [...newest.values()];
  const statuses = new Set(counted.map(({ status }) => status));
  const [only] = statuses;
  return { status: statuses.size === 1 ? only : undefined, conflict: statuses.size > 1, counted, others };
}

function answers(assessment: Assessment, question: AssessmentQuestion): boolean {
  return (
    assessment.vulnerability === question.vulnerability &&
    assessment.product === question.product &&
    (assessment.subcomponent === undefined || assessment.subcomponent === question.subcomponent)
  );
}

/** Of one author: the narrower word first, then the newer. Both come in rising order of time. */
function outranks(assessment: Assessment, older: Assessment): boolean {
  return older.subcomponent === undefined || assessment.subcomponent !== undefined;
}

function sorted(assessments: Iterable<Assessment>): Assessment[] {
  return [...assessments].sort(
    (a, b) => timeOf(a.timestamp) - timeOf(b.timestamp) || compareText(canonicalText(a), canonicalText(b)),
  );
}
