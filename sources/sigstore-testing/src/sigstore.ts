import type { IncomingMessage, ServerResponse } from 'node:http';
import { type JsonObject, stringifyJson } from '@keelson/core';
import { TestServer } from '@keelson/registry-testing';
import { CertificateAuthority } from './certificate-authority.ts';
import { CertificateLog } from './certificate-log.ts';
import { type Identity, IdentityProvider } from './identity-provider.ts';
import { sha256 } from './keys.ts';
import { Refusal } from './refusal.ts';
import { addToRekorV1 } from './rekor-v1.ts';
import { addToRekorV2 } from './rekor-v2.ts';
import { SignIn } from './sign-in.ts';
import { TimestampAuthority } from './timestamp-authority.ts';
import { type LogKeyType, TransparencyLog } from './transparency-log.ts';
import { authorityInstance, logInstance, signingConfigText, trustedRootText } from './trust.ts';

export interface TestSigstoreOptions {
  /** Which Rekor the signing config names; 2 by default. Both are there. */
  readonly rekor?: 1 | 2;
  /** The key of the second Rekor; Ed25519 by default. The first has ECDSA. */
  readonly logKey?: LogKeyType;
  /** Whether certificates carry a proof that they were logged. */
  readonly certificateLog?: boolean;
  /** Whether the signing config names the timestamp authority; where it names the second Rekor by default. */
  readonly timestamps?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What a service is asked, and its own answer. */
export interface ServiceAnswer {
  readonly service: 'certificates' | 'log' | 'timestamps' | 'identity';
  /** Without the query. */
  readonly path: string;
  readonly asked: Uint8Array;
  readonly answer: Uint8Array;
}

const maxRequestBytes = 1 << 20;
const loopback = '127.0.0.1';

/**
 * A private Sigstore on loopback: an identity provider, a Fulcio, both Rekors and a timestamp authority. It signs truly, and takes nothing
 * that does not hold.
 */
export class TestSigstore implements AsyncDisposable {
  /** Puts another answer in the place of a service's own, as a service would that lies. */
  alter: ((answer: ServiceAnswer) => Uint8Array | Promise<Uint8Array>) | undefined;
  /** Makes the certificate authority refuse what it would grant, with this text. */
  refuse: ((asked: Pick<ServiceAnswer, 'asked'>) => string) | undefined;
  readonly timestampAuthority: TimestampAuthority;
  readonly certificateAuthority: CertificateAuthority;
  readonly #options: TestSigstoreOptions;
  readonly #now: () => number;
  /** Who signs in, and how it goes. */
  readonly signIn: SignIn;
  readonly #provider: IdentityProvider;
  readonly #certificateLog: CertificateLog | undefined;
  readonly #first = new TransparencyLog('ecdsa-p256', loopback, `${loopback} - 1`);
  readonly #second: TransparencyLog;
  #server: TestServer | undefined;

