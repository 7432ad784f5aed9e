import type { ImageValues } from './image-flags.ts';
import { type TrustValues, trustFlags, trustHelp } from './trust-flags.ts';

/** Flags of verbs that judge by policies: the policies, and what they trust that does not stand in them. */
export const policySourceFlags = {
  ...trustFlags,
  policy: { type: 'string', multiple: true, value: 'file' },
  'trust-store': { type: 'string', value: 'folder' },
  'ask-revocation': { type: 'boolean' },
} as const;

export const policyTrustHelp = `${trustHelp}
  --trust-store DIR    the trust stores of notation that trust policies name, x509/TYPE/NAME; else notation's own
  --ask-revocation     ask the servers that certificates of notation name whether they were revoked`;

export interface PolicySourceValues extends TrustValues {
  readonly policy?: readonly string[] | undefined;
  readonly 'trust-store'?: string | undefined;
  readonly 'ask-revocation'?: boolean | undefined;
}

/** Flags of `keelson verify` with policies. */
export const policyFlags = {
  ...policySourceFlags,
  manifests: { type: 'string', multiple: true, value: 'file' },
} as const;

export const policyHelp = `  --policy FILE        the image must pass these policies, and not flags: of keelson, policy-controller, Kyverno, Ratify and notation
                       (docs/image-policies.md), with what they refer to; may be given more than once
  --manifests PATH     with --policy: every image that these manifests run, in place of IMAGE; may be given more than once
${policyTrustHelp}`;

export interface PolicyValues extends ImageValues, PolicySourceValues {
  readonly manifests?: readonly string[] | undefined;
  readonly quiet?: boolean | undefined;
}
