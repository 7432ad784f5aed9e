export { PolicyError, type PolicyErrorCode, policyErrorCodes } from './errors.ts';
export {
  type Constraint,
  type EnforcementPoint,
  enforcementActions,
} from './gatekeeper/constraint.ts';
export { type EngineName, type EngineOptions, engineNames } from './gatekeeper/engine.ts';
export type { Expansion } from './gatekeeper/expansion.ts';
export { Inventory } from './gatekeeper/inventory.ts';
export {
  type ConstraintFault,
  type ConstraintViolation,
  GatekeeperPolicies,
  isGatekeeperDocument,
  type PoliciesOptions,
  type ReviewResult,
  type ReviewSettings,
} from './gatekeeper/policies.ts';
export {
  isAdmissionReview,
  type Operation,
  type Review,
  type ReviewOptions,
  type ReviewSource,
  reviewOf,
  reviewOfAdmission,
} from './gatekeeper/review.ts';
export type { PolicyDocument, Template } from './gatekeeper/template.ts';
export { fromRego, toRego } from './json.ts';
export type { ResultExplanation } from './rego/explanation.ts';
export type { RegoFile, RegoPoliciesOptions } from './rego/modules.ts';
export { pathOfResult } from './rego/place.ts';
export {
  type AskOptions,
  type RegoJudgement,
  RegoPolicies,
  type RegoResult,
} from './rego/policies.ts';
export type { DecisionKind, DecisionRule } from './rego/rules.ts';
export { type SuiteFilter, suiteFilter } from './suite/filter.ts';
export { type CaseResult, runSuite, type SuiteRun, type TestResult } from './suite/run.ts';
export {
  type Assertion,
  isSuite,
  type PolicySuite,
  readSuite,
  type SuiteTest,
  type TestCase,
} from './suite/suite.ts';
