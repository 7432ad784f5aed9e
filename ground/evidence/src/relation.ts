import { canonicalText, compareText } from './canonical.ts';
import { evidenceError } from './error.ts';
import { timeOf } from './time.ts';

/** How one subject stands to another: the closed set. */
export const relationTypes = [
  'declares',
  'contains',
  'runs',
  'resolves-to',
  'platform-of',
  'config-of',
  'uses-identity',
  'may',
  'reaches',
  'exposes',
  'mounts',
  'escapes-to',
  'signed-by',
  'built-from',
  'affected-by',
  'observed',
] as const;
export type RelationType = (typeof relationTypes)[number];

/** How often, and from when to when, something was seen. Raw events stay outside the graph. */
export interface Observation {
  /** The rule or the flow that was seen. */
  what: string;
  count: number;
  /** RFC 3339, UTC with `Z`. */
  first: string;
  last: string;
  /** At most five short descriptions of single events, in order of text. */
  samples: string[];
}

/** A fact that joins two subjects. */
export interface Relation {
  from: string;
  type: RelationType;
  to: string;
  /** What narrows it: verb and resource of `may`, port of `reaches`, path of `mounts`. */
  detail?: string;
  /** Digest of the claim that it rests on. */
  claim: string;
  /** Of `observed` relations, and only of them. */
  observation?: Observation;
}

export const maxSamples = 5;

/** Throws `EVIDENCE_RELATION` or `EVIDENCE_TIME` for a relation that cannot be. */
export function checkRelation(relation: Relation): void {
  const { type, observation } = relation;
  const refuse = (message: string) =>
    evidenceError('EVIDENCE_RELATION', `${type} of ${relation.from}: ${message}`);
  if (!relationTypes.includes(type)) throw refuse('unknown type');
  if ((type === 'observed') !== (observation !== undefined)) {
    throw refuse('an observation belongs to observed relations and only to them');
  }
  if (observation === undefined) return;
  if (!Number.isSafeInteger(observation.count) || observation.count < 1)
    throw refuse('the count is not positive');
  if (timeOf(observation.first) > timeOf(observation.last)) throw refuse('the last time is before the first');
  if (observation.samples.length > maxSamples) throw refuse(`more than ${maxSamples} samples`);
}

/** What makes two relations one: all but what an observation counts. */
export function relationKey({ from, type, to, detail, claim, observation }: Relation): string {
  return canonicalText([from, type, to, detail ?? '', claim, observation?.what ?? '']);
}

/** One event of an observed relation. */
export interface ObservedEvent {
  at: string;
  sample?: string;
}

/** An observation with one more event; `observation` is undefined for the first. */
export function observe(
  observation: Observation | undefined,
  what: string,
  event: ObservedEvent,
): Observation {
  const at = new Date(timeOf(event.at)).toISOString();
  const one: Observation = {
    what,
    count: 1,
    first: at,
    last: at,
    samples: event.sample === undefined ? [] : [event.sample],
  };
  if (observation === undefined) return one;
  return { ...joinObservations(observation, one), count: observation.count + 1 };
}

/**
 * What is known from two states of one observation of one collector. The count is the larger of both, because
 * both count the same events: thus it does not matter in which order, and how often, states are joined.
 */
export function joinObservations(a: Observation, b: Observation): Observation {
  const samples = [...new Set([...a.samples, ...b.samples])].sort(compareText).slice(0, maxSamples);
  return {
    what: a.what,
    count: Math.max(a.count, b.count),
    first: timeOf(a.first) < timeOf(b.first) ? normal(a.first) : normal(b.first),
    last: timeOf(a.last) > timeOf(b.last) ? normal(a.last) : normal(b.last),
    samples,
  };
}

/** One spelling of a time, so that the join of equal times does not hang on their order. */
function normal(time: string): string {
  return new Date(timeOf(time)).toISOString();
}
