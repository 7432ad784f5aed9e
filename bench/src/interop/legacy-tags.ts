import { isObject, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { TestSigstore } from '@keelson/sigstore-testing';
import type { Cell } from './cell.ts';
import { type CosignPair, cosignFlags } from './cosign.ts';
import { demand } from './programs.ts';
import { binary, changed, demandRefusal, type Tampering, texts } from './tampering.ts';
import type { SignatureLayer } from './workshop.ts';

const tag = '--new-bundle-format=false';
const waived = '--insecure-ignore-tlog';
const statement = ['--type', 'slsaprovenance1', '--predicate', 'predicate.json'];
const email = 'dev@example.com';
/** What cosign 3 needs to write as its forebears did, without any log. */
const cosignWrites = [tag, '--use-signing-config=false', '--tlog-upload=false', '-y', '--key', 'cosign.key'];

/** The form of cosign 1 and 2, by a key. */
export function legacyTagCells(pair: CosignPair, registry: string): readonly Cell[] {
  const cell = (id: string, run: (image: string) => Promise<void>): Cell => ({
    id: `${id} (${registry})`,
    run: async () => await run(await pair.shop.image()),
  });
  const keelson = async (image: string, verb: 'sign' | 'attest', ...more: readonly string[]) =>
    demand(await pair.keelson(verb, tag, '--key', 'cosign.key', ...more, image), 'zero', `keelson ${verb}`);
  const cosign = async (image: string, verb: 'sign' | 'attest', ...more: readonly string[]) =>
    demand(
      await pair.cosign(verb, ...cosignWrites, ...cosignFlags.registry, ...more, image),
      'zero',
      `cosign ${verb}`,
    );
  const both = async (
    image: string,
    verb: 'verify' | 'verify-attestation',
    expected: 'zero' | 'not zero',
    ...more: readonly string[]
  ) => {
    const given = ['--key', 'cosign.pub', waived, ...more, image];
    demand(await pair.cosign(verb, ...cosignFlags.registry, ...given), expected, `cosign ${verb}`);
    demand(await pair.keelson('verify', ...given), expected, 'keelson verify');
  };
  const type = (name: string) => ['--type', name];
  return [
    cell('keelson → cosign: image, legacy tag', async (image) => {
      await keelson(image, 'sign', '-a', 'env=prod');
      await both(image, 'verify', 'zero', '-a', 'env=prod');
      await both(image, 'verify', 'not zero', '-a', 'env=test');
    }),
    cell('cosign → keelson: image, legacy tag', async (image) => {
      await cosign(image, 'sign', '-a', 'env=prod');
      await both(image, 'verify', 'zero', '-a', 'env=prod');
      await both(image, 'verify', 'not zero', '-a', 'env=test');
    }),
    cell('keelson → cosign: attestation, legacy tag', async (image) => {
      await keelson(image, 'attest', ...statement);
      await both(image, 'verify-attestation', 'zero', ...type('slsaprovenance1'));
      await both(image, 'verify-attestation', 'not zero', ...type('spdx'));
    }),
    cell('cosign → keelson: attestation, legacy tag', async (image) => {
      await cosign(image, 'attest', ...statement);
      await both(image, 'verify-attestation', 'zero', ...type('slsaprovenance1'));
      await both(image, 'verify-attestation', 'not zero', ...type('spdx'));
    }),
    cell('both write to one legacy tag, and neither loses the other’s', async (image) => {
      await cosign(image, 'sign', '-a', 'by=cosign');
      await keelson(image, 'sign', '-a', 'by=keelson');
      await cosign(image, 'sign', '-a', 'by=cosign-again');
      for (const by of ['cosign', 'keelson', 'cosign-again'])
        await both(image, 'verify', 'zero', '-a', `by=${by}`);
    }),
  ];
}

/** Keyless with a Sigstore of ours that has the first Rekor, which cannot be installed without a database: legacy tags, and bundles. */
export class KeylessTags implements AsyncDisposable {
  readonly #pair: CosignPair;
  readonly #sigstore: TestSigstore;
  #image = '';

  private constructor(pair: CosignPair, sigstore: TestSigstore) {
    this.#pair = pair;
    this.#sigstore = sigstore;
  }

  static async open(pair: CosignPair): Promise<KeylessTags> {
    const sigstore = await TestSigstore.start({ rekor: 1, timestamps: true });
    pair.shop.file('sc.first.json', sigstore.signingConfig);
    pair.shop.file('tr.first.json', sigstore.trustedRoot);
    return new KeylessTags(pair, sigstore);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sigstore[Symbol.asyncDispose]();
  }

  get cells(): readonly Cell[] {
    const { shop } = this.#pair;
    return [
      ...exchanges.flatMap(({ form, flags, isOwnTaken }) => [
        {
          id: `keelson → cosign: image, ${form}, keyless with a Rekor v1 of ours`,
          run: async () => {
            const image = await shop.image();
            await this.#keelson('sign', ...flags, image);
            await this.#verify('verify', image);
          },
        },
        {
          id: `keelson → cosign: attestation, ${form}, keyless with a Rekor v1 of ours`,
          run: async () => {
            const image = await shop.image();
            await this.#keelson('attest', ...flags, ...statement, image);
            await this.#verify('verify-attestation', '--type', 'slsaprovenance1', image);
          },
        },
        {
          id: `cosign → keelson: image, ${form}, keyless with a Rekor v1 of ours`,
          run: async () => {
            const image = await shop.image();
            await this.#cosign('sign', flags, image);
            await this.#verify('verify', image);
          },
        },
        {
          id: `cosign → keelson: attestation, ${form}, keyless with a Rekor v1 of ours`,
          run: async () => {
            const image = await shop.image();
            await this.#cosign('attest', flags, ...statement, image);
            const given = ['--type', 'slsaprovenance1', image];
            if (isOwnTaken) await this.#verify('verify-attestation', ...given);
            else demand(await this.#keelsonVerifies(email, ...given), 'zero', 'keelson verify');
          },
        },
      ]),
      {
        id: 'keelson → cosign: image and attestation, legacy tag, key with a Rekor v1 of ours',
        run: async () => {
          const image = await shop.image();
          const by = [
            '--key',
            'cosign.key',
            '--signing-config',
            'sc.first.json',
            '--trusted-root',
            'tr.first.json',
          ];
          demand(await this.#pair.keelson('sign', tag, ...by, image), 'zero', 'keelson sign');
          demand(
            await this.#pair.keelson('attest', tag, ...by, ...statement, image),
            'zero',
            'keelson attest',
          );
          for (const [key, expected] of [
            ['cosign.pub', 'zero'],
            ['ecdsa-p256.pub', 'not zero'],
          ] as const)
            for (const [verb, ...more] of [
              ['verify'],
              ['verify-attestation', '--type', 'slsaprovenance1'],
            ] as const) {
              const given = ['--key', key, '--trusted-root', 'tr.first.json', ...more, image];
              demand(
                await this.#pair.cosign(verb, ...cosignFlags.registry, ...given),
                expected,
                `cosign ${verb}`,
              );
              demand(await this.#pair.keelson('verify', ...given), expected, 'keelson verify');
            }
        },
      },
      {
        id: 'keelson signs an image at a legacy tag to be tampered with',
        isNeeded: true,
        run: async () => {
          this.#image = await shop.image();
          await this.#keelson('sign', tag, this.#image);
          demand(await this.#keelsonVerifies(email, this.#image), 'zero', 'keelson verify');
        },
      },
      ...tamperings.map(({ id, path, change }) => ({
        id: `tampered legacy tag: ${id}`,
        run: async () => {
          const restore = await shop.rewriteSignature(this.#image, (layer) =>
            layerOf(changed(partsOf(layer), path, change)),
          );
          try {
            demandRefusal(await this.#keelsonVerifies(email, this.#image));
          } finally {
            // What follows is tried on a signature that holds.
            await restore();
          }
        },
      })),
      {
        id: 'a signature at a legacy tag is written anew as it was',
        run: async () => {
          await shop.rewriteSignature(this.#image, (layer) => layerOf(partsOf(layer)));
          demand(await this.#keelsonVerifies(email, this.#image), 'zero', 'keelson verify');
        },
      },
      {
        id: 'tampered legacy tag: the signature of another image',
        run: async () => {
          const other = await shop.image();
          await shop.copySignature(this.#image, other);
          demandRefusal(await this.#keelsonVerifies(email, other));
        },
      },
    ];
  }

  async #keelson(verb: string, ...args: readonly string[]): Promise<void> {
    const by = ['--signing-config', 'sc.first.json', '--trusted-root', 'tr.first.json'];
    const token = ['--identity-token', this.#sigstore.token()];
    demand(await this.#pair.keelson(verb, ...by, ...token, ...args), 'zero', `keelson ${verb}`);
  }

  async #cosign(verb: string, flags: readonly string[], ...args: readonly string[]): Promise<void> {
    const { url } = this.#sigstore;
    const services =
      flags.length === 0
        ? ['--signing-config', 'sc.first.json']
        : [
            ...['--use-signing-config=false', '--fulcio-url', url, '--rekor-url', url, '--oidc-issuer', url],
            ...['--timestamp-server-url', `${url}/api/v1/timestamp`],
          ];
    const trust = ['--trusted-root', 'tr.first.json', '--identity-token', this.#sigstore.token(), '-y'];
    const given = [...flags, ...services, ...trust, ...cosignFlags.registry, ...args];
    demand(await this.#pair.cosign(verb, ...given), 'zero', `cosign ${verb}`);
  }

  async #verify(verb: string, ...args: readonly string[]): Promise<void> {
    const cosign = async (subject: string) =>
      await this.#pair.cosign(verb, ...cosignFlags.registry, ...this.#trusted(subject), ...args);
    demand(await cosign(email), 'zero', `cosign ${verb}`);
    demand(await cosign('eve@example.com'), 'not zero', `cosign ${verb} of another identity`);
    demand(await this.#keelsonVerifies(email, ...args), 'zero', 'keelson verify');
    demandRefusal(await this.#keelsonVerifies('eve@example.com', ...args));
  }

  #trusted(subject: string): readonly string[] {
    return [
      ...['--trusted-root', 'tr.first.json', '--use-signed-timestamps', '--insecure-ignore-sct'],
      ...['--certificate-identity', subject, '--certificate-oidc-issuer', this.#sigstore.url],
    ];
  }

  #keelsonVerifies(subject: string, ...args: readonly string[]) {
    return this.#pair.keelson('verify', ...this.#trusted(subject), ...args);
  }
}

const exchanges = [
  // cosign 3.1.3 has the signature stamped and looks for a stamp of the envelope: it takes no such attestation of its own.
  { form: 'legacy tag', flags: [tag], isOwnTaken: false },
  { form: 'bundle', flags: [], isOwnTaken: true },
] as const;

const tamperings: readonly Tampering[] = [
  ...['payload', 'signature', 'certificate', 'promise', 'body', 'timestamp'].flatMap((part) =>
    binary([part]),
  ),
  ...texts(['integratedTime'], ['1', '2000000000']),
  ...texts(['logIndex'], ['0', '1']),
  ...texts(['logID'], ['', '0'.repeat(64)]),
  ...texts(['mediaType'], ['text/plain', 'application/vnd.dsse.envelope.v1+json']),
];

const names = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  bundle: 'dev.sigstore.cosign/bundle',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
} as const;

/** A layer as texts, what is binary in base64. */
function partsOf({ mediaType, blob, annotations }: SignatureLayer): JsonObject {
  const { SignedEntryTimestamp, Payload } = JSON.parse(annotations[names.bundle] ?? '{}');
  const { SignedRFC3161Timestamp } = JSON.parse(annotations[names.timestamp] ?? '{}');
  return objectOf([
    ['mediaType', mediaType],
    ['payload', Buffer.from(blob).toString('base64')],
    ['signature', annotations[names.signature] ?? ''],
    ['certificate', (annotations[names.certificate] ?? '').replace(/-----[^-]+-----|\n/g, '')],
    ['promise', String(SignedEntryTimestamp)],
    ['body', String(Payload.body)],
    ['integratedTime', String(Payload.integratedTime)],
    ['logIndex', String(Payload.logIndex)],
    ['logID', String(Payload.logID)],
    ['timestamp', String(SignedRFC3161Timestamp)],
  ]);
}

function layerOf(parts: JsonValue): SignatureLayer {
  const text = (name: string) => (isObject(parts) ? String(parts[name]) : '');
  const Payload = {
    body: text('body'),
    integratedTime: Number(text('integratedTime')),
    logIndex: Number(text('logIndex')),
    logID: text('logID'),
  };
  const certificate = `-----BEGIN CERTIFICATE-----\n${text('certificate')}\n-----END CERTIFICATE-----\n`;
  return {
    mediaType: text('mediaType'),
    blob: Buffer.from(text('payload'), 'base64'),
    annotations: {
      [names.signature]: text('signature'),
      [names.certificate]: text('certificate') === '' ? '' : certificate,
      [names.bundle]: JSON.stringify({ SignedEntryTimestamp: text('promise'), Payload }),
      [names.timestamp]: JSON.stringify({ SignedRFC3161Timestamp: text('timestamp') }),
    },
  };
}
