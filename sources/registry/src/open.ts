import {
  type ImageReference,
  type ImageSource,
  type ImageStore,
  type LoadedManifest,
  OciError,
} from '@keelson/oci';
import { RegistryClient, type RegistryOptions } from './client.ts';
import { defaultRegistryLimits, type RegistryLimits } from './limits.ts';
import { RegistryRepository } from './repository.ts';
import { DockerArchive } from './stores/docker-archive.ts';
import { FolderTree } from './stores/folder-tree.ts';
import { ImageFolder } from './stores/image-folder.ts';
import { OciLayout } from './stores/oci-layout.ts';
import { OciLayoutFolder } from './stores/oci-layout-folder.ts';
import { TarTree } from './stores/tar-tree.ts';

/**
 * Opens what a reference names, whatever kind of place it is. Close it at the end.
 *
 * @throws RegistryError STORE_UNREADABLE, STORE_INVALID, REGISTRY_LIMIT
 */
export async function openSource(
  reference: ImageReference,
  options: RegistryOptions = {},
): Promise<ImageSource> {
  const limits = limitsOf(options);
  switch (reference.kind) {
    case 'registry':
      return new RegistryRepository(new RegistryClient(reference.registry, options), reference.repository);
    case 'oci':
      return await OciLayoutFolder.openFolder(reference.path, limits);
    case 'dir':
      return new ImageFolder(await FolderTree.open(reference.path), limits);
    case 'oci-archive':
      return await inArchive(reference.path, limits, OciLayout.open);
    case 'docker-archive':
      return await inArchive(reference.path, limits, DockerArchive.open);
  }
}

async function inArchive(
  path: string,
  limits: RegistryLimits,
  open: (tree: TarTree, limits: RegistryLimits) => Promise<ImageSource>,
): Promise<ImageSource> {
  const tree = await TarTree.open(path, limits);
  try {
    return await open(tree, limits);
  } catch (error) {
    await tree.close();
    throw error;
  }
}

/**
 * Opens what a reference names to write to it: a registry, or an image layout in a folder, which is made where there is none.
 *
 * @throws OciError REFERENCE_INVALID for another kind of place; RegistryError STORE_UNWRITABLE, STORE_INVALID
 */
export async function openStore(
  reference: ImageReference,
  options: RegistryOptions = {},
): Promise<ImageStore> {
  if (reference.kind === 'registry')
    return new RegistryRepository(new RegistryClient(reference.registry, options), reference.repository);
  if (reference.kind === 'oci') return await OciLayoutFolder.create(reference.path, limitsOf(options));
  throw new OciError('REFERENCE_INVALID', `${reference.kind}:${reference.path} can only be read`);
}

/** The image that a reference names in its opened source. A registry's is the tag `latest` where it says nothing. */
export async function resolveReference(
  source: ImageSource,
  reference: ImageReference,
): Promise<LoadedManifest> {
  if ('digest' in reference && reference.digest !== undefined) return await source.resolve(reference.digest);
  if (reference.kind === 'registry') return await source.resolve(reference.tag ?? 'latest');
  return await source.resolve(reference.kind === 'dir' ? undefined : reference.name);
}

function limitsOf({ limits }: RegistryOptions): RegistryLimits {
  return Object.freeze({ ...defaultRegistryLimits, ...limits });
}
