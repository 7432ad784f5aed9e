import type { JsonObject } from '@keelson/core';

/** The object of Kubernetes that runs an image. */
export interface Workload {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly object: JsonObject;
}
