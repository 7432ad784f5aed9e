export { type AdmissionRequest, type AdmissionVerdict, evaluatePolicy } from './admission/evaluate.ts';
export { exportPolicies } from './admission/export.ts';
export {
  type AdmissionAction,
  type AdmissionActions,
  type AdmissionForm,
  admissionForms,
  defaultAdmissionActions,
  defaultExemptNamespaces,
  type ExportableCheck,
  type ExportOptions,
  type ExportRefusal,
  type PolicyExport,
} from './admission/form.ts';
export type {
  Check,
  CheckExample,
  CheckExamples,
  CheckFix,
  CheckScope,
  CheckTarget,
  CheckText,
  CheckVariables,
  ElementJudge,
  ProgramContext,
  ProgramJudge,
  Violation,
} from './check.ts';
export { type CheckStatistics, type JudgedViolation, type Judgement, locateSubject } from './collector.ts';
export {
  checkCostLimit,
  checkEnvironment,
  checkVariableNames,
  compileCheck,
  type Programs,
} from './compile.ts';
export { type Component, type ComponentOrigin, componentsOf } from './components.ts';
export {
  type CheckDefinition,
  type ExpressionDefinition,
  type Locate,
  type ProgramDefinition,
  readDefinition,
} from './definition.ts';
export { documentsOfBase64, documentsOfText } from './embedded.ts';
export { engineTexts } from './engine-texts.ts';
export { CheckError, type CheckErrorCode, checkErrorCodes } from './errors.ts';
export {
  type CheckedSubject,
  isResource,
  localIdentity,
  sourceIdentity,
  stablePath,
  toFinding,
} from './findings.ts';
export {
  editsOfEach,
  type FixedFile,
  type FixPlan,
  isFixable,
  isOptIn,
  type OverlayPatch,
  planFixes,
} from './fix.ts';
export { generateChecks } from './generate.ts';
export type { DockerfileInput, JudgeInput } from './input.ts';
export { Inventory, type Workload } from './inventory.ts';
export { judge } from './judge.ts';
export { type CheckFile, type LoadedDefinitions, loadChecks, loadDefinitions } from './load.ts';
export { type SettingFault, settingFaults, withParams } from './params.ts';
export { type PathPattern, parsePath, parsePathPattern, walkPattern } from './path-pattern.ts';
export { findCredential, isPlaceholder, isSecretName } from './secrets/patterns.ts';
export { redactor, type SensitiveText } from './secrets/redact.ts';
export {
  applySuppressions,
  type SuppressionInput,
  type SuppressionResult,
} from './suppressions/apply.ts';
export { type Exception, readException } from './suppressions/exceptions.ts';
export type { SuppressibleFinding } from './suppressions/finding-index.ts';
export { foreignIdForm } from './suppressions/foreign-id.ts';
