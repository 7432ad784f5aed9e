import type { ImageValues } from './image-flags.ts';
import type { TrustValues } from './trusted-root.ts';

/** Flags of `keelson verify` with policies. */
export const policyFlags = {
  policy: { type: 'string', multiple: true, value: 'file' },
  manifests: { type: 'string', multiple: true, value: 'file' },
} as const;

export const policyHelp = `  --policy FILE        the image must pass these policies, and not flags: ClusterImagePolicy with the TrustRoots, Secrets and ConfigMaps
                       that they refer to; may be given more than once
  --manifests PATH     with --policy: every image that these manifests run, in place of IMAGE; may be given more than once`;

export interface PolicyValues extends ImageValues, TrustValues {
  readonly policy?: readonly string[] | undefined;
  readonly manifests?: readonly string[] | undefined;
  readonly quiet?: boolean | undefined;
}
