import { readFileSync, writeFileSync } from 'node:fs';
import type { Cell } from './cell.ts';
import type { CosignPair } from './cosign.ts';
import type { PrivateSigstore } from './private-sigstore.ts';
import { demand, type Run } from './programs.ts';
import { binary, demandRefusal, type Tampering, tamper, tampered, texts } from './tampering.ts';

const services = ['--signing-config', 'sc.keyless.json', '--trusted-root', 'tr.keyless.json'];
const trusted = ['--trusted-root', 'tr.keyless.json', '--use-signed-timestamps', '--insecure-ignore-sct'];
const registry = '--allow-http-registry';
const statement = ['--type', 'slsaprovenance1', '--predicate', 'predicate.json'];
const email = 'dev@example.com';

/** Both programs with one private Sigstore. Every signature is verified by both, and for another identity by neither. */
class KeylessPair {
  readonly #pair: CosignPair;
  readonly #sigstore: PrivateSigstore;

  constructor(pair: CosignPair, sigstore: PrivateSigstore) {
    this.#pair = pair;
    this.#sigstore = sigstore;
  }

  get pair(): CosignPair {
    return this.#pair;
  }

  #identity(subject: string): readonly string[] {
    return ['--certificate-identity', subject, '--certificate-oidc-issuer', this.#sigstore.issuer];
  }

  async keelson(verb: string, ...args: readonly string[]): Promise<void> {
    const by = [...services, '--identity-token', this.#sigstore.token()];
    demand(await this.#pair.keelson(verb, ...by, ...args), 'zero', `keelson ${verb}`);
  }

  async cosign(verb: string, ...args: readonly string[]): Promise<void> {
    const by = [...services, '-y', '--identity-token', this.#sigstore.token()];
    demand(await this.#pair.cosign(verb, ...by, ...args), 'zero', `cosign ${verb}`);
  }

  async verify(verb: string, ...args: readonly string[]): Promise<void> {
    const words = `cosign ${verb}`;
    demand(await this.#cosignVerifies(verb, email, args), 'zero', words);
    demand(
      await this.#cosignVerifies(verb, 'eve@example.com', args),
      'not zero',
      `${words} of another identity`,
    );
    demand(await this.keelsonVerifies(email, ...args), 'zero', 'keelson verify');
    demandRefusal(await this.keelsonVerifies('eve@example.com', ...args));
  }

  #cosignVerifies(verb: string, subject: string, args: readonly string[]): Promise<Run> {
    return this.#pair.cosign(verb, ...trusted, ...this.#identity(subject), ...args);
  }

  keelsonVerifies(subject: string, ...args: readonly string[]): Promise<Run> {
    return this.#pair.keelson('verify', ...trusted, ...this.#identity(subject), ...args);
  }
}

export function keylessCells(pair: CosignPair, sigstore: PrivateSigstore): readonly Cell[] {
  const both = new KeylessPair(pair, sigstore);
  const bundle = (by: string) => ['--bundle', `keyless.${by}.json`];
  return [
    {
      id: 'keelson → cosign: file, keyless',
      isNeeded: true,
      run: async () => {
        await both.keelson('sign', ...bundle('keelson'), 'blob.txt');
        await both.verify('verify-blob', ...bundle('keelson'), 'blob.txt');
      },
    },
    {
      id: 'cosign → keelson: file, keyless',
      isNeeded: true,
      run: async () => {
        await both.cosign('sign-blob', ...bundle('cosign'), 'blob.txt');
        await both.verify('verify-blob', ...bundle('cosign'), 'blob.txt');
      },
    },
    ...(['keelson', 'cosign'] as const).flatMap((by): readonly Cell[] => {
      const arrow = by === 'keelson' ? 'keelson → cosign' : 'cosign → keelson';
      return [
        {
          id: `${arrow}: image, keyless`,
          run: async () => {
            const image = await pair.shop.image();
            await both[by]('sign', registry, image);
            await both.verify('verify', registry, image);
          },
        },
        {
          id: `${arrow}: attestation, keyless`,
          run: async () => {
            const image = await pair.shop.image();
            await both[by]('attest', registry, ...statement, image);
            await both.verify('verify-attestation', registry, '--type', 'slsaprovenance1', image);
          },
        },
      ];
    }),
    ...tamperings.flatMap((tampering) =>
      ['keelson', 'cosign'].map((by) => ({
        id: `tampered keyless file of ${by}: ${tampering.id}`,
        run: async () => {
          tamper(pair, `keyless.${by}.json`, tampering);
          demandRefusal(await both.keelsonVerifies(email, '--bundle', tampered, 'blob.txt'));
        },
      })),
    ),
    ...exchanged.map(([id, path]) => ({
      id: `tampered keyless file: ${id} of another signature`,
      run: async () => {
        await exchange(both, path);
      },
    })),
  ];
}

const entry = ['verificationMaterial', 'tlogEntries', '0'];
const proof = [...entry, 'inclusionProof'];
const stamp = [
  'verificationMaterial',
  'timestampVerificationData',
  'rfc3161Timestamps',
  '0',
  'signedTimestamp',
];
const checkpoint = [...proof, 'checkpoint', 'envelope'];

const tamperings: readonly Tampering[] = [
  ...binary(['messageSignature', 'signature']),
  ...binary(['verificationMaterial', 'certificate', 'rawBytes']),
  ...binary([...entry, 'canonicalizedBody']),
  ...binary([...entry, 'logId', 'keyId']),
  ...binary([...proof, 'rootHash']),
  ...binary(stamp),
  ...texts([...proof, 'treeSize'], ['1000']),
  ...texts([...entry, 'kindVersion', 'version'], ['0.0.1']),
  ...texts([...entry, 'kindVersion', 'kind'], ['dsse']),
  ...texts(checkpoint, ['', 'rubbish']),
  {
    id: 'checkpoint: another origin',
    path: checkpoint,
    change: (text) => text.replace('127.0.0.1', '127.0.0.2'),
  },
  { id: 'checkpoint: another size', path: checkpoint, change: (text) => text.replace(/\n\d+\n/, '\n1000\n') },
  {
    id: 'checkpoint: another signature',
    path: checkpoint,
    change: (text) => text.replace(/(?<=\n— \S+ .{20})./, (letter) => (letter === 'A' ? 'B' : 'A')),
  },
];

/** Parts of a bundle that are signed by somebody else than the signer, and good in another bundle. */
const exchanged: readonly (readonly [string, readonly string[]])[] = [
  ['the log entry', ['verificationMaterial', 'tlogEntries']],
  ['the timestamp', ['verificationMaterial', 'timestampVerificationData']],
  ['the certificate', ['verificationMaterial', 'certificate']],
  ['the signature', ['messageSignature', 'signature']],
];

async function exchange(both: KeylessPair, path: readonly string[]): Promise<void> {
  const { pair } = both;
  await both.keelson('sign', '--bundle', 'second.json', 'blob.txt');
  const [first, second] = ['keyless.keelson.json', 'second.json'].map((file) =>
    JSON.parse(readFileSync(pair.path(file), 'utf8')),
  );
  const last = path.at(-1) ?? '';
  const holder = (bundle: typeof first) => path.slice(0, -1).reduce((value, name) => value[name], bundle);
  holder(first)[last] = holder(second)[last];
  writeFileSync(pair.path(tampered), JSON.stringify(first));
  demandRefusal(await both.keelsonVerifies(email, '--bundle', tampered, 'blob.txt'));
}
