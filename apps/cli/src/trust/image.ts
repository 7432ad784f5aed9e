import { type ImageSource, type LoadedManifest, parseReference } from '@keelson/oci';
import { configuredCredentials, openSource, resolveReference } from '@keelson/registry';

/** Flags of verbs that read images. */
export const imageFlags = {
  'allow-http-registry': { type: 'boolean' },
} as const;

export const imageHelp = `  --allow-http-registry
                       read registries over plain HTTP; those on this machine are in any case`;

/** An image in its opened source. Its tag was resolved once: all that follows goes by the digest. */
export interface OpenedImage {
  readonly source: ImageSource;
  readonly loaded: LoadedManifest;
}

/**
 * Opens an image, gives it to `use`, and closes it.
 *
 * @param name `registry/repository:tag`, `@digest`, `oci:PATH`, `docker-archive:PATH`, `dir:PATH`
 * @throws OciError, RegistryError, HttpError and what `use` throws
 */
export async function withImage<T>(
  name: string,
  values: { readonly 'allow-http-registry'?: boolean | undefined },
  use: (image: OpenedImage) => Promise<T>,
): Promise<T> {
  const reference = parseReference(name);
  const source = await openSource(reference, {
    credentials: configuredCredentials(),
    plainHttp: values['allow-http-registry'] === true,
  });
  try {
    return await use({ source, loaded: await resolveReference(source, reference) });
  } finally {
    await source.close();
  }
}
