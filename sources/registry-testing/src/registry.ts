import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlobRoutes, unsupported } from './blobs.ts';
import { Exchange } from './exchange.ts';
import { RegistryFault } from './fault.ts';
import { type Authentication, Gate, type Need } from './gate.ts';
import { type ManifestFeatures, ManifestRoutes } from './manifests.ts';
import { Repository } from './repository.ts';
import { TestServer } from './server.ts';

export interface TestRegistryOptions extends Partial<ManifestFeatures> {
  readonly authentication?: Authentication;
  /** Looks at each request first, and answers it in the registry's place where it gives true. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const route =
  /^\/v2\/((?:[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*\/)*[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)\/(blobs\/uploads|blobs|manifests|tags|referrers)\/([^/]*)$/;

/** A registry in memory on loopback, after the OCI distribution-spec 1.1: pull, push, listing and deletion. For tests only. */
export class TestRegistry implements AsyncDisposable {
  readonly #features: ManifestFeatures;
  readonly #intercept: TestRegistryOptions['intercept'];
  readonly #repositories = new Map<string, Repository>();
  readonly gate: Gate;
  readonly #server: TestServer;

  private constructor(server: TestServer, options: TestRegistryOptions) {
    this.#server = server;
    this.#features = { referrers: options.referrers ?? true, pageSize: options.pageSize ?? 100 };
    this.#intercept = options.intercept;
    this.gate = new Gate(options.authentication ?? { kind: 'none' }, () => this.url);
  }

  static async start(options: TestRegistryOptions = {}): Promise<TestRegistry> {
    const server = await TestServer.start((request, response) => registry.#serve(request, response));
    const registry: TestRegistry = new TestRegistry(server, options);
    return registry;
  }

  /** Host and port, as a reference has them. */
  get host(): string {
    return this.#server.host;
  }

  get url(): string {
    return this.#server.url;
  }

  /** `METHOD /path?query` of every request, in order. */
  get log(): readonly string[] {
    return this.#server.log;
  }

  /** The `Authorization` of every request, in order. */
  get authorizations(): readonly (string | undefined)[] {
    return this.#server.authorizations;
  }

  /** The repository of a name, made where there is none. */
  repository(name: string): Repository {
    const found = this.#repositories.get(name) ?? new Repository();
    this.#repositories.set(name, found);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#intercept?.(request, response) === true) return;
    const exchange = new Exchange(request, response);
    try {
      await this.#route(exchange);
    } catch (error) {
      if (!(error instanceof RegistryFault)) throw error;
      exchange.fault(error);
    }
  }

  async #route(exchange: Exchange): Promise<void> {
    if (exchange.path === '/token') return await this.gate.token(exchange);
    if (exchange.path === '/v2' || exchange.path === '/v2/') {
      this.gate.check(exchange, []);
      return exchange.json(200, {});
    }
    const [, name, kind, reference = ''] = route.exec(exchange.path) ?? [];
    if (name === undefined || kind === undefined)
      throw new RegistryFault(404, 'NAME_INVALID', `${exchange.path} is not of the API`);
    this.gate.check(exchange, needsOf(exchange, name));
    await this.#dispatch(exchange, name, kind, decodeURIComponent(reference));
  }

  async #dispatch(exchange: Exchange, name: string, kind: string, reference: string): Promise<void> {
    const isPush = exchange.method === 'POST' || exchange.method === 'PUT' || exchange.method === 'PATCH';
    const repository = isPush ? this.repository(name) : this.#repositories.get(name);
    if (repository === undefined)
      throw new RegistryFault(404, 'NAME_UNKNOWN', `there is no repository ${name}`);
    const blobs = new BlobRoutes(name, repository, (other) => this.#repositories.get(other));
    const manifests = new ManifestRoutes(name, repository, this.#features);
    if (kind === 'blobs/uploads')
      await (reference === '' ? blobs.begin(exchange) : blobs.upload(exchange, reference));
    else if (kind === 'blobs' && reference === 'uploads') await blobs.begin(exchange);
    else if (kind === 'blobs') blobs.blob(exchange, reference);
    else if (kind === 'manifests') await manifests.manifest(exchange, reference);
    else if (kind === 'referrers') manifests.referrers(exchange, reference);
    else if (reference === 'list') manifests.tags(exchange);
    else throw unsupported(exchange);
  }
}

function needsOf({ method, query }: Exchange, repository: string): readonly Need[] {
  if (method === 'GET' || method === 'HEAD') return [{ repository, action: 'pull' }];
  if (method === 'DELETE') return [{ repository, action: 'delete' }];
  const from = query.get('from');
  const other: readonly Need[] = from === null ? [] : [{ repository: from, action: 'pull' }];
  return [{ repository, action: 'pull' }, { repository, action: 'push' }, ...other];
}
