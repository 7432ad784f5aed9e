import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSummary } from '@keelson/attestation';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keelson, withFolderAsync } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';

beforeAll(() => {
  vi.stubEnv('COSIGN_PASSWORD', 'pass');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const policy = (name: string, levels: readonly string[], more: object = {}) =>
  JSON.stringify({
    apiVersion: 'keelson.dev/v1alpha1',
    kind: 'ImagePolicy',
    metadata: { name },
    spec: {
      images: ['**'],
      signers: { dev: { key: 'dev.pub', log: 'not-required' } },
      attestations: [
        {
          type: 'slsaprovenance1',
          signedBy: ['dev'],
          rules: [
            { cel: 'predicate.runDetails.builder.id == "https://builder.example"', message: 'the builder' },
          ],
        },
      ],
      levels,
      ...more,
    },
  });
const provenance = (id: string) =>
  JSON.stringify({
    buildDefinition: { buildType: 't', externalParameters: {} },
    runDetails: { builder: { id } },
  });
const files = {
  'p.yaml': policy('p', ['SLSA_BUILD_LEVEL_2', 'ACME_REVIEWED']),
  'q.yaml': policy('q', ['SLSA_BUILD_LEVEL_3', 'SLSA_SOURCE_LEVEL_1']),
  'signed.yaml': policy('s', [], { attestations: [], signatures: { signedBy: ['dev'] } }),
  'good.json': provenance('https://builder.example'),
  'bad.json': provenance('https://evil.example'),
  'web.tgz': 'web',
  'other.tgz': 'other',
};

type Run = (...args: string[]) => ReturnType<typeof keelson>;

async function withWorld(use: (folder: string, run: Run) => void): Promise<void> {
  await withFolderAsync(files, async (folder) => {
    await writeImage(folder, () => []);
    const run = (...args: string[]) => keelson(folder, args);
    for (const name of ['dev', 'verifier']) run('sign', '--generate-key-pair', name);
    use(folder, run);
  });
}

const verifier = 'https://verifier.example';
const judges = ['attest', '--key', 'verifier.key', '--verifier-id', verifier];
const believes = [
  'verify',
  '--with',
  'vsa',
  '--key',
  'verifier.pub',
  '--insecure-ignore-tlog',
  '--verifier-id',
  verifier,
];
const states = (predicate: string) => ['attest', '--key', 'dev.key', '--predicate', predicate];

function summaryIn(text: string) {
  const { payload } = JSON.parse(text).dsseEnvelope;
  return readSummary(Buffer.from(payload, 'base64')).summary;
}

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

describe('keelson attest --policy', () => {
  test('an image that passes: the summary is kept beside it, and believed', async () => {
    await withWorld((_, run) => {
      const about = ['--resource-uri', 'registry.example/shop/web'];
      run(...states('good.json'), 'oci:image:1.0');
      const judged = run(...judges, '--policy', 'p.yaml', ...about, 'oci:image:1.0');
      expect(judged).toMatchObject({ code: 0, out: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/) });
      expect(judged.err).toContain('policy p (ImagePolicy): passed');
      const believe = (...more: string[]) => run(...believes, ...more, 'oci:image:1.0');
      const level = ['--verified-level', 'SLSA_BUILD_LEVEL_2'];
      const verified = believe(...about, ...level);
      expect(verified.code, verified.out + verified.err).toBe(0);
      expect(believe(...about, '--verified-level', 'SLSA_BUILD_LEVEL_1').code).toBe(0);
      expect(believe(...about, '--verified-level', 'SLSA_BUILD_LEVEL_3').code).toBe(1);
      expect(believe('--resource-uri', 'registry.example/shop/other').code).toBe(1);
    });
  });

  test('an image that does not pass: FAILED is stated, unless only what passes is, and not believed', async () => {
    await withWorld((folder, run) => {
      const about = ['--resource-uri', 'web'];
      run(...states('bad.json'), 'oci:image:1.0');
      const judge = (...more: string[]) =>
        run(...judges, '--policy', 'p.yaml', ...about, ...more, 'oci:image:1.0');
      const before = readFileSync(join(folder, 'image/index.json'), 'utf8');
      expect(judge('--only-passed')).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('the builder'),
      });
      expect(readFileSync(join(folder, 'image/index.json'), 'utf8')).toBe(before);
      expect(judge('-q')).toMatchObject({ code: 1, out: expect.stringContaining('sha256:'), err: '' });
      const told = run(...believes, ...about, 'oci:image:1.0');
      expect(told).toMatchObject({ code: 1, out: expect.stringContaining('VERIFICATION_FAILED') });
    });
  });

  test('a file, with what was stated of it', async () => {
    await withWorld((folder, run) => {
      run(...states('good.json'), '--bundle', 'web.att', 'web.tgz');
      const judge = (file: string, ...more: string[]) =>
        run(...judges, ...more, '--attestation', 'web.att', '--bundle', 'web.vsa', file);
      expect(judge('web.tgz', '--policy', 'p.yaml').code).toBe(0);
      const text = readFileSync(join(folder, 'web.vsa'), 'utf8');
      expect(summaryIn(text)).toMatchObject({
        verifier: { id: verifier, version: new Map([['keelson', expect.any(String)]]) },
        timeVerified: expect.stringMatching(/^\d{4}-.*Z$/),
        resourceUri: 'web.tgz',
        policy: { uri: 'p.yaml', digest: new Map([['sha256', sha256(files['p.yaml'])]]) },
        inputAttestations: [
          { uri: 'web.att', digest: new Map([['sha256', sha256(readFileSync(join(folder, 'web.att')))]]) },
        ],
        result: 'PASSED',
        verifiedLevels: ['SLSA_BUILD_LEVEL_2', 'ACME_REVIEWED'],
        slsaVersion: '1.2',
      });
      const believe = (file: string) =>
        run(...believes, '--resource-uri', 'web.tgz', '--attestation', 'web.vsa', file);
      expect(believe('web.tgz').code).toBe(0);
      expect(believe('other.tgz').code).toBe(1);
      // A statement about one file says nothing of another.
      expect(judge('other.tgz', '--policy', 'p.yaml').code).toBe(1);
      expect(summaryIn(readFileSync(join(folder, 'web.vsa'), 'utf8'))).toMatchObject({
        result: 'FAILED',
        verifiedLevels: ['FAILED'],
        inputAttestations: [],
      });
    });
  });

  test('several policies: all must pass, and the highest level of each track is stated', async () => {
    await withWorld((folder, run) => {
      run(...states('good.json'), '--bundle', 'web.att', 'web.tgz');
      const two = ['--policy', 'p.yaml', '--policy', 'q.yaml'];
      const rest = ['--attestation', 'web.att', '--bundle', 'web.vsa', 'web.tgz'];
      expect(run(...judges, ...two, ...rest)).toMatchObject({
        code: 2,
        err: expect.stringContaining('--policy-uri'),
      });
      const uri = ['--policy-uri', 'https://policies.example/shop'];
      expect(run(...judges, ...two, ...uri, ...rest).code).toBe(0);
      const sums = ['p.yaml', 'q.yaml'] as const;
      const listed = sums.map((name) => `${sha256(files[name])}  ${name}\n`).join('');
      expect(summaryIn(readFileSync(join(folder, 'web.vsa'), 'utf8'))).toMatchObject({
        policy: { uri: 'https://policies.example/shop', digest: new Map([['sha256', sha256(listed)]]) },
        verifiedLevels: ['SLSA_BUILD_LEVEL_3', 'ACME_REVIEWED', 'SLSA_SOURCE_LEVEL_1'],
      });
    });
  });

  test('a policy that only warns refuses nothing, but its summary says that it does not pass', async () => {
    await withWorld((folder, run) => {
      writeFileSync(join(folder, 'w.yaml'), policy('w', [], { mode: 'warn' }));
      run(...states('bad.json'), 'oci:image:1.0');
      expect(run('verify', '--policy', 'w.yaml', 'oci:image:1.0').code).toBe(0);
      expect(run(...judges, '--policy', 'w.yaml', '--only-passed', 'oci:image:1.0').code).toBe(1);
    });
  });

  test('a policy that asks for no signature admits, but nothing was verified that a summary could state', async () => {
    await withWorld((folder, run) => {
      const authorities = [{ static: { action: 'pass' } }];
      const asksNothing = {
        apiVersion: 'policy.sigstore.dev/v1beta1',
        kind: 'ClusterImagePolicy',
        metadata: { name: 'n' },
        spec: { images: [{ glob: '**' }], authorities },
      };
      writeFileSync(join(folder, 'n.yaml'), JSON.stringify(asksNothing));
      const told = run('verify', '--policy', 'n.yaml', '-f', 'json', 'oci:image:1.0');
      expect(told.code).toBe(0);
      expect(JSON.parse(told.out).images).toMatchObject([{ admitted: true, verified: false }]);
      const judge = (...policies: string[]) =>
        run(...judges, ...policies, '--policy-uri', 'p', '--only-passed', 'oci:image:1.0');
      expect(judge('--policy', 'n.yaml')).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('admitted without a signature, not verified'),
      });
      // Beside one that asks, and passes, it takes nothing away.
      run(...states('good.json'), 'oci:image:1.0');
      expect(judge('--policy', 'n.yaml', '--policy', 'p.yaml').code).toBe(0);
    });
  });

  test('a signature of a file counts as well', async () => {
    await withWorld((_, run) => {
      run('sign', '--key', 'dev.key', '--bundle', 'web.sig', 'web.tgz');
      const judge = (file: string) =>
        run(...judges, '--policy', 'signed.yaml', '--attestation', 'web.sig', '--bundle', '-', '-q', file);
      expect(judge('web.tgz').code).toBe(0);
      expect(judge('other.tgz').code).toBe(1);
    });
  });

  test.each<[string, string[], string]>([
    ['no verifier', ['--policy', 'p.yaml', 'oci:image:1.0'], '--policy needs --verifier-id URI'],
    [
      'a verifier that is no URI',
      ['--verifier-id', 'foo', '--policy', 'p.yaml', 'oci:image:1.0'],
      '--verifier-id foo is no URI',
    ],
    [
      'a file of which nothing is given',
      ['--verifier-id', verifier, '--policy', 'p.yaml', '--bundle', 'w.vsa', 'web.tgz'],
      '--policy needs --attestation FILE with --bundle',
    ],
    [
      'no policy',
      ['--verifier-id', verifier, '--predicate', 'good.json', 'oci:image:1.0'],
      '--verifier-id goes with --policy',
    ],
    [
      'a predicate',
      ['--verifier-id', verifier, '--policy', 'p.yaml', '--predicate', 'good.json', 'x'],
      'do not go together',
    ],
    [
      'attestations of an image',
      ['--verifier-id', verifier, '--policy', 'p.yaml', '--attestation', 'good.json', 'oci:image:1.0'],
      '--attestation is of files',
    ],
    [
      'no attestation',
      [
        '--verifier-id',
        verifier,
        '--policy',
        'p.yaml',
        '--attestation',
        'good.json',
        '--bundle',
        'x',
        'web.tgz',
      ],
      'good.json is no attestation',
    ],
    [
      'over the policy',
      ['--verifier-id', verifier, '--policy', 'p.yaml', '--bundle', 'p.yaml', 'web.tgz'],
      'would be written over',
    ],
  ])('a wrong call: %s', async (_, args, expected) => {
    await withWorld((folder, run) => {
      writeFileSync(join(folder, 'x'), 'x');
      expect(run('attest', '--key', 'verifier.key', ...args)).toMatchObject({
        code: 2,
        err: expect.stringContaining(expected),
      });
    });
  });
});
