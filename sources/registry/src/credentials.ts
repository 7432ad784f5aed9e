import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type AuthConfig, type Credentials, credentialPlace, parseAuthConfig } from '@keelson/oci';
import { askCredentialHelper, type HelperOptions } from './credential-helper.ts';
import { RegistryError } from './errors.ts';

/** Finds what proves to a registry who asks; undefined for nobody. */
export type CredentialProvider = (registry: string, repository: string) => Promise<Credentials | undefined>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where podman, skopeo and docker keep credentials, in the order in which they are looked at. The first file that has some for a
 * registry counts (containers-auth.json(5); Docker's `config.json`).
 */
export function authFiles(environment: Environment = process.env, home: string = homedir()): string[] {
  const {
    REGISTRY_AUTH_FILE: own,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: config,
    DOCKER_CONFIG: docker,
  } = environment;
  return [
    ...(own === undefined || own === '' ? [] : [own]),
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'containers/auth.json')]),
    join(config === undefined || config === '' ? join(home, '.config') : config, 'containers/auth.json'),
    join(docker === undefined || docker === '' ? join(home, '.docker') : docker, 'config.json'),
  ];
}

/**
 * The credentials that docker and podman would use: those in `DOCKER_AUTH_CONFIG`, then those of `authFiles`.
 *
 * @throws OciError AUTH_CONFIG_INVALID; RegistryError CREDENTIALS_UNAVAILABLE, when they are first asked for
 */
export function configuredCredentials(
  environment: Environment = process.env,
  home: string = homedir(),
): CredentialProvider {
  const { DOCKER_AUTH_CONFIG: text = '' } = environment;
  return credentialsFrom(
    () => [
      parseAuthConfig(text, 'DOCKER_AUTH_CONFIG'),
      ...authFiles(environment, home).flatMap(readAuthFile),
    ],
    { environment },
  );
}

/**
 * Credentials from files, and from the helpers that they name. Files are read once, when they are first needed; one that is not
 * there is passed over.
 */
export function credentialsFromFiles(
  files: readonly string[],
  helpers: HelperOptions = {},
): CredentialProvider {
  return credentialsFrom(() => files.flatMap(readAuthFile), helpers);
}

function credentialsFrom(read: () => readonly AuthConfig[], helpers: HelperOptions): CredentialProvider {
  let configs: readonly AuthConfig[] | undefined;
  return async (registry, repository) => {
    configs ??= read();
    for (const config of configs) {
      const place = credentialPlace(config, registry, repository);
      if (place === undefined) continue;
      const found = place.kind === 'helper' ? await askCredentialHelper(place, helpers) : place.credentials;
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

const maxFileBytes = 1024 * 1024;

/** @throws OciError AUTH_CONFIG_INVALID; RegistryError CREDENTIALS_UNAVAILABLE */
function readAuthFile(file: string): AuthConfig[] {
  const fault = (reason: string) =>
    new RegistryError('CREDENTIALS_UNAVAILABLE', reason, { location: { file } });
  let text: string;
  try {
    if (statSync(file).size > maxFileBytes) throw fault(`larger than ${maxFileBytes} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw fault(`cannot be read (${code})`);
  }
  return [parseAuthConfig(text, file)];
}

/** One pair for all registries that are asked. */
export function fixedCredentials(credentials: Credentials): CredentialProvider {
  return async () => credentials;
}

/** No credentials, whatever files there are. */
export const anonymous: CredentialProvider = async () => undefined;
