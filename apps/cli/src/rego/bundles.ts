import type { VerificationKey } from '@keelson/rego';
import {
  type BundleCredentials,
  BundleLoader,
  type BundleOptions,
  bundleLocation,
  type LoadedBundle,
} from '@keelson/rego-bundles';
import { CommandError } from '../errors.ts';
import { ignoring } from './files.ts';

/**
 * Loads bundles from folders, archives, servers and registries.
 *
 * @throws RegoError `bundle_error` for what is wrong in one; BundleError, HttpError, OciError, RegistryError where it cannot be had
 */
export async function loadBundles(
  names: readonly string[],
  ignored: readonly string[],
  verification?: VerificationKey,
): Promise<LoadedBundle[]> {
  const locations = names.map(bundleLocation);
  const urls = locations.flatMap((location) => (location.kind === 'url' ? [location.url] : []));
  const options: BundleOptions = {
    verification,
    isIgnored: ignoring(ignored),
    credentials: tokenFor(urls, process.env['KEELSON_BUNDLE_TOKEN']),
    ...(locations.some(({ kind }) => kind === 'image') ? { registry: await registryOptions() } : {}),
  };
  const loader = new BundleLoader(options);
  return await Promise.all(names.map((name) => loader.load(name)));
}

/** The credentials that docker and podman have. */
async function registryOptions(): Promise<NonNullable<BundleOptions['registry']>> {
  const { configuredCredentials } = await import('@keelson/registry');
  return { credentials: configuredCredentials() };
}

/**
 * The token of the environment goes to one server, whichever it is.
 *
 * @throws CommandError USAGE where bundles of several servers are named.
 */
function tokenFor(
  urls: readonly string[],
  token: string | undefined,
): (url: URL) => BundleCredentials | undefined {
  const origins = new Set(urls.map((url) => URL.parse(url)?.origin));
  if (token === undefined || token === '') return () => undefined;
  if (origins.size > 1)
    throw new CommandError(
      'USAGE',
      'KEELSON_BUNDLE_TOKEN is for one server, and bundles of several are named',
    );
  return () => ({ kind: 'bearer', token });
}

/** The name under which a module of a bundle stands in messages. */
export function moduleFile(
  { name, isArchive }: Pick<LoadedBundle, 'name' | 'isArchive'>,
  module: string,
): string {
  return isArchive ? `${name}:/${module}` : `${name.replace(/\/+$/, '').replace(/^\.\//, '')}/${module}`;
}
