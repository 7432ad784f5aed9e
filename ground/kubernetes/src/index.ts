export { effectiveNamespace, isClusterScoped, joinApiVersion, splitApiVersion } from './gvk.ts';
export { containersOf, isWorkloadKind, podTemplate, podTemplates } from './pod-template.ts';
export type {
  ContainerRef,
  ContainerType,
  LocatedPath,
  PodTemplate,
  Resource,
  ResourceOrigin,
} from './resource.ts';
export { type ResourceProblem, type ResourcesResult, resourcesOf } from './resources.ts';
