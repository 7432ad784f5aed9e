import { randomUUID } from 'node:crypto';
import { algorithmOf, type Digest, digestOf, OciError, parseDigest } from '@keelson/oci';
import type { Exchange } from './exchange.ts';
import { RegistryFault } from './fault.ts';
import type { Repository } from './repository.ts';

const maxBlobBytes = 256 * 1024 * 1024;

/** @throws RegistryFault DIGEST_INVALID */
export function digestFrom(text: string | null): Digest {
  try {
    return parseDigest(text ?? '');
  } catch (error) {
    if (error instanceof OciError) throw new RegistryFault(400, 'DIGEST_INVALID', error.message);
    throw error;
  }
}

/** Blobs of one repository (distribution-spec 1.1, end-2, end-4 to end-6, end-10, end-11, end-13). */
export class BlobRoutes {
  readonly #name: string;
  readonly #repository: Repository;
  readonly #find: (name: string) => Repository | undefined;

  constructor(name: string, repository: Repository, find: (name: string) => Repository | undefined) {
    this.#name = name;
    this.#repository = repository;
    this.#find = find;
  }

  blob(exchange: Exchange, text: string): void {
    const digest = digestFrom(text);
    const bytes = this.#repository.blobs.get(digest);
    if (bytes === undefined) throw new RegistryFault(404, 'BLOB_UNKNOWN', `${digest} is not there`);
    if (exchange.method === 'DELETE') {
      this.#repository.blobs.delete(digest);
      exchange.answer(202);
      return;
    }
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') throw unsupported(exchange);
    const headers = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest };
    const from = Number(/^bytes=(\d+)-$/.exec(exchange.header('range') ?? '')?.[1] ?? '0');
    if (from === 0 || from >= bytes.length) exchange.answer(200, headers, bytes);
    else {
      const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
      exchange.answer(206, { ...headers, 'content-range': range }, bytes.subarray(from));
    }
  }

  async begin(exchange: Exchange): Promise<void> {
    if (exchange.method !== 'POST') throw unsupported(exchange);
    const mount = exchange.query.get('mount');
    const from = exchange.query.get('from');
    if (mount !== null) {
      const digest = digestFrom(mount);
      const bytes = from === null ? undefined : this.#find(from)?.blobs.get(digest);
      if (bytes !== undefined) {
        this.#keep(exchange, digest, bytes);
        return;
      }
    }
    const digest = exchange.query.get('digest');
    if (digest !== null) {
      this.#finish(exchange, digestFrom(digest), await exchange.body(maxBlobBytes));
      return;
    }
    await exchange.body(maxBlobBytes);
    const id = randomUUID();
    this.#repository.uploads.set(id, { pieces: [], size: 0 });
    exchange.answer(202, { location: this.#location(id), range: '0-0', 'docker-upload-uuid': id });
  }

  async upload(exchange: Exchange, id: string): Promise<void> {
    const upload = this.#repository.uploads.get(id);
    if (upload === undefined) throw new RegistryFault(404, 'BLOB_UPLOAD_UNKNOWN', 'no such upload');
    const progress = () => ({ location: this.#location(id), range: `0-${Math.max(upload.size - 1, 0)}` });
    if (exchange.method === 'GET') {
      exchange.answer(204, progress());
      return;
    }
    if (exchange.method === 'DELETE') {
      this.#repository.uploads.delete(id);
      exchange.answer(204);
      return;
    }
    if (exchange.method !== 'PATCH' && exchange.method !== 'PUT') throw unsupported(exchange);
    const piece = await exchange.body(maxBlobBytes);
    this.#checkRange(exchange, upload.size, piece.length, progress());
    upload.pieces.push(piece);
    upload.size += piece.length;
    if (exchange.method === 'PATCH') {
      exchange.answer(202, progress());
      return;
    }
    const digest = digestFrom(exchange.query.get('digest'));
    this.#repository.uploads.delete(id);
    this.#finish(exchange, digest, Buffer.concat(upload.pieces));
  }

  /** Pieces come in order; one that does not fit is 416 with how far the upload is. */
  #checkRange(exchange: Exchange, size: number, length: number, headers: Record<string, string>): void {
    const range = exchange.header('content-range');
    if (range === undefined) return;
    const [, from, to] = /^(\d+)-(\d+)$/.exec(range) ?? [];
    if (Number(from) === size && Number(to) === size + length - 1) return;
    throw new RegistryFault(416, 'BLOB_UPLOAD_INVALID', 'the pieces are out of order', headers);
  }

  #finish(exchange: Exchange, digest: Digest, bytes: Uint8Array): void {
    if (digestOf(bytes, algorithmOf(digest)) !== digest)
      throw new RegistryFault(400, 'DIGEST_INVALID', `the content does not have digest ${digest}`);
    this.#keep(exchange, digest, bytes);
  }

  #keep(exchange: Exchange, digest: Digest, bytes: Uint8Array): void {
    this.#repository.blobs.set(digest, bytes);
    const location = `/v2/${this.#name}/blobs/${digest}`;
    exchange.answer(201, { location, 'docker-content-digest': digest });
  }

  #location(id: string): string {
    return `/v2/${this.#name}/blobs/uploads/${id}`;
  }
}

export function unsupported({ method, path }: Exchange): RegistryFault {
  return new RegistryFault(405, 'UNSUPPORTED', `${method} ${path} is not supported`);
}
