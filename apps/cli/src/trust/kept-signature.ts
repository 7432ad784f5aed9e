import {
  artifactOfBytes,
  artifactOfDigest,
  attachBundle,
  attachLayer,
  bundleOfLayer,
  cosignSignPredicate,
  imageStatement,
  layerOfBundle,
  readBundle,
  signBlob,
  signPieces,
  signStatement,
  writeSimpleSigning,
} from '@keelson/signing';
import { CommandError } from '../errors.ts';
import type { OpenedStore } from './image.ts';
import type { Signing } from './key-flags.ts';
import { openInput } from './large-input.ts';

/** The bundle of a file, verified as far as others had a part in it; and the file's digest. */
export async function signedFile(
  { options, form, check }: Signing,
  file: string,
): Promise<{ readonly bundle: string; readonly digest: string }> {
  demandBundle(form);
  const input = openInput(file);
  const { bundle, artifact } =
    input.kind === 'held'
      ? { bundle: await signBlob(input.bytes, options), artifact: artifactOfBytes(input.bytes) }
      : await signPieces(input.pieces(), options);
  check(readBundle(bundle), artifact);
  return { bundle, digest: `sha256:${Buffer.from(artifact.digest('sha256') ?? []).toString('hex')}` };
}

/** The bundle of a statement about a file. */
export async function signedStatement(
  { options, form, check }: Signing,
  statement: Uint8Array,
  digest: string,
): Promise<string> {
  demandBundle(form);
  const bundle = await signStatement(statement, options);
  check(readBundle(bundle), artifactOfDigest(digest));
  return bundle;
}

/** Signs an image, and keeps the signature beside it. */
export async function keepSignature(
  signing: Signing,
  image: OpenedStore,
  annotations: ReadonlyMap<string, string>,
): Promise<void> {
  const { digest } = image.loaded;
  if (signing.form === 'bundle') {
    await keepStatement(signing, image, {
      statement: imageStatement(digest, annotations),
      predicateType: cosignSignPredicate,
    });
    return;
  }
  const payload = writeSimpleSigning({ digest, reference: image.name, annotations });
  await keepLayer(signing, image, { kind: 'sig', bundle: await signBlob(payload, signing.options), payload });
}

/** Signs a statement about an image, and keeps it beside it. */
export async function keepStatement(
  signing: Signing,
  image: OpenedStore,
  { statement, predicateType }: { readonly statement: Uint8Array; readonly predicateType: string },
): Promise<void> {
  const { store, loaded } = image;
  const bundle = await signStatement(statement, signing.options);
  if (signing.form === 'tag') {
    await keepLayer(signing, image, { kind: 'att', bundle });
    return;
  }
  signing.check(readBundle(bundle), artifactOfDigest(loaded.digest));
  await attachBundle(store, loaded, bundle, { predicateType, created: Date.now() });
}

/** What is kept is less than what was answered, so it is that which is verified. */
async function keepLayer(
  { check }: Signing,
  { store, loaded }: OpenedStore,
  made: { readonly kind: 'sig' | 'att'; readonly bundle: string; readonly payload?: Uint8Array },
): Promise<void> {
  const { kind, payload } = made;
  const layer = layerOfBundle(readBundle(made.bundle), payload);
  const kept = bundleOfLayer(layer, layer.bytes);
  check(kept, payload === undefined ? artifactOfDigest(loaded.digest) : artifactOfBytes(payload));
  await attachLayer(store, loaded.digest, kind, layer);
}

function demandBundle(form: Signing['form']): void {
  if (form === 'tag')
    throw new CommandError(
      'USAGE',
      '--new-bundle-format=false is of images: the signature of a file is a bundle',
    );
}
