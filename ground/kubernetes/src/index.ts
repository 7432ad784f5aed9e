export { type ComponentCommand, type ComponentFlag, componentFlags } from './component-flags.ts';
export {
  type ComponentName,
  type ConfigurationField,
  componentNames,
  configurationFields,
  type SettingType,
} from './component-tables.ts';
export {
  containerDefaults,
  imagePullPolicyOf,
  mountsServiceAccountToken,
  type PullPolicy,
  podSpecDefaults,
  probeDefaults,
  securityContextDefaults,
  serviceAccountNameOf,
  specDefaults,
  withVolumeDefaults,
} from './defaults.ts';
export { effectiveNamespace, isClusterScoped, joinApiVersion, placedIn, splitApiVersion } from './gvk.ts';
export { canonicalImageName, type ImageReference, parseImageReference } from './image-reference.ts';
export { scaledIntOrPercent } from './int-or-string.ts';
export { type KubeadmComponent, kubeadmComponents } from './kubeadm.ts';
export type { PodSecurityCheck, PodSecurityLevel } from './pod-security/check.ts';
export { podSecurityLevels } from './pod-security/check.ts';
export {
  evaluatePodSecurity,
  newestPodSecurityMinor,
  type PodSecurityCheckResult,
  type PodSecurityVerdict,
  podSecurityChecks,
} from './pod-security/evaluate.ts';
export {
  type LevelVersion,
  type NamespacePodSecurity,
  namespacePodSecurity,
  type PodSecurityVersion,
  parsePodSecurityLevel,
  parsePodSecurityVersion,
} from './pod-security/version.ts';
export { containersOf, isWorkloadKind, podTemplate, podTemplates } from './pod-template.ts';
export { podTemplatePaths } from './pod-template-kinds.ts';
export {
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  type QuantityFormat,
  quantityToNumber,
} from './quantity.ts';
export {
  labelsOf,
  normaliseSubject,
  ownRules,
  type PolicyRule,
  type RbacSubject,
  type ResourceRequest,
  rbacGroup,
  roleRefOf,
  ruleAllows,
  ruleAllowsUrl,
  rulesOf,
  serviceAccountGroups,
  serviceAccountUser,
  subjectsOf,
} from './rbac.ts';
export type {
  ContainerRef,
  ContainerType,
  LocatedPath,
  OriginSource,
  PodTemplate,
  Resource,
  ResourceOrigin,
} from './resource.ts';
export { type ResourceProblem, type ResourcesResult, resourcesOf } from './resources.ts';
export { podSchemaProblems, type SchemaProblem, schemaProblems } from './schema.ts';
export { matchesLabels, matchesSelector } from './selector.ts';
