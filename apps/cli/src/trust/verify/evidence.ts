import { type BundleRequirements, emptyTrustedRoot, type TrustedRoot } from '@keelson/signing';
import { CommandError } from '../../errors.ts';
import { type TrustValues, trustFlags, trustHelp, waysToTrust } from '../trust-flags.ts';
import { trustedRootOf } from '../trusted-root.ts';

/** Flags that say what is trusted, and what must bear witness to a signature. */
export const evidenceFlags = {
  ...trustFlags,
  'use-signed-timestamps': { type: 'boolean' },
  'insecure-ignore-tlog': { type: 'boolean' },
  'insecure-ignore-sct': { type: 'boolean' },
} as const;

export const evidenceHelp = `${trustHelp}
  --use-signed-timestamps
                       a timestamp is required; those that are there must hold in any case
  --insecure-ignore-tlog
                       no entry of a transparency log is required
  --insecure-ignore-sct
                       a certificate needs no proof that it was logged`;

export interface EvidenceValues extends TrustValues {
  readonly 'use-signed-timestamps'?: boolean | undefined;
  readonly 'insecure-ignore-tlog'?: boolean | undefined;
  readonly 'insecure-ignore-sct'?: boolean | undefined;
}

/**
 * What is asked of a signature, whosoever it is.
 *
 * @param isOfKey whether a key is given to verify with
 * @throws CommandError USAGE; what `trustedRootOf` throws
 */
export async function evidenceOf(
  values: EvidenceValues,
  isOfKey: boolean,
): Promise<Omit<BundleRequirements, 'signer'>> {
  const isUnlogged = values['insecure-ignore-tlog'] === true;
  return {
    trustedRoot: await demandTrustedRoot(values, isOfKey && isUnlogged),
    logEntries: isUnlogged ? 0 : 1,
    timestamps: values['use-signed-timestamps'] === true ? 1 : 0,
    certificateLogged: values['insecure-ignore-sct'] !== true,
    // Whoever waives the log of a certificate's signature says that the certificate alone is to count: at this hour. A key has no
    // time that it needs, but a log that gives none must be trusted still.
    ...(isUnlogged || isOfKey ? { fallbackTime: Date.now() } : {}),
  };
}

async function demandTrustedRoot(values: EvidenceValues, needsNone: boolean): Promise<TrustedRoot> {
  const trustedRoot = await trustedRootOf(values);
  if (trustedRoot !== undefined) return trustedRoot;
  if (needsNone) return emptyTrustedRoot;
  throw new CommandError(
    'USAGE',
    `what is trusted? Give ${waysToTrust}; only a key with --insecure-ignore-tlog needs none`,
  );
}
