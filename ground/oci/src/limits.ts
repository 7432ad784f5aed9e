/** Bounds on manifests. Passing one is an error that names it. */
export interface ManifestLimits {
  /** Bytes of one manifest, index or configuration. Registries must take 4 MiB (distribution-spec 1.1, "Pushing Manifests"). */
  readonly maxManifestBytes: number;
  /** Layers of a manifest, or manifests of an index. */
  readonly maxDescriptors: number;
  /** Annotations of one descriptor or manifest. */
  readonly maxAnnotations: number;
  /** Indexes one in the other. */
  readonly maxIndexDepth: number;
}

export const defaultManifestLimits: ManifestLimits = Object.freeze({
  maxManifestBytes: 4 * 1024 * 1024,
  maxDescriptors: 10_000,
  maxAnnotations: 1_000,
  maxIndexDepth: 4,
});
