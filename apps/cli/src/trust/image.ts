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

/** The flag of a verb that says that what is named is a file, and no image. */
export type FileFlag = 'bundle' | 'signature' | 'provenance' | 'attestation';

/** A reference as it may be opened. @throws OciError; CommandError USAGE where the network may not be asked for it */
function referenceOf(name: string, { offline }: ImageValues, fileFlag: FileFlag | undefined): ImageReference {
  const reference = referenceIn(name, fileFlag);
  if (offline === true && reference.kind === 'registry')
    throw new CommandError(
      'USAGE',
      `--offline: ${reference.repository} is in a registry (${reference.registry}); copy it with its signatures, and give oci:FOLDER`,
    );
  if (reference.kind !== 'registry') noteImageRead(reference.path);
  return reference;
}

/** @throws OciError; CommandError USAGE for a path that names no kind of image, or no image at all */
function referenceIn(name: string, fileFlag: FileFlag | undefined): ImageReference {
  const kind = kindOf(name);
  const asFile = fileFlag === undefined ? '' : `for the file give --${fileFlag} FILE, `;
  const inFile = `${name} is a file: ${asFile}for an image in it oci-archive:${name} or docker-archive:${name}`;
  let reference: ImageReference;
  try {
    reference = parseReference(name);
  } catch (error) {
    if (kind === undefined) throw error;
    const inFolder = `${name} is a folder: for an image in it give oci:${name} or dir:${name}`;
    throw new CommandError('USAGE', kind === 'file' ? inFile : inFolder, { cause: error });
  }
  if (kind === 'file' && reference.kind === 'registry' && reference.digest === undefined)
    throw new CommandError(
      'USAGE',
      `${inFile}, for one of a registry ${reference.registry}/${reference.repository}`,
    );
  return reference;
}

function kindOf(name: string): 'file' | 'folder' | undefined {
  try {
    const stats = statSync(name);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : undefined;
  } catch {
    return undefined;
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
 * @param fileFlag for the message to who names a file
 * @throws OciError, RegistryError, HttpError and what `use` throws
 */
export async function withImage<T>(
  name: string,
  values: ImageValues,
  use: (image: OpenedImage) => Promise<T>,
  fileFlag?: FileFlag,
): Promise<T> {
  const reference = referenceOf(name, values, fileFlag);
  const source = await openSource(reference, optionsOf(values));
  try {
    const repository =
      reference.kind === 'registry' ? `${reference.registry}/${reference.repository}` : reference.path;
    return await use({ source, loaded: await resolved(source, reference), repository });
  } catch (error) {
    throw blamed(error, reference);
  } finally {
    await source.close();
  }
}

/** The same to write beside it: a registry's image, or one in `oci:PATH`. */
export async function withImageStore<T>(
  name: string,
  values: ImageValues,
  use: (image: OpenedStore) => Promise<T>,
  fileFlag: FileFlag,
): Promise<T> {
  const reference = referenceOf(name, values, fileFlag);
  // A store makes a layout where there is none, and a signature of nothing is none.
  if (reference.kind === 'oci') await withImage(name, values, async () => undefined);
  const store = await openStore(reference, optionsOf(values));
  try {
    const loaded = await resolved(store, reference);
    if (reference.kind === 'registry' && reference.digest === undefined && values.quiet !== true)
      tell(
        `${name} is a tag, which may mean another image soon: what is signed is ${store.name}@${loaded.digest}`,
      );
    return await use({ store, loaded, name: store.name });
  } catch (error) {
    throw blamed(error, reference);
  } finally {
    await store.close();
  }
}

/** A local image that is not there was named wrongly; in a registry it may be there tomorrow. @throws CommandError USAGE */
async function resolved(source: ImageSource, reference: ImageReference): Promise<LoadedManifest> {
  try {
    return await resolveReference(source, reference);
  } catch (error) {
    if (reference.kind === 'registry' || !isKeelsonError(error) || error.code !== 'CONTENT_NOT_FOUND')
      throw error;
    throw new CommandError('USAGE', error.message, { cause: error });
  }
}

/** Codes of faults in what an image is kept in, which its place gave, be it a registry or a folder. */
const ofManifests = /^(?:MANIFEST|DIGEST)_/;
/** Those of the signatures that a registry gave. In a folder of one's own they are the caller's. */
const ofSignatures = /^(?:SIGNING_LIMIT|BUNDLE_UNSUPPORTED|BUNDLE_INVALID|SIGNATURES_CHANGING)$/;

function blamed(error: unknown, { kind }: ImageReference): unknown {
  if (!isKeelsonError(error)) return error;
  const isTheirs = ofManifests.test(error.code) || (kind === 'registry' && ofSignatures.test(error.code));
  return isTheirs ? blameOutside(error) : error;
}
