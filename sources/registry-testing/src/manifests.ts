import {
  algorithmOf,
  bareMediaType,
  type Digest,
  descriptorJson,
  digestOf,
  isDigest,
  isTag,
  mediaTypes,
} from '@keelson/oci';
import { digestFrom, unsupported } from './blobs.ts';
import type { Exchange } from './exchange.ts';
import { RegistryFault } from './fault.ts';
import type { Repository } from './repository.ts';

const maxManifestBytes = 4 * 1024 * 1024;

/** What a registry may do or leave. */
export interface ManifestFeatures {
  /** The referrers API; without it clients keep the referrers in a tag. */
  readonly referrers: boolean;
  /** Tags, and referrers, in one answer. */
  readonly pageSize: number;
}

/** Manifests, tags and referrers of one repository (distribution-spec 1.1, end-3, end-7 to end-9, end-12). */
export class ManifestRoutes {
  readonly #name: string;
  readonly #repository: Repository;
  readonly #features: ManifestFeatures;

  constructor(name: string, repository: Repository, features: ManifestFeatures) {
    this.#name = name;
    this.#repository = repository;
    this.#features = features;
  }

  async manifest(exchange: Exchange, reference: string): Promise<void> {
    if (exchange.method === 'PUT') {
      await this.#put(exchange, reference);
      return;
    }
    const isDelete = exchange.method === 'DELETE';
    if (isDelete && this.#repository.tags.delete(reference)) {
      exchange.answer(202);
      return;
    }
    const found = this.#repository.find(reference);
    if (found === undefined) throw new RegistryFault(404, 'MANIFEST_UNKNOWN', `${reference} is not there`);
    if (isDelete) {
      this.#repository.deleteManifest(found.digest);
      exchange.answer(202);
      return;
    }
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') throw unsupported(exchange);
    const headers = {
      'content-type': found.mediaType,
      'docker-content-digest': found.digest,
      'content-length': String(found.bytes.length),
    };
    exchange.answer(200, headers, found.bytes);
  }

  async #put(exchange: Exchange, reference: string): Promise<void> {
    const bytes = await exchange.body(maxManifestBytes);
    const mediaType = bareMediaType(exchange.header('content-type') ?? '');
    const digest = this.#digestOf(reference, bytes);
    const { manifest } = this.#repository.putManifest(bytes, mediaType, digest);
    if (!isDigest(reference)) this.#repository.tags.set(reference, digest);
    const subject = manifest.subject;
    exchange.answer(201, {
      location: `/v2/${this.#name}/manifests/${digest}`,
      'docker-content-digest': digest,
      ...(subject !== undefined && this.#features.referrers ? { 'oci-subject': subject.digest } : {}),
    });
  }

  #digestOf(reference: string, bytes: Uint8Array): Digest {
    if (isTag(reference)) return digestOf(bytes);
    const digest = digestFrom(reference);
    if (digestOf(bytes, algorithmOf(digest)) !== digest)
      throw new RegistryFault(400, 'DIGEST_INVALID', `the manifest does not have digest ${digest}`);
    return digest;
  }

  tags(exchange: Exchange): void {
    if (exchange.method !== 'GET') throw unsupported(exchange);
    const last = exchange.query.get('last') ?? '';
    const asked = exchange.query.get('n');
    if (asked !== null && !/^\d{1,6}$/.test(asked))
      throw new RegistryFault(400, 'PAGINATION_NUMBER_INVALID', 'n is no number');
    const count = Math.min(asked === null ? this.#features.pageSize : Number(asked), this.#features.pageSize);
    const all = [...this.#repository.tags.keys()].sort().filter((tag) => tag > last);
    const tags = all.slice(0, count);
    const end = tags.at(-1);
    const next = `/v2/${this.#name}/tags/list?n=${count}&last=${encodeURIComponent(end ?? '')}`;
    const hasMore = end !== undefined && all.length > tags.length;
    exchange.json(200, { name: this.#name, tags }, hasMore ? { link: `<${next}>; rel="next"` } : {});
  }

  referrers(exchange: Exchange, text: string): void {
    if (!this.#features.referrers) throw new RegistryFault(404, 'UNSUPPORTED', 'no referrers here');
    if (exchange.method !== 'GET') throw unsupported(exchange);
    const artifactType = exchange.query.get('artifactType') ?? undefined;
    const all = this.#repository.referrers(digestFrom(text), artifactType);
    const from = Number(exchange.query.get('from') ?? '0');
    const page = all.slice(from, from + this.#features.pageSize);
    const type = artifactType === undefined ? '' : `artifactType=${encodeURIComponent(artifactType)}&`;
    const next = `/v2/${this.#name}/referrers/${text}?${type}from=${from + page.length}`;
    exchange.json(
      200,
      { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: page.map(descriptorJson) },
      {
        'content-type': mediaTypes.ociIndex,
        ...(artifactType === undefined ? {} : { 'oci-filters-applied': 'artifactType' }),
        ...(from + page.length < all.length ? { link: `<${next}>; rel="next"` } : {}),
      },
    );
  }
}
