/** Flags that say what is trusted. */
export const trustFlags = {
  'trusted-root': { type: 'string', value: 'file' },
  'tuf-mirror': { type: 'string', value: 'text' },
  'tuf-root': { type: 'string', value: 'file' },
} as const;

export const trustHelp = `  --trusted-root FILE  the authorities and logs that are trusted (trusted_root.json); nothing else is
  --tuf-mirror URL     the same as a repository of The Update Framework has it, which is asked where what was kept of it has expired:
                       Sigstore's own, https://tuf-repo-cdn.sigstore.dev, or a mirror of it
  --tuf-root FILE      the root that is trusted first, where the repository is another one`;

/** Values of the flags that say what is trusted. */
export interface TrustValues {
  readonly 'trusted-root'?: string | undefined;
  readonly 'tuf-mirror'?: string | undefined;
  readonly 'tuf-root'?: string | undefined;
  readonly offline?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** What nobody could tell of what is trusted, since nobody was asked; undefined where there is nothing of that kind. */
export function untoldTrust({ offline, 'tuf-mirror': mirror }: TrustValues): string | undefined {
  return offline === true && mirror !== undefined ? untoldOf(mirror) : undefined;
}

/** The same of a repository. */
export function untoldOf(mirror: string): string {
  return `whether ${mirror} has revoked or renewed anything since it was last asked`;
}

/** The ways to say what is trusted, for errors where none was. */
export const waysToTrust =
  '--trusted-root FILE, --tuf-mirror URL (with --tuf-root FILE where it is not of Sigstore itself)';
