import { statSync } from 'node:fs';
import { isKeelsonError } from '@keelson/core';
import {
  type ImageReference,
  type ImageSource,
  type ImageStore,
  type LoadedManifest,
  parseReference,
} from '@keelson/oci';
import { configuredCredentials, openSource, openStore, resolveReference } from '@keelson/registry';
import { blameOutside, CommandError } from '../errors.ts';
import { tell } from '../stderr.ts';
import { noteImageRead } from './files-read.ts';
import type { ImageValues } from './image-flags.ts';

/** An image in its opened source. Its tag was resolved once: all that follows goes by the digest. */
export interface OpenedImage {
  readonly source: ImageSource;
  readonly loaded: LoadedManifest;
  /** `registry/repository`, or the place of a local image: what policies choose images by. */
  readonly repository: string;
}

/** An image in a place that can be written to. */
export interface OpenedStore {
  readonly store: ImageStore;
  readonly loaded: LoadedManifest;
  /** Without tag and digest. */
  readonly name: string;
}

/** A reference as it may be opened. @throws OciError; CommandError USAGE where the network may not be asked for it */
function referenceOf(name: string, { offline }: ImageValues): ImageReference {
  const reference = parseReference(name);
  if (offline === true && reference.kind === 'registry')
    throw new CommandError(
      'USAGE',
      `--offline: ${reference.repository} is in a registry (${reference.registry}); copy it with its signatures, and give oci:FOLDER`,
    );
  if (reference.kind === 'registry' && reference.digest === undefined && isFile(name))
    throw new CommandError(
      'USAGE',
      `${name} is a file: for the file give --bundle FILE, for an image in it oci-archive:${name} or docker-archive:${name}, for one of a registry ${reference.registry}/${reference.repository}`,
    );
  if (reference.kind !== 'registry') noteImageRead(reference.path);
  return reference;
}

function isFile(name: string): boolean {
  try {
    return statSync(name).isFile();
  } catch {
    return false;
  }
}

const optionsOf = (values: ImageValues) => ({
  credentials: configuredCredentials(),
  plainHttp: values['allow-http-registry'] === true,
});

/**
 * Opens an image, gives it to `use`, and closes it.
 *
 * @param name `registry/repository:tag`, `@digest`, `oci:PATH`, `docker-archive:PATH`, `dir:PATH`
 * @throws OciError, RegistryError, HttpError and what `use` throws
 */
export async function withImage<T>(
  name: string,
  values: ImageValues,
  use: (image: OpenedImage) => Promise<T>,
): Promise<T> {
  const reference = referenceOf(name, values);
  const source = await openSource(reference, optionsOf(values));
  try {
    const repository =
      reference.kind === 'registry' ? `${reference.registry}/${reference.repository}` : reference.path;
    return await use({ source, loaded: await resolveReference(source, reference), repository });
  } catch (error) {
    throw reference.kind === 'registry' && isOfContent(error) ? blameOutside(error) : error;
  } finally {
    await source.close();
  }
}

/** The same to write beside it: a registry's image, or one in `oci:PATH`. */
export async function withImageStore<T>(
  name: string,
  values: ImageValues,
  use: (image: OpenedStore) => Promise<T>,
): Promise<T> {
  const reference = referenceOf(name, values);
  // A store makes a layout where there is none, and a signature of nothing is none.
  if (reference.kind === 'oci') await withImage(name, values, async () => undefined);
  const store = await openStore(reference, optionsOf(values));
  try {
    const loaded = await resolveReference(store, reference);
    if (reference.kind === 'registry' && reference.digest === undefined && values.quiet !== true)
      tell(
        `${name} is a tag, which may mean another image soon: what is signed is ${store.name}@${loaded.digest}`,
      );
    return await use({ store, loaded, name: store.name });
  } catch (error) {
    throw reference.kind === 'registry' && isOfContent(error) ? blameOutside(error) : error;
  } finally {
    await store.close();
  }
}

/** Codes of faults in what a source gave: manifests, and signatures by what they are kept in. */
const ofContent =
  /^(?:MANIFEST_.*|DIGEST_.*|SIGNING_LIMIT|BUNDLE_UNSUPPORTED|BUNDLE_INVALID|SIGNATURES_CHANGING)$/;

function isOfContent(error: unknown): boolean {
  return isKeelsonError(error) && ofContent.test(error.code);
}
