import {
  readSigningConfig,
  readTrustedRoot,
  type SigningConfig,
  SigningError,
  type TrustedRoot,
} from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { tell } from '../stderr.ts';
import { readFrom } from './input.ts';
import { type TrustValues, untoldTrust } from './trust-flags.ts';

/**
 * What is trusted: as a file has it, or a repository of The Update Framework. Nothing is asked but the repository that was named.
 *
 * @returns undefined where the flags name nothing
 * @throws CommandError USAGE; SigningError TRUSTED_ROOT_INVALID; TufError, HttpError
 */
export async function trustedRootOf(values: TrustValues): Promise<TrustedRoot | undefined> {
  const { 'trusted-root': file, 'tuf-mirror': mirror } = values;
  demandOneTrust(values);
  if (file !== undefined) return readFrom(file, readTrustedRoot);
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
  const given = file === undefined ? undefined : readFrom(file, readSigningConfig);
  if (mirror === undefined) {
    if (rootFile !== undefined && given === undefined)
      throw new CommandError('USAGE', '--trusted-root goes with --signing-config: nothing else looks at it');
    if (given !== undefined && rootFile === undefined)
      throw new CommandError(
        'USAGE',
        '--signing-config goes with --trusted-root or --tuf-mirror: what is signed is verified before it is written',
      );
    if (given === undefined || rootFile === undefined) return undefined;
    return { trustedRoot: readFrom(rootFile, readTrustedRoot), config: given };
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
