import {
  readSigningConfig,
  readTrustedRoot,
  type SigningConfig,
  SigningError,
  type TrustedRoot,
} from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { tell } from '../stderr.ts';
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
  const bytes = await sigstoreRepository(mirror, values, 'unexpired').trustedRoot();
  return fromRepository(mirror, () => readTrustedRoot(bytes));
}

/** Reads what a repository has. What cannot be read is its fault, and not the caller's. */
function fromRepository<T>(mirror: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SigningError)) throw error;
    throw new CommandError('OUTSIDE_FAILED', `${mirror}: ${error.message}`, { cause: error });
  }
}

/** What is trusted, and the services that are asked, to sign. */
export interface SigningTrust {
  readonly trustedRoot: TrustedRoot;
  readonly config: SigningConfig;
}

/**
 * The trusted root and the signing config. Both come from the repository, as it is now, where no file names the latter.
 *
 * @returns undefined where the flags name no services
 * @throws CommandError USAGE; SigningError TRUSTED_ROOT_INVALID, SIGNING_CONFIG_INVALID; TufError, HttpError
 */
export async function signingTrustOf(
  values: TrustValues & { readonly 'signing-config'?: string | undefined },
): Promise<SigningTrust | undefined> {
  const { 'signing-config': file, 'tuf-mirror': mirror, 'trusted-root': rootFile } = values;
  demandOneTrust(values);
  const given = file === undefined ? undefined : readSigningConfig(readInput(file));
  if (mirror === undefined) {
    if (rootFile !== undefined && given === undefined)
      throw new CommandError('USAGE', '--trusted-root goes with --signing-config: nothing else looks at it');
    if (given !== undefined && rootFile === undefined)
      throw new CommandError(
        'USAGE',
        '--signing-config goes with --trusted-root or --tuf-mirror: what is signed is verified before it is written',
      );
    if (given === undefined || rootFile === undefined) return undefined;
    return { trustedRoot: readTrustedRoot(readInput(rootFile)), config: given };
  }
  const untold = untoldTrust(values);
  if (untold !== undefined && values.quiet !== true) tell(`not checked: ${untold}`);
  const { sigstoreRepository } = await import('./tuf.ts');
  // Services come and go, and who signs asks them in any case.
  const repository = sigstoreRepository(mirror, values, 'newest');
  const bytes = await repository.trustedRoot();
  const trustedRoot = fromRepository(mirror, () => readTrustedRoot(bytes));
  if (given !== undefined) return { trustedRoot, config: given };
  const config = await repository.signingConfig();
  if (config !== undefined)
    return { trustedRoot, config: fromRepository(mirror, () => readSigningConfig(config)) };
  throw new CommandError('USAGE', `${mirror} has no signing config: give --signing-config FILE`);
}

/**
 * Refuses flags that would name two things to trust, or none.
 *
 * @throws CommandError USAGE
 */
function demandOneTrust(values: TrustValues): void {
  const { 'trusted-root': file, 'tuf-mirror': mirror, 'tuf-root': first } = values;
  if (mirror === undefined && first !== undefined)
    throw new CommandError('USAGE', '--tuf-root goes with --tuf-mirror URL, the repository that it is of');
  if (mirror !== undefined && file !== undefined)
    throw new CommandError(
      'USAGE',
      '--trusted-root and --tuf-mirror do not go together: each says what is trusted',
    );
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
