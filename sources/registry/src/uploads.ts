import { type HttpAnswer, HttpError } from '@keelson/http';
import { type ContentBytes, type Descriptor, type Digest, verified, verifyContent } from '@keelson/oci';
import type { RegistryClient } from './client.ts';
import { RegistryError } from './errors.ts';
import type { Scope } from './scopes.ts';

const octets = { 'content-type': 'application/octet-stream' };

/** Uploads of blobs to one repository (distribution-spec 1.1, "Pushing Blobs"). */
export class Uploads {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #scopes: readonly Scope[];

  constructor(client: RegistryClient, repository: string) {
    this.#client = client;
    this.#repository = repository;
    this.#scopes = [{ repository, actions: ['pull', 'push'] }];
  }

  /**
   * Takes a blob over from another repository of the registry.
   *
   * @returns false where the registry does not, and the blob is to be uploaded.
   */
  async mount(digest: Digest, from: string): Promise<boolean> {
    const scopes = [...this.#scopes, { repository: from, actions: ['pull'] }];
    const path = `${this.#begin}?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
    const answer = await this.#client.send({ path, method: 'POST', scopes, accept: [201, 202] });
    await answer.discard();
    if (answer.status === 202) await this.#cancel(this.#locationOf(answer));
    return answer.status === 201;
  }

  /** In one request where the blob fits into one piece, else piece by piece. */
  async upload({ digest, size }: Pick<Descriptor, 'digest' | 'size'>, content: ContentBytes): Promise<void> {
    const begin = { path: this.#begin, method: 'POST', scopes: this.#scopes, accept: [202] } as const;
    // An upload that was begun twice is forgotten once.
    const begun = await this.#client.send({ ...begin, repeatable: true });
    await begun.discard();
    let location = this.#locationOf(begun);
    const pieceBytes = this.#pieceBytes(begun);
    try {
      let sent = 0;
      let last = new Uint8Array();
      for await (const { piece, isLast } of this.#pieces(checked(content, { digest, size }), pieceBytes)) {
        if (isLast) last = piece;
        else {
          location = await this.#sendPiece(location, piece, sent);
          sent += piece.length;
        }
      }
      await this.#finish(location, digest, last);
    } catch (error) {
      await this.#cancel(location);
      throw error;
    }
  }

  /** A registry may ask for larger pieces than ours (distribution-spec 1.1, "Pushing a blob in chunks"). */
  #pieceBytes(begun: HttpAnswer): number {
    const { uploadPieceBytes, maxUploadPieceBytes } = this.#client.limits;
    const said = begun.headers.get('oci-chunk-min-length') ?? '0';
    if (!/^\d+$/.test(said))
      throw new RegistryError(
        'REGISTRY_ANSWER_INVALID',
        `${begun.url.host}: OCI-Chunk-Min-Length is no number`,
      );
    const least = Number(said);
    if (least <= maxUploadPieceBytes) return Math.max(least, uploadPieceBytes);
    throw new RegistryError(
      'REGISTRY_LIMIT',
      `${begun.url.host} wants pieces of more than maxUploadPieceBytes (${maxUploadPieceBytes})`,
    );
  }

  /** Pieces of the size that the limits say; the last one may be smaller, and is told. */
  async *#pieces(
    content: AsyncIterable<Uint8Array>,
    size: number,
  ): AsyncGenerator<{ piece: Uint8Array<ArrayBuffer>; isLast: boolean }> {
    let held: Uint8Array[] = [];
    let length = 0;
    for await (const bytes of content) {
      for (let rest = bytes; rest.length > 0; ) {
        // Only when there is more to come is a full piece known not to be the last.
        if (length === size) {
          yield { piece: Buffer.concat(held), isLast: false };
          held = [];
          length = 0;
        }
        const part = rest.subarray(0, size - length);
        held.push(part);
        length += part.length;
        rest = rest.subarray(part.length);
      }
    }
    yield { piece: Buffer.concat(held), isLast: true };
  }

  /** Sends a piece; where that breaks off, what the registry does not have of it is sent again (distribution-spec 1.1, end-13). */
  async #sendPiece(location: URL, piece: Uint8Array, from: number): Promise<URL> {
    let place = location;
    let sent = 0;
    for (let resumes = 0; ; resumes++) {
      try {
        return await this.#patch(place, piece.subarray(sent), from + sent);
      } catch (error) {
        if (!mayPass(error) || resumes >= this.#client.limits.maxResumes) throw error;
        const state = await this.#state(place);
        sent = state.size - from;
        if (sent < 0 || sent > piece.length) throw error;
        place = state.place;
        if (sent === piece.length) return place;
      }
    }
  }

  async #patch(location: URL, piece: Uint8Array, from: number): Promise<URL> {
    const answer = await this.#client.send({
      path: location,
      method: 'PATCH',
      headers: { ...octets, 'content-range': `${from}-${from + piece.length - 1}` },
      body: piece,
      scopes: this.#scopes,
      accept: [202],
    });
    await answer.discard();
    return this.#locationOf(answer);
  }

  /** How much of an upload the registry has, and where it goes on. */
  async #state(location: URL): Promise<{ size: number; place: URL }> {
    const answer = await this.#client.send({ path: location, scopes: this.#scopes, accept: [204] });
    await answer.discard();
    const end = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1];
    if (end === undefined)
      throw new RegistryError(
        'REGISTRY_ANSWER_INVALID',
        `${answer.url.host}: the state of an upload without Range`,
      );
    // `0-0` is what registries write for nothing.
    return { size: end === '0' ? 0 : Number(end) + 1, place: this.#locationOf(answer) };
  }

  async #finish(location: URL, digest: Digest, body: Uint8Array): Promise<void> {
    const path = new URL(location);
    path.searchParams.set('digest', digest);
    const request = {
      path,
      method: 'PUT',
      headers: octets,
      body,
      scopes: this.#scopes,
      accept: [201, 204],
    } as const;
    const answer = await this.#client.send({ ...request, repeatable: false });
    await answer.discard();
  }

  /** Leaves nothing half done behind, as far as the registry lets us. */
  async #cancel(location: URL): Promise<void> {
    const request = { path: location, method: 'DELETE', scopes: this.#scopes, accept: [] } as const;
    await this.#client.send({ ...request, repeatable: false }).catch(() => undefined);
  }

  get #begin(): string {
    return `${this.#repository}/blobs/uploads/`;
  }

  #locationOf(answer: HttpAnswer): URL {
    const location = answer.headers.get('location');
    if (location === null)
      throw new RegistryError('REGISTRY_ANSWER_INVALID', `${answer.url.host}: an upload without Location`);
    return this.#client.urlOf(location, answer.url);
  }
}

/** Faults after which the rest of an upload may well succeed. */
function mayPass(error: unknown): boolean {
  if (error instanceof HttpError)
    return error.code !== 'HTTP_REDIRECT_REFUSED' && error.code !== 'HTTP_URL_REFUSED';
  return error instanceof RegistryError && error.code === 'REGISTRY_FAILED';
}

/** What is sent has its digest: an upload of something else would only be refused at its end. */
async function* checked(
  content: ContentBytes,
  expected: Pick<Descriptor, 'digest' | 'size'>,
): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) {
    verifyContent(content, expected);
    yield content;
  } else yield* verified(content, expected);
}
