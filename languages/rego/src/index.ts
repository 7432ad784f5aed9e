export type {
  Builtin,
  BuiltinContext,
  BuiltinHost,
  CachedHttpResponse,
  Capabilities,
  HttpCache,
  HttpRequest,
  HttpResponse,
} from './builtins/index.ts';
export { BuiltinError, capabilities, findBuiltin, nodeCryptography } from './builtins/index.ts';
export {
  type ArchiveFile,
  type ArchiveLimits,
  type Bundle,
  type BundleModule,
  type DataPatch,
  DocumentConflict,
  defaultArchiveLimits,
  documentAt,
  documentBelow,
  emptyDocument,
  emptyManifest,
  isBundleFile,
  isDataFile,
  isMembers,
  type Manifest,
  manifestFrom,
  manifestJson,
  mergeDocuments,
  nameMatches,
  overlap,
  patchDocument,
  readBundle,
  readDocument,
  readDocuments,
  readTar,
  rootsPermit,
  type SigningKey,
  signaturesFile,
  signBundle,
  type VerificationKey,
  verifyBundle,
  writeTar,
} from './bundle/index.ts';
export { parserCapabilities } from './capabilities-of-policy.ts';
export type { Annotations } from './compiler/annotations/annotation.ts';
export { annotationsOf } from './compiler/annotations/attach.ts';
export { compileModules } from './compiler/compile.ts';
export type { CompileOptions } from './compiler/options.ts';
export { RegoError, type RegoErrorCode, regoErrorCodes } from './errors.ts';
export { parseValue } from './evaluator/constant.ts';
export { EvaluationError } from './evaluator/runtime/failure.ts';
export { defaultEvaluationLimits, type EvaluationLimits } from './evaluator/runtime/limits.ts';
export { RecordedCalls } from './evaluator/runtime/recorded-calls.ts';
export type {
  EvaluationListener,
  WatchEvent,
  WatchEventKind,
  WatchedExpression,
  WatchedNode,
} from './evaluator/runtime/watch.ts';
export { type AnnotatedPlace, annotatedPlaces } from './insight/annotated-places.ts';
export { Coverage, type CoverageRange, type CoverageReport, type FileCoverage } from './insight/coverage.ts';
export { type Dependencies, dependenciesOf } from './insight/dependencies.ts';
export { formatExplanation } from './insight/explain-text.ts';
export type {
  ExplainedFailure,
  ExplainedLocation,
  ExplainedRead,
  ExplainedResult,
  ExplainedRule,
  ExplainedVariable,
  ExplainOptions,
  Explanation,
} from './insight/explanation.ts';
export { type LineProfile, Profile } from './insight/profile.ts';
export { Trace, type TraceLine, type TraceMode, type TraceOptions } from './insight/trace.ts';
export type { FilterFault } from './partial/check.ts';
export { compileFilters, type Filter, type FilterOptions, type FilterResult } from './partial/filters.ts';
export type { Mappings } from './partial/mappings.ts';
export { type PartialOptions, PartialPolicy, type PartialPolicyOptions } from './partial/partial.ts';
export type { PartialResult } from './partial/result.ts';
export type { SupportModule } from './partial/saved.ts';
export type { FilterTarget, SqlDialect } from './partial/targets.ts';
export { compile, Policy } from './policy.ts';
export type {
  EvaluationOptions,
  EvaluationResult,
  PolicyOptions,
  QueryOptions,
  QueryResult,
} from './policy-options.ts';
export { PreparedQuery } from './prepared-query.ts';
export { parseAnnotatedModule } from './syntax/annotations/parse-module.ts';
export type { Module, RegoVersion } from './syntax/ast.ts';
export { type Diagnostic, formatDiagnostics, RegoSyntaxError } from './syntax/diagnostic.ts';
export { moduleJson, type TreeJsonOptions } from './syntax/json.ts';
export { parseModule } from './syntax/parse.ts';
export { moduleTreeText } from './syntax/tree-text.ts';
export { type Visitor, walkRule, walkTerms } from './syntax/visit.ts';
export {
  CaseListener,
  type FoundTests,
  findTests,
  type RegoTest,
  runTest,
  type TestOutcome,
  type TestResult,
} from './tests/index.ts';
export {
  BigNumber,
  compare,
  equals,
  fromJson,
  type JsonResult,
  numberFromDouble,
  numberFromText,
  objectOf,
  RegoObject,
  RegoSet,
  type RegoValue,
  setOf,
  sortValues,
  stringifyJson,
  stringifyRego,
  toJson,
} from './values/index.ts';
export { fromYamlValue } from './values/yaml-value.ts';
