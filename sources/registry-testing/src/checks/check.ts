import type { Probe } from './probe.ts';

/** One thing that the OCI distribution-spec 1.1 asks of a registry. */
export interface DistributionCheck {
  /** The end point and what is asked of it. */
  readonly id: string;
  /** The heading of the specification that asks it. */
  readonly section: string;
  /** Throws CheckFailure; NotSupported where the specification leaves it to the registry. */
  run(probe: Probe): Promise<void>;
}

/** A registry does what the specification does not allow. */
export class CheckFailure extends Error {}

/** A registry leaves out what it may leave out. */
export class NotSupported extends Error {}

/** @throws CheckFailure */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new CheckFailure(otherwise);
}

export function equal<T>(found: T, wanted: T, what: string): void {
  must(found === wanted, `${what} is ${String(found)}, not ${String(wanted)}`);
}
