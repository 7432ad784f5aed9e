import { randomUUID } from 'node:crypto';
import { type Descriptor, type Digest, descriptorJson, digestOf, mediaTypes } from '@keelson/oci';
import { must } from './check.ts';

/** A request's method, headers and body. */
export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** What a check asks a registry with: plain requests, and a repository of its own. */
export class Probe {
  readonly #base: string;
  readonly repository = `keelson-checks/${randomUUID()}`;

  /** @param base the registry's address, as `http://127.0.0.1:5000`. */
  constructor(base: string) {
    this.#base = base.replace(/\/+$/, '');
  }

  /** @param path below the repository, or from the root where it begins with a slash, or a whole URL. */
  async call(method: string, path: string, { headers = {}, body }: Call = {}): Promise<Response> {
    const place = path.startsWith('/') ? path : `/v2/${this.repository}/${path}`;
    const url = /^https?:/.test(path) ? path : `${this.#base}${place}`;
    const signal = AbortSignal.timeout(10_000);
    return await fetch(url, {
      method,
      headers,
      redirect: 'follow',
      signal,
      ...(body === undefined ? {} : { body }),
    });
  }

  /** @throws CheckFailure where the status is none of those that the specification names. */
  async expect(
    statuses: readonly number[],
    method: string,
    path: string,
    call: Call = {},
  ): Promise<Response> {
    const response = await this.call(method, path, call);
    const wanted = statuses.join(' or ');
    must(statuses.includes(response.status), `${method} ${path} answers ${response.status}, not ${wanted}`);
    return response;
  }

  /** Where an upload goes on, which a registry may give with or without its host. */
  locationOf(response: Response): string {
    const location = response.headers.get('location');
    must(location !== null, 'Location is missing');
    return new URL(location, response.url).href;
  }

  withDigest(location: string, digest: string): string {
    const url = new URL(location);
    url.searchParams.set('digest', digest);
    return url.href;
  }

  async pushBlob(text: string, mediaType: string = mediaTypes.ociLayer): Promise<Descriptor> {
    const digest = digestOf(new TextEncoder().encode(text));
    const begun = await this.expect([202], 'POST', 'blobs/uploads/');
    const place = this.withDigest(this.locationOf(begun), digest);
    const headers = { 'content-type': 'application/octet-stream' };
    await this.expect([201], 'PUT', place, { body: text, headers });
    return { mediaType, digest, size: Buffer.byteLength(text), annotations: new Map() };
  }

  /** A manifest of an image with one layer, which is pushed before it. */
  async image(changes: Readonly<Record<string, unknown>> = {}, text = 'layer'): Promise<PushedManifest> {
    const config = await this.pushBlob('{}', mediaTypes.ociConfig);
    const layer = await this.pushBlob(text);
    const value = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config,
      layers: [layer],
      ...changes,
    };
    const body = JSON.stringify(value, (_, part) => (isDescriptor(part) ? descriptorJson(part) : part));
    return { body, digest: digestOf(new TextEncoder().encode(body)), size: Buffer.byteLength(body) };
  }

  async pushImage(reference: string, changes: Readonly<Record<string, unknown>> = {}, text?: string) {
    const image = await this.image(changes, text);
    const response = await this.putManifest(reference === '' ? image.digest : reference, image.body);
    return { ...image, response };
  }

  async putManifest(
    reference: string,
    body: string,
    type: string = mediaTypes.ociManifest,
  ): Promise<Response> {
    return await this.expect([201], 'PUT', `manifests/${reference}`, {
      headers: { 'content-type': type },
      body,
    });
  }
}

export interface PushedManifest {
  readonly body: string;
  readonly digest: Digest;
  readonly size: number;
}

/** A manifest as another names it. */
export function named({ digest, size }: PushedManifest, mediaType: string = mediaTypes.ociManifest) {
  return { mediaType, digest, size };
}

function isDescriptor(value: unknown): value is Descriptor {
  return (
    typeof value === 'object' && value !== null && 'annotations' in value && value.annotations instanceof Map
  );
}

/** The code of the first error in a body. */
export async function errorCode(response: Response): Promise<string> {
  const value: unknown = await response.json().catch(() => undefined);
  const errors = typeof value === 'object' && value !== null && 'errors' in value ? value.errors : undefined;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return typeof first === 'object' && first !== null && 'code' in first ? String(first.code) : '';
}

/** A list of texts that stands under a name in a body. */
export async function listIn(response: Response, name: string): Promise<readonly unknown[]> {
  const value: unknown = await response.json().catch(() => undefined);
  const list = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  must(Array.isArray(list), `the body has no list ${name}`);
  return list;
}
