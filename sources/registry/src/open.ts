import {
  type ImageReference,
  type ImageSource,
  type ImageStore,
  type LoadedManifest,
  OciError,
  type RegistryReference,
} from '@keelson/oci';
import type { RegistryOptions } from './client.ts';
import { defaultRegistryLimits, type RegistryLimits } from './limits.ts';
import type { RegistryRepository } from './repository.ts';
import { FolderTree } from './stores/folder-tree.ts';
import { ImageFolder } from './stores/image-folder.ts';
import { OciLayoutFolder } from './stores/oci-layout-folder.ts';

// The ways to registries and archives are long, and who reads a folder needs neither: each is loaded when it is taken.

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
      return await openRepository(reference, options);
    case 'oci':
      return await OciLayoutFolder.openFolder(reference.path, limits);
    case 'dir':
      return new ImageFolder(await FolderTree.open(reference.path), limits);
    case 'oci-archive':
    case 'docker-archive': {
      const { openArchive } = await import('./stores/open-archive.ts');
      return await openArchive(reference.kind, reference.path, limits);
    }
  }
}

async function openRepository(
  { registry, repository }: RegistryReference,
  options: RegistryOptions,
): Promise<RegistryRepository> {
  const { RegistryClient } = await import('./client.ts');
  const { RegistryRepository } = await import('./repository.ts');
  return new RegistryRepository(new RegistryClient(registry, options), repository);
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
  if (reference.kind === 'registry') return await openRepository(reference, options);
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
