import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { basicConstraints, issueCertificate, keyUsage, writePem } from '@keelson/pki';
import { TestSigstore } from '@keelson/sigstore-testing';
import { findPeer } from '../peers.ts';
import type { CosignPair } from './cosign.ts';
import { demand } from './programs.ts';
import { answering, freePorts, stopAll } from './services.ts';

const programs = ['fulcio', 'posix', 'timestamp-server'] as const;
type Programs = Readonly<Record<(typeof programs)[number], string>>;

const day = 86_400_000;
const since = 'start-time=2020-01-01T00:00:00Z';

/** The real services of Sigstore on loopback: Fulcio, Rekor v2 and a timestamp authority. The identity provider is ours. */
export class PrivateSigstore implements AsyncDisposable {
  readonly #provider: TestSigstore;
  readonly #children: readonly ChildProcess[];

  private constructor(provider: TestSigstore, children: readonly ChildProcess[]) {
    this.#provider = provider;
    this.#children = children;
  }

  /** The programs, or the first that is missing. */
  static find(): Programs | { readonly missing: string } {
    const found = programs.map((name) => findPeer(name));
    const missing = found.find((peer) => 'missing' in peer);
    if (missing !== undefined && 'missing' in missing) return missing;
    const [fulcio = '', posix = '', stamps = ''] = found.map((peer) =>
      'program' in peer ? peer.program : '',
    );
    return { fulcio, posix, 'timestamp-server': stamps };
  }

  /** Starts the services, and writes `sc.keyless.json` and `tr.keyless.json` beside the files of the pair. */
  static async start(pair: CosignPair, found: Programs): Promise<PrivateSigstore> {
    const provider = await TestSigstore.start();
    const children: ChildProcess[] = [];
    const sigstore = new PrivateSigstore(provider, children);
    try {
      const start = (program: string, ...args: readonly string[]) => {
        children.push(spawn(program, args, { cwd: pair.shop.folder, stdio: 'ignore' }));
      };
      const ports = await freePorts(7);
      const [fulcio = 0, fulcioGrpc, fulcioMetrics, rekor = 0, rekorGrpc, rekorMetrics, stamps = 0] = ports;
      writeKeys(pair);
      pair.shop.file('fulcio.yaml', fulcioConfig(provider.url));
      start(
        found.fulcio,
        ...['serve', '--ca', 'fileca', '--fileca-cert', 'fulcio.pem', '--fileca-key', 'fulcio.key'],
        ...[
          '--fileca-key-passwd',
          'pw',
          '--fileca-watch=false',
          '--ct-log-url',
          '',
          '--config-path',
          'fulcio.yaml',
        ],
        ...[
          '--host',
          '127.0.0.1',
          '--port',
          `${fulcio}`,
          '--grpc-host',
          '127.0.0.1',
          '--grpc-port',
          `${fulcioGrpc}`,
        ],
        ...['--metrics-port', `${fulcioMetrics}`, '--legacy-unix-domain-socket', 'fulcio.sock'],
      );
      start(
        found.posix,
        ...['serve', '--http-address', '127.0.0.1', '--http-port', `${rekor}`, '--grpc-address', '127.0.0.1'],
        ...[
          '--grpc-port',
          `${rekorGrpc}`,
          '--http-metrics-port',
          `${rekorMetrics}`,
          '--hostname',
          '127.0.0.1',
        ],
        ...['--storage-dir', 'rekor', '--signer-filepath', 'rekor.key', '--checkpoint-interval', '1s'],
      );
      start(
        found['timestamp-server'],
        ...['serve', '--host', '127.0.0.1', '--port', `${stamps}`, '--timestamp-signer', 'memory'],
        '--disable-ntp-monitoring',
      );
      const at = (port: number) => `http://127.0.0.1:${port}`;
      await answering(`${at(fulcio)}/healthz`);
      await answering(`${at(rekor)}/healthz`);
      pair.shop.file('tsa.pem', await answering(`${at(stamps)}/api/v1/timestamp/certchain`));
      await writeConfigs(pair, {
        provider: provider.url,
        fulcio: at(fulcio),
        rekor: at(rekor),
        stamps: `${at(stamps)}/api/v1/timestamp`,
      });
      return sigstore;
    } catch (error) {
      await sigstore[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Who signs, in the words of both programs' flags. */
  get issuer(): string {
    return this.#provider.url;
  }

  token(): string {
    return this.#provider.token();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stopAll(this.#children);
    await this.#provider[Symbol.asyncDispose]();
  }
}

function writeKeys(pair: CosignPair): void {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const certificate = issueCertificate({
    subject: [
      ['O', 'keelson.test'],
      ['CN', 'fulcio'],
    ],
    key: authority,
    notBefore: Date.now() - day,
    notAfter: Date.now() + day,
    extensions: [basicConstraints(true, 1), keyUsage(['keyCertSign', 'cRLSign'])],
  });
  pair.shop.file('fulcio.pem', writePem('CERTIFICATE', certificate.bytes));
  const sealed = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'pw' } as const;
  pair.shop.file('fulcio.key', authority.export(sealed));
  const log = generateKeyPairSync('ed25519');
  pair.shop.file('rekor.key', log.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  pair.shop.file('rekor.pub', pemOf(log.publicKey));
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function fulcioConfig(issuer: string): string {
  const lines = ['issuer-url', 'client-id', 'type', 'contact', 'description'];
  const values = [issuer, 'sigstore', 'email', 'a@b.c', 'local'];
  return ['oidc-issuers:', `  ${issuer}:`, ...lines.map((name, at) => `    ${name}: ${values[at]}`), ''].join(
    '\n',
  );
}

async function writeConfigs(
  pair: CosignPair,
  { provider, fulcio, rekor, stamps }: Readonly<Record<'provider' | 'fulcio' | 'rekor' | 'stamps', string>>,
): Promise<void> {
  const service = (url: string, version: number) => `url=${url},api-version=${version},${since},operator=l`;
  const config = await pair.cosign(
    ...['signing-config', 'create', `--fulcio=${service(fulcio, 1)}`, `--rekor=${service(rekor, 2)}`],
    ...['--rekor-config=ANY', `--oidc-provider=${service(provider, 1)}`, `--tsa=${service(stamps, 1)}`],
    ...['--tsa-config=ANY', '--out', 'sc.keyless.json'],
  );
  demand(config, 'zero', 'cosign signing-config create');
  const root = await pair.cosign(
    ...['trusted-root', 'create', `--fulcio=url=${fulcio},certificate-chain=fulcio.pem,${since}`],
    `--rekor=url=${rekor},public-key=rekor.pub,${since},origin=127.0.0.1`,
    `--tsa=url=${stamps},certificate-chain=tsa.pem,${since}`,
    ...['--out', 'tr.keyless.json'],
  );
  demand(root, 'zero', 'cosign trusted-root create');
}
