import { spawnSync } from 'node:child_process';
import { TestRegistry } from '@keelson/registry-testing';
import { findPeer } from '../peers.ts';
import type { Cell, InteropSuite } from './cell.ts';
import { CosignPair, cosignFlags } from './cosign.ts';
import { DebianRegistry } from './debian-registry.ts';
import { keylessCells } from './keyless.ts';
import { KeylessTags, legacyTagCells } from './legacy-tags.ts';
import { notationCells } from './notation.ts';
import { ownAuthorityCells } from './own-authority.ts';
import { PrivateSigstore } from './private-sigstore.ts';
import { demand } from './programs.ts';
import { tamperCells } from './tampering.ts';
import { type ShopRegistry, Workshop } from './workshop.ts';

const keyTypes = ['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'ed25519', 'rsa-2048', 'rsa-4096'] as const;
/** As what the registry's cells are called. */
const debianName = 'Debian’s docker-registry';
const waived = ['--insecure-ignore-tlog'];
/** What SLSA provenance has to have. */
const predicate = JSON.stringify({
  buildDefinition: { buildType: 'https://example.com/interop', externalParameters: { interop: true } },
  runDetails: { builder: { id: 'https://example.com/builder' } },
});

/** Signatures of cosign that keelson takes and the reverse, and tampered ones that keelson does not. */
export async function open(): Promise<InteropSuite> {
  const cosign = findPeer('cosign');
  if ('missing' in cosign)
    return {
      name: 'signing',
      peers: [],
      cells: [],
      notRun: [{ id: 'all with cosign', reason: cosign.missing }],
      close: async () => undefined,
    };
  const debian = findPeer('docker-registry');
  const registries: readonly (readonly [string, ShopRegistry])[] = [
    ['registry with referrers', await TestRegistry.start({ referrers: true })],
    ['registry with fallback tag', await TestRegistry.start({ referrers: false })],
    ...('missing' in debian ? [] : [[debianName, await DebianRegistry.start(debian.program)] as const]),
  ];
  const pairs = registries.map(
    ([name, registry]) => [name, new CosignPair(cosign.program, Workshop.open(registry))] as const,
  );
  for (const [, pair] of pairs) {
    await pair.prepare();
    pair.shop.file('blob.txt', 'a file\n');
    pair.shop.file('predicate.json', predicate);
  }
  const first = pairs[0]?.[1];
  const notation = findPeer('notation-peer');
  const services = PrivateSigstore.find();
  const sigstore =
    first === undefined || 'missing' in services ? undefined : await PrivateSigstore.start(first, services);
  const tags = first === undefined ? undefined : await KeylessTags.open(first);
  const version = spawnSync(cosign.program, ['version'], { encoding: 'utf8' });
  return {
    name: 'signing',
    peers: [
      `cosign ${/GitVersion:\s*(\S+)/.exec(version.stdout)?.[1] ?? 'of unknown version'}`,
      ...('missing' in notation ? [] : ['notation-go v1.3.2 (bench/interop-go)']),
      ...('missing' in debian ? [] : [registryVersion(debian.program)]),
      ...(sigstore === undefined
        ? []
        : ['Fulcio v1.8.8', 'rekor-tiles v2.3.0', 'timestamp-authority v2.1.2']),
    ],
    cells: [
      ...(first === undefined ? [] : keyTypes.flatMap((type) => blobCells(first, type))),
      ...pairs.flatMap(([registry, pair]) => [
        ...imageCells(pair, registry),
        ...legacyTagCells(pair, registry),
      ]),
      ...(first === undefined ? [] : ownAuthorityCells(first)),
      ...(first === undefined || sigstore === undefined ? [] : keylessCells(first, sigstore)),
      ...(tags?.cells ?? []),
      ...pairs.flatMap(([registry, { shop }]) => {
        if ('missing' in notation) return [];
        return registry === 'registry with referrers'
          ? notationCells(shop, notation.program, registry)
          : notationCells(shop, notation.program, registry, ['P-256']);
      }),
      ...(first === undefined ? [] : tamperCells(first)),
    ],
    notRun: [
      {
        id: 'cosign → keelson: file, key ed25519',
        reason:
          'cosign 3.1.3 signs the file and refuses its own signature: "message is missing artifact digest"',
      },
      ...('missing' in notation ? [{ id: 'notation', reason: notation.missing }] : []),
      ...('missing' in debian ? [{ id: debianName, reason: debian.missing }] : []),
      ...('missing' in services
        ? [
            {
              id: 'keyless against a private Fulcio, Rekor v2 and timestamp authority',
              reason: services.missing,
            },
          ]
        : []),
    ],
    close: async () => {
      await sigstore?.[Symbol.asyncDispose]();
      await tags?.[Symbol.asyncDispose]();
      for (const [, { shop }] of pairs) await shop[Symbol.asyncDispose]();
    },
  };
}

function registryVersion(program: string): string {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return `docker-registry ${stdout.trim().split(/\s+/).at(-1) ?? ''}`;
}

function blobCells(pair: CosignPair, type: string): readonly Cell[] {
  const key = [`${type}.key`, `${type}.pub`] as const;
  const bundles = { keelson: `${type}.keelson.json`, cosign: `${type}.cosign.json` };
  return [
    {
      id: `keelson → cosign: file, key ${type}`,
      run: async () => {
        await pair.key(type);
        demand(
          await pair.keelson('sign', '--key', key[0], '--bundle', bundles.keelson, 'blob.txt'),
          'zero',
          'keelson sign',
        );
        demand(
          await pair.cosign(
            'verify-blob',
            '--key',
            key[1],
            '--bundle',
            bundles.keelson,
            ...cosignFlags.verify,
            'blob.txt',
          ),
          'zero',
          'cosign verify-blob',
        );
      },
    },
    ...(type === 'ed25519'
      ? []
      : [
          {
            id: `cosign → keelson: file, key ${type}`,
            run: async () => {
              demand(
                await pair.cosign(
                  'sign-blob',
                  '--key',
                  key[0],
                  '--bundle',
                  bundles.cosign,
                  ...cosignFlags.sign,
                  'blob.txt',
                ),
                'zero',
                'cosign sign-blob',
              );
              demand(
                await pair.keelson(
                  'verify',
                  '--key',
                  key[1],
                  ...waived,
                  '--bundle',
                  bundles.cosign,
                  'blob.txt',
                ),
                'zero',
                'keelson verify',
              );
            },
          },
        ]),
  ];
}

function imageCells(pair: CosignPair, registry: string): readonly Cell[] {
  const cell = (id: string, run: (image: string) => Promise<void>): Cell => ({
    id: `${id} (${registry})`,
    run: async () => await run(await pair.shop.image()),
  });
  const cosignVerifies = async (verb: string, image: string, ...more: readonly string[]) =>
    await pair.cosign(
      verb,
      '--key',
      'cosign.pub',
      ...cosignFlags.verify,
      ...cosignFlags.registry,
      ...more,
      image,
    );
  const keelsonVerifies = async (image: string, ...more: readonly string[]) =>
    await pair.keelson('verify', '--key', 'cosign.pub', ...waived, ...more, image);
  const cosignSigns = async (image: string, ...more: readonly string[]) =>
    await pair.cosign(
      'sign',
      '--key',
      'cosign.key',
      ...cosignFlags.sign,
      ...cosignFlags.registry,
      ...more,
      image,
    );
  const statement = ['--type', 'slsaprovenance1', '--predicate', 'predicate.json'];
  return [
    cell('keelson → cosign: image, key', async (image) => {
      demand(
        await pair.keelson('sign', '--key', 'cosign.key', '-a', 'env=prod', image),
        'zero',
        'keelson sign',
      );
      demand(await cosignVerifies('verify', image, '-a', 'env=prod'), 'zero', 'cosign verify');
      demand(
        await cosignVerifies('verify', image, '-a', 'env=test'),
        'not zero',
        'cosign verify of another annotation',
      );
    }),
    cell('cosign → keelson: image, key', async (image) => {
      demand(await cosignSigns(image, '-a', 'env=prod'), 'zero', 'cosign sign');
      demand(await keelsonVerifies(image, '-a', 'env=prod'), 'zero', 'keelson verify');
      demand(
        await keelsonVerifies(image, '-a', 'env=test'),
        'not zero',
        'keelson verify of another annotation',
      );
    }),
    cell('keelson → cosign: attestation, key', async (image) => {
      demand(
        await pair.keelson('attest', '--key', 'cosign.key', ...statement, image),
        'zero',
        'keelson attest',
      );
      demand(
        await cosignVerifies('verify-attestation', image, '--type', 'slsaprovenance1'),
        'zero',
        'cosign verify-attestation',
      );
      demand(
        await cosignVerifies('verify-attestation', image, '--type', 'spdx'),
        'not zero',
        'cosign verify-attestation of another type',
      );
    }),
    cell('cosign → keelson: attestation, key', async (image) => {
      demand(
        await pair.cosign(
          'attest',
          '--key',
          'cosign.key',
          ...cosignFlags.sign,
          ...cosignFlags.registry,
          ...statement,
          image,
        ),
        'zero',
        'cosign attest',
      );
      demand(await keelsonVerifies(image, '--type', 'slsaprovenance1'), 'zero', 'keelson verify');
      demand(await keelsonVerifies(image, '--type', 'spdx'), 'not zero', 'keelson verify of another type');
    }),
    cell('both sign one image, and neither loses the other’s', async (image) => {
      demand(await cosignSigns(image), 'zero', 'cosign sign');
      demand(
        await pair.keelson('attest', '--key', 'cosign.key', ...statement, image),
        'zero',
        'keelson attest',
      );
      demand(await cosignVerifies('verify', image), 'zero', 'cosign verify');
      demand(
        await cosignVerifies('verify-attestation', image, '--type', 'slsaprovenance1'),
        'zero',
        'cosign verify-attestation',
      );
      demand(await keelsonVerifies(image), 'zero', 'keelson verify');
    }),
  ];
}
