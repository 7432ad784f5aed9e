import { spawn } from 'node:child_process';
import { type CredentialPlace, type Credentials, parseHelperAnswer } from '@keelson/oci';
import { RegistryError } from './errors.ts';
import { defaultRegistryLimits } from './limits.ts';

export interface HelperOptions {
  /** Its `PATH` says where helpers are. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly helperMilliseconds?: number;
}

const maxAnswerBytes = 64 * 1024;
/** What helpers say where they have nothing for an address (docker/docker-credential-helpers, credentials/error.go). */
const nothing = /credentials not found in native keychain|no credentials server URL|no credentials username/i;

/**
 * Asks a program `docker-credential-NAME` for the credentials of an address: the address goes to its stdin, JSON comes back. It is
 * started by itself, by no shell.
 *
 * @returns undefined where the helper has none for the address.
 * @throws RegistryError CREDENTIALS_UNAVAILABLE; OciError AUTH_CONFIG_INVALID
 */
export async function askCredentialHelper(
  { name, address }: Extract<CredentialPlace, { kind: 'helper' }>,
  {
    environment = process.env,
    helperMilliseconds = defaultRegistryLimits.helperMilliseconds,
  }: HelperOptions = {},
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  const fault = (reason: string) => new RegistryError('CREDENTIALS_UNAVAILABLE', `${program}: ${reason}`);
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const child = spawn(program, ['get'], {
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'ignore'],
    shell: false,
  });
  const pieces: Uint8Array[] = [];
  let size = 0;
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    reject(fault(`took longer than helperMilliseconds (${helperMilliseconds})`));
  }, helperMilliseconds);
  child.on('error', (error) => reject(fault(reasonOf(error))));
  child.stdout.on('data', (piece: Uint8Array) => {
    size += piece.length;
    if (size <= maxAnswerBytes) pieces.push(piece);
    else {
      child.kill('SIGKILL');
      reject(fault(`its answer has more than ${maxAnswerBytes} bytes`));
    }
  });
  child.on('close', (status) => {
    const answer = Buffer.concat(pieces).toString('utf8');
    if (status === 0) resolve(answer);
    // A helper that fails writes why to stdout. It is not shown: it may hold what it should not.
    else if (nothing.test(answer)) resolve(undefined);
    else reject(fault(`it failed with status ${status}`));
  });
  // A helper that ends without reading is judged by its status.
  child.stdin.on('error', () => undefined);
  child.stdin.end(address);
  try {
    const answer = await promise;
    return answer === undefined ? undefined : parseHelperAnswer(answer, name);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: Error): string {
  return 'code' in error && error.code === 'ENOENT' ? 'there is no such program' : 'it cannot be started';
}
