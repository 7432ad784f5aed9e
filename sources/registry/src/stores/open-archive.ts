import type { ImageSource } from '@keelson/oci';
import type { RegistryLimits } from '../limits.ts';
import { DockerArchive } from './docker-archive.ts';
import { OciLayout } from './oci-layout.ts';
import { TarTree } from './tar-tree.ts';

/** @throws RegistryError STORE_UNREADABLE, STORE_INVALID, REGISTRY_LIMIT */
export async function openArchive(
  kind: 'oci-archive' | 'docker-archive',
  path: string,
  limits: RegistryLimits,
): Promise<ImageSource> {
  const tree = await TarTree.open(path, limits);
  try {
    return await (kind === 'oci-archive' ? OciLayout : DockerArchive).open(tree, limits);
  } catch (error) {
    await tree.close();
    throw error;
  }
}
