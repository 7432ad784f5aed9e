import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkedReferrers,
  cosignTag,
  digestOf,
  mediaTypes,
  parseDigest,
  parseReference,
  readBlob,
  writeManifest,
} from '@keelson/oci';
import { openStore, resolveReference } from '@keelson/registry';

/** A signature as cosign 1 and 2 keep it. */
export interface SignatureLayer {
  readonly mediaType: string;
  readonly blob: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A registry on loopback that anybody may write to. */
export interface ShopRegistry extends AsyncDisposable {
  /** Host and port, as a reference has them. */
  readonly host: string;
}

/** A folder and a registry of one interop run. Both go away with it. */
export class Workshop implements AsyncDisposable {
  readonly folder: string;
  readonly registry: ShopRegistry;
  #images = 0;

  private constructor(folder: string, registry: ShopRegistry) {
    this.folder = folder;
    this.registry = registry;
  }

  static open(registry: ShopRegistry): Workshop {
    return new Workshop(mkdtempSync(join(tmpdir(), 'keelson-interop-')), registry);
  }

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Pushes an image of its own: `host/repository@digest`. */
  async image(): Promise<string> {
    this.#images++;
    const repository = `interop/app-${this.#images}`;
    const store = await openStore(parseReference(`${this.registry.host}/${repository}:1.0`));
    const config = Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        rootfs: { type: 'layers', diff_ids: [] },
        config: { Labels: { number: String(this.#images) } },
      }),
    );
    const described = { digest: digestOf(config), size: config.length };
    await store.putBlob(described, () => config);
    const manifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...described },
      layers: [],
    };
    const { digest } = await store.putManifest(
      Buffer.from(JSON.stringify(manifest)),
      mediaTypes.ociManifest,
      '1.0',
    );
    await store.close();
    return `${this.registry.host}/${repository}@${digest}`;
  }

  /** Puts the bundles that refer to one image beside another, as somebody does who can write to the registry. */
  async swapSignatures(from: string, to: string): Promise<void> {
    const [source, target] = [parseReference(from), parseReference(to)];
    const [taken, kept] = [await openStore(source), await openStore(target)];
    const [image, other] = [await resolveReference(taken, source), await resolveReference(kept, target)];
    for (const { bytes, manifest } of (await checkedReferrers(taken, image.digest, undefined)).referrers) {
      if (manifest.kind !== 'manifest') continue;
      for (const blob of [manifest.config, ...manifest.layers]) {
        const content = await readBlob(taken, blob, 1 << 20);
        await kept.putBlob(blob, () => content);
      }
      const text = Buffer.from(bytes).toString('utf8').replaceAll(image.digest, other.digest);
      await kept.putManifest(Buffer.from(text), mediaTypes.ociManifest);
    }
    await Promise.all([taken.close(), kept.close()]);
  }

  /**
   * Writes the first signature at the `.sig` tag of an image anew, changed.
   *
   * @returns what puts the tag back as it was
   */
  async rewriteSignature(
    image: string,
    change: (layer: SignatureLayer) => SignatureLayer,
  ): Promise<() => Promise<void>> {
    return await this.#writeSignature(image, image, change);
  }

  /** Puts the signature at the `.sig` tag of one image at that of another. */
  async copySignature(from: string, to: string): Promise<void> {
    await this.#writeSignature(from, to, (layer) => layer);
  }

  async #writeSignature(
    from: string,
    to: string,
    change: (layer: SignatureLayer) => SignatureLayer,
  ): Promise<() => Promise<void>> {
    const [source, target] = [await openStore(parseReference(from)), await openStore(parseReference(to))];
    const before = await source.resolve(sigTagOf(from));
    const layer = before.manifest.kind === 'manifest' ? before.manifest.layers[0] : undefined;
    if (before.manifest.kind !== 'manifest' || layer === undefined)
      throw new Error(`${from} has no signature`);
    const { mediaType, blob, annotations } = change({
      mediaType: layer.mediaType,
      blob: await readBlob(source, layer, 1 << 20),
      annotations: Object.fromEntries(layer.annotations),
    });
    const [config, digest] = [await readBlob(source, before.manifest.config, 1 << 20), digestOf(blob)];
    await target.putBlob(before.manifest.config, () => config);
    await target.putBlob({ digest, size: blob.length }, () => blob);
    const manifest = writeManifest({
      ...before.manifest,
      layers: [{ mediaType, digest, size: blob.length, annotations: new Map(Object.entries(annotations)) }],
    });
    await target.putManifest(manifest, before.mediaType, sigTagOf(to));
    return async () => {
      await target.putManifest(before.bytes, before.mediaType, sigTagOf(to));
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The tag of the signatures of an image that is named by its digest. */
function sigTagOf(image: string): string {
  return cosignTag(parseDigest(image.slice(image.indexOf('@') + 1)), 'sig');
}
