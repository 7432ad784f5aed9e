import { readTrustedRoot, type TrustedRoot } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { readInput } from './input.ts';

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

/**
 * What is trusted: as a file has it, or a repository of The Update Framework. Nothing is asked but the repository that was named.
 *
 * @returns undefined where the flags name nothing
 * @throws CommandError USAGE; SigningError TRUSTED_ROOT_INVALID; TufError, HttpError
 */
export async function trustedRootOf(values: TrustValues): Promise<TrustedRoot | undefined> {
  const { 'trusted-root': file, 'tuf-mirror': mirror } = values;
  demandOneTrust(values);
  if (file !== undefined) return readTrustedRoot(readInput(file));
  if (mirror === undefined) return undefined;
  // Most verifications need no client of a repository.
  const { sigstoreRepository } = await import('./tuf.ts');
  return readTrustedRoot(await sigstoreRepository(mirror, values, 'unexpired').trustedRoot());
}

/**
 * Refuses flags that would name two things to trust, or none.
 *
 * @throws CommandError USAGE
 */
export function demandOneTrust(values: TrustValues): void {
  const { 'trusted-root': file, 'tuf-mirror': mirror, 'tuf-root': first } = values;
  if (mirror === undefined && first !== undefined)
    throw new CommandError('USAGE', '--tuf-root goes with --tuf-mirror URL, the repository that it is of');
  if (mirror !== undefined && file !== undefined)
    throw new CommandError(
      'USAGE',
      '--trusted-root and --tuf-mirror do not go together: each says what is trusted',
    );
}

/** The ways to say what is trusted, for errors where none was. */
export const waysToTrust =
  '--trusted-root FILE, --tuf-mirror URL (with --tuf-root FILE where it is not of Sigstore itself)';
