export {
  type AssertionResult,
  type AssertionRun,
  type Breach,
  judgeAssertions,
} from './assertions/judge.ts';
export {
  type Connection,
  Connectivity,
  type ConnectivityOptions,
} from './connectivity/connectivity.ts';
export { type ConnectionDiff, type DiffType, diffOf } from './connectivity/diff.ts';
export { type Flow, isAllowed } from './connectivity/evaluate.ts';
export { type Explained, explained, type PairFate } from './connectivity/explain.ts';
export { type Exposure, exposuresOf } from './connectivity/exposure.ts';
export type { Cause, Fate } from './connectivity/fates.ts';
export type { Focus } from './connectivity/focus.ts';
export { ingressControllerName, isNamed, type Peer, peerText } from './connectivity/peers.ts';
export { type Reach, type Reaches, type ReachesBounds, reachesOf } from './connectivity/reaches.ts';
export type { Workload } from './connectivity/workloads.ts';
export { selectorMatches } from './dialects/calico/selector/evaluate.ts';
export { maxSelectorDepth, parseSelector } from './dialects/calico/selector/parse.ts';
export { canonicalSelector, type Selector } from './dialects/calico/selector/selector.ts';
export { maxSelectorLength } from './dialects/calico/selector/tokens.ts';
export { selectorUid } from './dialects/calico/selector/uid.ts';
export { problemText } from './dialects/fields.ts';
export { clusterOf } from './dialects/read-cluster.ts';
export { type ReadOptions, readPolicies } from './dialects/read-policies.ts';
export { Analysis, type AnalysisOptions, type Explanation } from './engine/analysis.ts';
export type { CompiledRule, CompiledTier } from './engine/compile.ts';
export type { Outcome, Reason } from './engine/decide.ts';
export type {
  Admission,
  EntryDestination,
  EntryNote,
  EntryNoteCode,
  EntryPoint,
  EntryPointKind,
} from './entrypoints/entry-point.ts';
export { entryPointsOf } from './entrypoints/entry-points.ts';
export { NetpolError, type NetpolErrorCode, netpolErrorCodes } from './errors.ts';
export { ConnectionTexts } from './formats/connection-text.ts';
export { reportCsv } from './formats/csv.ts';
export { type DiffReport, diffCsv, diffDot, diffJson, diffMd, diffTxt } from './formats/diff.ts';
export { reportDot } from './formats/dot.ts';
export { admittedText, entryPointTitle } from './formats/entry-point-text.ts';
export { type ExplainOnly, explanationTxt, explanationWithExposureTxt } from './formats/explain-txt.ts';
export { diffHtml, reportHtml } from './formats/html.ts';
export { reportJson } from './formats/json.ts';
export { reportMd } from './formats/md.ts';
export { type Report, reportOf } from './formats/report.ts';
export { reportSvg } from './formats/svg.ts';
export { reportTxt } from './formats/txt.ts';
export { LintContext, type LintOptions } from './lint/context.ts';
export { defaultDeny } from './lint/default-deny.ts';
export type { LintFinding, LintFix, LintHit, LintRule, LintSeverity } from './lint/finding.ts';
export { type LintResult, type LintRun, lint, lintRules } from './lint/lint.ts';
export { networkPlugins } from './lint/rules/enforcement.ts';
export {
  type Cluster,
  type Endpoint,
  type EndpointAddress,
  type Labels,
  type NamedPort,
  type Namespace,
  ownAddresses,
  qualifiedName,
} from './model/cluster.ts';
export type { EndpointMatcher } from './model/matcher.ts';
export type {
  Direction,
  Policy,
  PolicyProblem,
  ReadPolicies,
  Rule,
  Verdict,
} from './model/policy.ts';
export { uncaptured } from './queries/all-captured.ts';
export { conflictsOf } from './queries/conflicts.ts';
export { type Containment, containmentOf, excessOf, isContained } from './queries/containment.ts';
export { type Overlap, overlapsOf } from './queries/disjointness.ts';
export { type Emptiness, type EmptyRule, emptinessOf } from './queries/emptiness.ts';
export { areEquivalent, areStronglyEquivalent, differenceOf } from './queries/equivalence.ts';
export { interferenceOf } from './queries/interferes.ts';
export { type OddSelector, oddSelectors } from './queries/odd-selectors.ts';
export { notForbidden, notPermitted } from './queries/permits.ts';
export { type Redundancy, redundancyOf } from './queries/redundancy.ts';
export { Comparison, type Pair, type Part } from './queries/relation.ts';
export { type Sanity, sanityOf } from './queries/sanity.ts';
export { type DiffEnds, type DiffPart, semanticDiff } from './queries/semantic-diff.ts';
export { only, type RuleOf, type Setting, withoutPolicies, writtenPolicies } from './queries/setting.ts';
export { isVacuous } from './queries/vacuity.ts';
export type { FlowEnd, FlowProblem, ObservedFlow } from './recommend/flow.ts';
export { flowsOfManifests, type ManifestNeeds } from './recommend/from-manifests.ts';
export type { KeptFlow, UndecidedFlow } from './recommend/infer.ts';
export type { Proof, Slack } from './recommend/prove.ts';
export { FlowReader, maxFlowLine, maxFlows } from './recommend/read-flows.ts';
export {
  type Recommendation,
  type RecommendDialect,
  type RecommendOptions,
  recommend,
  recommendDialects,
} from './recommend/recommend.ts';
export {
  type AddressFamily,
  type AddressRange,
  formatAddress,
  isAddress,
  parseAddress,
  parseCidr,
} from './sets/addresses.ts';
export {
  allConnections,
  Connections,
  type Interval,
  noConnections,
  protocolNumbers,
  type SetId,
} from './sets/connections.ts';
export { protocolName, protocolNumber } from './sets/protocols.ts';
export type { TextPattern } from './sets/texts.ts';
export {
  type DiscoveredConnection,
  type Discovery,
  discoverConnections,
} from './synthesis/discover.ts';
export {
  dnsAnywhere,
  dnsAtPods,
  type Synthesis,
  type SynthesisOptions,
  synthesise,
} from './synthesis/synthesise.ts';
export type { AddressSearch, MissingConfigMap, SynthesisWorkload } from './synthesis/workloads.ts';
