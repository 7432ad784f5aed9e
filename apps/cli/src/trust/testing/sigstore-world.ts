import { TestSigstore, type TestSigstoreOptions } from '@keelson/sigstore-testing';
import { keelsonBeside, type RunResult, withFolderAsync } from '../../testing/run.ts';

export const email = 'dev@example.com';
export const services = ['--signing-config', 'sc.json', '--trusted-root', 'tr.json'];

export interface World {
  readonly sigstore: TestSigstore;
  readonly folder: string;
  readonly run: (...args: string[]) => Promise<RunResult>;
  /** `keelson sign` of a file, by a new token. */
  readonly sign: (file?: string) => Promise<RunResult>;
  readonly verify: (...args: string[]) => Promise<RunResult>;
}

/** A Sigstore, and a folder with its trusted root and signing config. */
export async function inWorld(
  options: TestSigstoreOptions,
  use: (world: World) => Promise<void>,
): Promise<void> {
  await using sigstore = await TestSigstore.start(options);
  const files = {
    'sc.json': sigstore.signingConfig,
    'tr.json': sigstore.trustedRoot,
    'a.txt': 'a',
    'b.txt': 'b',
  };
  await withFolderAsync(files, async (folder) => {
    const run = (...args: string[]) => keelsonBeside(folder, args);
    await use({
      sigstore,
      folder,
      run,
      sign: (file = 'a.txt') =>
        run('sign', ...services, '--identity-token', sigstore.token(), '--bundle', `${file}.bundle`, file),
      verify: (...args) => run('verify', '--trusted-root', 'tr.json', ...identity(sigstore), ...args),
    });
  });
}

export const identity = ({ url }: TestSigstore, subject = email) => [
  ...['--certificate-identity', subject],
  ...['--certificate-oidc-issuer', url],
];
