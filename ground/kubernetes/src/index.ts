export type { ContainerRef, ContainerType, LocatedPath, PodTemplate, Resource, ResourceOrigin } from './resource.ts';
