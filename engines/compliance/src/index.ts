export {
  assess,
  assessBy,
  type ControlResult,
  type FrameworkAssessment,
  type RunResults,
} from './assess.ts';
export {
  type CheckMapping,
  type ControlCoverage,
  type ControlState,
  checksOfCoverage,
  controlStates,
  countStates,
  coverageBy,
  coverageOf,
} from './coverage.ts';

export { ComplianceError, type ComplianceErrorCode, complianceErrorCodes } from './errors.ts';
export { type Control, type ControlGroup, type Framework, type Profile, profileOf } from './framework.ts';
export { type KnownFrameworks, type ReadFrameworks, readFrameworks } from './resolve.ts';