  private constructor(options: TestSigstoreOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#provider = new IdentityProvider(() => this.url, this.#now);
    this.signIn = new SignIn(this.#provider);
    this.#certificateLog = options.certificateLog === true ? new CertificateLog() : undefined;
    this.#second = new TransparencyLog(options.logKey ?? 'ed25519', loopback);
    this.timestampAuthority = new TimestampAuthority(this.#now);
    this.certificateAuthority = new CertificateAuthority(
      this.#provider,
      () => this.url,
      this.#certificateLog,
      this.#now,
    );
  }

  static async start(options: TestSigstoreOptions = {}): Promise<TestSigstore> {
    const sigstore = new TestSigstore(options);
    sigstore.#server = await TestServer.start((request, response) => sigstore.#handle(request, response));
    return sigstore;
  }

  /** Where all of it is; also the name of the identity provider. */
  get url(): string {
    return this.#server?.url ?? '';
  }

  /** `METHOD /path` of every request, in order. */
  get log(): readonly string[] {
    return this.#server?.log ?? [];
  }

  token(identity?: Identity): string {
    return this.#provider.token(identity);
  }

  /** The trusted root of this Sigstore, in JSON. */
  get trustedRoot(): string {
    const certificateLog = this.#certificateLog;
    return trustedRootText({
      logs: [this.#first, this.#second].map(({ spki, id, keyDetails }) =>
        logInstance({ baseUrl: this.url, spki, id, keyDetails }),
      ),
      certificateAuthorities: [authorityInstance(this.url, this.certificateAuthority.chain)],
      certificateLogs:
        certificateLog === undefined
          ? []
          : [
              logInstance({
                baseUrl: `${this.url}/ct`,
                spki: certificateLog.spki,
                id: sha256(certificateLog.spki),
                keyDetails: 'PKIX_ECDSA_P256_SHA_256',
              }),
            ],
      timestampAuthorities: [
        authorityInstance(`${this.url}/api/v1/timestamp`, this.timestampAuthority.chain),
      ],
    });
  }

  /** The signing config of this Sigstore, in JSON. */
  get signingConfig(): string {
    const { rekor = 2, timestamps = rekor === 2 } = this.#options;
    return signingConfigText({
      certificateAuthority: { url: this.url, version: 1 },
      identityProvider: { url: this.url, version: 1 },
      log: { url: this.url, version: rekor },
      timestampAuthority: timestamps ? { url: `${this.url}/api/v1/timestamp`, version: 1 } : undefined,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await bodyOf(request);
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    try {
      const {
        status,
        type,
        service,
        headers = {},
        body: own,
      } = this.#answer(`${request.method} ${path}`, {
        asked,
        query: new URLSearchParams(query),
        authorization: request.headers.authorization ?? '',
      });
      const answer =
        service === undefined ? own : ((await this.alter?.({ service, path, asked, answer: own })) ?? own);
      response.writeHead(status, { 'content-type': type, ...headers }).end(answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response
        .writeHead(error.status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ code: error.status, message: error.message }));
    }
  }

  #answer(request: string, { asked, query, authorization }: Asked): Answer {
    switch (request) {
      case 'GET /.well-known/openid-configuration':
        return { ...jsonAnswer(200, this.#provider.configuration()), service: 'identity' };
      case 'GET /keys':
        return { ...jsonAnswer(200, this.#provider.keys()), service: 'identity' };
      case 'GET /auth':
        return {
          status: 302,
          type: 'text/plain',
          body: Buffer.of(),
          headers: { location: this.signIn.authorize(query) },
        };
      case 'POST /device/code':
        return { ...jsonAnswer(200, this.signIn.device(formOf(asked), this.url)), service: 'identity' };
      case 'POST /token': {
        const answer = this.signIn.token(formOf(asked), authorization);
        return { ...jsonAnswer('error' in answer ? 400 : 200, answer), service: 'identity' };
      }
      case 'GET /mint':
        return { status: 200, type: 'text/plain', body: Buffer.from(this.token()) };
      case 'POST /api/v2/signingCert':
        if (this.refuse !== undefined) throw new Refusal(400, this.refuse({ asked }));
        return {
          ...jsonAnswer(200, this.certificateAuthority.answer(asked, authorization)),
          service: 'certificates',
        };
      case 'POST /api/v1/log/entries':
        return this.#firstRekor(asked);
      case 'POST /api/v2/log/entries':
        return { ...jsonAnswer(201, addToRekorV2(this.#second, asked)), service: 'log' };
      case 'POST /api/v1/timestamp':
        return {
          status: 201,
          type: 'application/timestamp-reply',
          service: 'timestamps',
          body: this.timestampAuthority.answer(asked),
        };
      default:
        throw new Refusal(404, `nothing is at ${request}`);
    }
  }

  #firstRekor(asked: Uint8Array): Answer {
    const answer = addToRekorV1(this.#first, asked, this.#now());
    // Clients in Go look for the entry by this name.
    const [etag = ''] = Object.keys(answer);
    return { ...jsonAnswer(201, answer), headers: { etag }, service: 'log' };
  }
}

interface Asked {
  readonly asked: Uint8Array;
  readonly query: URLSearchParams;
  /** The header of that name. */
  readonly authorization: string;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array;
  /** Absent for what nobody lies about. */
  readonly service?: ServiceAnswer['service'];
  readonly headers?: Readonly<Record<string, string>>;
}

function jsonAnswer(status: number, value: JsonObject): Answer {
  return { status, type: 'application/json', body: Buffer.from(stringifyJson(value)) };
}

function formOf(bytes: Uint8Array): URLSearchParams {
  return new URLSearchParams(Buffer.from(bytes).toString('utf8'));
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request) {
    if (!(piece instanceof Uint8Array)) continue;
    size += piece.length;
    if (size > maxRequestBytes) throw new Refusal(413, 'the request is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
