/** Flags of verbs that read images. */
export const imageFlags = {
  'allow-http-registry': { type: 'boolean' },
  offline: { type: 'boolean' },
} as const;

export const imageHelp = `  --allow-http-registry
                       read registries over plain HTTP; those on this machine are in any case
  --offline            ask the network for nothing: images are local, and what was kept of repositories must not have expired`;

/** Values of the flags of verbs that read images. */
export interface ImageValues {
  readonly 'allow-http-registry'?: boolean | undefined;
  readonly offline?: boolean | undefined;
  /** Of every verb. */
  readonly quiet?: boolean | undefined;
}
