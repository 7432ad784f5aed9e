import type { JsonObject, Path, SourceLocation, SourceText } from '@keelson/core';

/** A place in the input that an object's path leads to. */
export interface LocatedPath extends SourceLocation {
  /** Path inside the written document (with `items[n]` of a List). */
  path: Path;
  /** True when the path does not exist and this is its nearest existing parent. */
  missing: boolean;
  /** Where a rendered object's text came from (template, base, values file). */
  origin?: SourceLocation;
}

/** The document that an object stands in. */
export interface OriginSource {
  readonly text: SourceText;
  /** Index of the document in the text's stream. */
  readonly document: number;
  /** Path from the document's root to the object: `['items', 3]` in a List, else empty. */
  readonly prefix: Path;
}

/** How to find an object's fields in the text they were read from. Engines see no files, only this. */
export interface ResourceOrigin {
  /** File, chart or kustomization as the user named it; `-` for stdin. */
  readonly file: string;
  /** What rendered the object, when it does not stand in a file as it is. */
  readonly renderedBy?: 'helm' | 'kustomize';
  /** The text that the object was read from, for excerpts and edits; undefined for rendered objects. */
  readonly source?: OriginSource;
  /** Fields that are written twice, of which the last counts; absent where there are none. */
  readonly doubled?: readonly Path[];
  locate(path: Path): LocatedPath;
}

/** One Kubernetes object (never a List) with what names it. */
export interface Resource {
  readonly object: JsonObject;
  readonly apiVersion: string;
  /** API group; empty for core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  /** As written; undefined when not written. See `effectiveNamespace`. */
  readonly namespace: string | undefined;
  readonly origin: ResourceOrigin;
}

/** The three lists of containers in a Pod, in the order that Kubernetes visits them. */
export type ContainerType = 'init' | 'container' | 'ephemeral';

/** A container with its path from the object's root. */
export interface ContainerRef {
  readonly type: ContainerType;
  readonly name: string;
  readonly container: JsonObject;
  readonly path: Path;
}

/** A Pod, or the template of Pods that an object makes. */
export interface PodTemplate {
  /** Path of the template from the object's root; empty for a Pod. */
  readonly path: Path;
  /** `metadata` of the template; an empty object when it is not written. */
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
  readonly specPath: Path;
  readonly containers: readonly ContainerRef[];
}
