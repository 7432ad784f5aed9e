import type { Resource } from '@keelson/kubernetes';

/** Where patches of a rendered object go, and how to name the object there. */
export interface OverlayTarget {
  /** `kustomize`: the folder of the root kustomization; `helm`: that of the chart. */
  readonly renderedBy: 'helm' | 'kustomize';
  readonly folder: string;
  /** The kustomization file; undefined for a chart. */
  readonly file: string | undefined;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The name without the hash of generated objects. */
  readonly name: string;
  readonly namespace: string;
  /** False when the names above select more than this object. */
  readonly isExact: boolean;
}

const targets = new WeakMap<Resource, OverlayTarget>();

export function setOverlayTarget(resource: Resource, target: OverlayTarget): void {
  targets.set(resource, target);
}

/** Undefined for objects that stand in a file, and for those of archives. */
export function overlayTarget(resource: Resource): OverlayTarget | undefined {
  return targets.get(resource);
}
