import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const policyErrorCodes = Object.freeze({
  POLICY_TEMPLATE:
    'A constraint template has a missing or wrong field, or a language that nobody here evaluates.',
  POLICY_CODE: 'The Rego or CEL of a policy cannot be read or compiled.',
  POLICY_CONSTRAINT:
    'A constraint has no template, or a field that its template or its match does not allow.',
  POLICY_EXPANSION: 'An expansion template has a missing or wrong field, or does not fit the object.',
  POLICY_REVIEW: 'An admission review holds no request, or a request without the object that it is about.',
  POLICY_FAILED: 'A policy could not be evaluated on an object: its result there is unknown, not passed.',
  POLICY_LIMIT: 'The evaluation of a policy passed a bound, which the message names.',
  POLICY_SUITE: 'A suite of tests has a missing or wrong field.',
});

export type PolicyErrorCode = keyof typeof policyErrorCodes;

/** A fault of a policy, of what it is asked about, or of its tests. */
export class PolicyError extends KeelsonError<PolicyErrorCode> {}
