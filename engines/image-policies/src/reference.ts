import { OciError, parseRegistryReference, type RegistryReference } from '@keelson/oci';

/** What an image's name says; undefined for one on disk, which has no name in a registry and goes by what was written. */
export function registryReference(image: string): RegistryReference | undefined {
  try {
    return parseRegistryReference(image);
  } catch (error) {
    if (error instanceof OciError) return undefined;
    throw error;
  }
}

/** A name with the digest and with the tag of a reference: with `latest` where it has neither. */
export function specificNames(name: string, { tag, digest }: RegistryReference): readonly string[] {
  return [
    ...(digest === undefined ? [] : [`${name}@${digest}`]),
    ...(tag !== undefined || digest === undefined ? [`${name}:${tag ?? 'latest'}`] : []),
  ];
}
