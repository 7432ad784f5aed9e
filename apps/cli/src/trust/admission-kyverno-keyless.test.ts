import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeImage } from './testing/image-layout.ts';
import { email, inWorld, services } from './testing/sigstore-world.ts';

interface RawBytes {
  readonly rawBytes: string;
}

const encoded = (label: string, { rawBytes }: RawBytes) =>
  `-----BEGIN ${label}-----\n${rawBytes}\n-----END ${label}-----\n`;

/** What is trusted, as the policies of Kyverno take it: PEM. */
function trustIn(folder: string) {
  const root = JSON.parse(readFileSync(join(folder, 'tr.json'), 'utf8'));
  const chains = (name: string): string =>
    root[name]
      .flatMap((each: { certChain: { certificates: readonly RawBytes[] } }) => each.certChain.certificates)
      .map((each: RawBytes) => encoded('CERTIFICATE', each))
      .join('');
  return {
    roots: chains('certificateAuthorities'),
    stampers: chains('timestampAuthorities'),
    certificateLog: encoded('PUBLIC KEY', root.ctlogs[0].publicKey),
  };
}

const rekor = { url: 'https://rekor.sigstore.dev' };

const clusterPolicy = (keyless: object, more: object = {}) => ({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name: 'p' },
  spec: {
    rules: [
      {
        name: 'r',
        match: { any: [{ resources: { kinds: ['Pod'] } }] },
        verifyImages: [
          {
            type: 'SigstoreBundle',
            imageReferences: ['*'],
            failureAction: 'Enforce',
            attestors: [{ entries: [{ keyless: { rekor, ...keyless } }] }],
            ...more,
          },
        ],
      },
    ],
  },
});

const rules = (keyless: object, more: object = {}) => ({
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ImageValidatingPolicy',
  metadata: { name: 'p' },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    attestors: [{ name: 'ours', cosign: { keyless, ...more } }],
    validations: [{ expression: 'images.containers.all(i, verifyImageSignatures(i, [attestors.ours]) > 0)' }],
  },
});

const given = ['--trusted-root', 'tr.json'];
type Case = readonly [what: string, policy: object, flags: readonly string[], code: number, expected: string];

test('keyless attestors of Kyverno', async () => {
  await inWorld({ timestamps: true, certificateLog: true }, async ({ sigstore, folder, run }) => {
    await writeImage(folder, () => []);
    const signed = await run('sign', ...services, '--identity-token', sigstore.token(), 'oci:image:1.0');
    expect(signed).toMatchObject({ code: 0, err: '' });
    const { roots, stampers, certificateLog } = trustIn(folder);
    const issuer = sigstore.url;
    const who = { issuer, subject: email };
    const ctlog = { pubkey: certificateLog, tsaCertChain: stampers };
    const cases: readonly Case[] = [
      ['exact', clusterPolicy(who), given, 0, `by ${email}`],
      ['without a trusted root', clusterPolicy(who), [], 1, '--trusted-root'],
      ['wildcards', clusterPolicy({ issuer, subject: '*@example.???' }), given, 0, `by ${email}`],
      ['another', clusterPolicy({ issuer, subject: 'eve@*' }), given, 1, 'IDENTITY_MISMATCH'],
      [
        'another issuer',
        clusterPolicy({ issuer: `${issuer}x`, subject: email }),
        given,
        1,
        'IDENTITY_MISMATCH',
      ],
      [
        'a pattern',
        clusterPolicy({ issuer, subjectRegExp: email.slice(1, 5) }),
        given,
        0,
        'matches anywhere',
      ],
      ['an issuer alone', clusterPolicy({ issuer }), given, 0, 'names no subject: anybody is accepted'],
      [
        'an extension',
        clusterPolicy({ ...who, additionalExtensions: { oidcIssuer: `${issuer}*` } }),
        given,
        0,
        `by ${email}`,
      ],
      [
        'another extension',
        clusterPolicy({ ...who, additionalExtensions: { githubWorkflowRef: '*' } }),
        given,
        1,
        'IDENTITY_MISMATCH',
      ],
      ['roots of its own', clusterPolicy({ ...who, roots, ctlog }), given, 0, `by ${email}`],
      [
        'roots of others',
        clusterPolicy({ ...who, roots: stampers, ctlog }),
        given,
        1,
        'CERTIFICATE_UNTRUSTED',
      ],
      [
        'timestamps of others',
        clusterPolicy({ ...who, ctlog: { tsaCertChain: roots } }),
        given,
        1,
        'TIMESTAMP',
      ],
      [
        'a log of certificates of others',
        clusterPolicy({ ...who, ctlog: { pubkey: certificateLog.replace(/A/, 'B') } }),
        given,
        1,
        'keyless',
      ],
      [
        'without the log',
        clusterPolicy({ ...who, roots, rekor: { ...rekor, ignoreTlog: true }, ctlog }),
        given,
        0,
        'stamped',
      ],
      ['the form of cosign 2', clusterPolicy(who, { type: 'Cosign' }), given, 1, 'IMAGE_SIGNATURE_UNWANTED'],
      [
        'a chain',
        clusterPolicy({}, { attestors: [{ entries: [{ certificates: { certChain: roots } }] }] }),
        given,
        0,
        'whoever has a certificate',
      ],
      [
        'another chain',
        clusterPolicy({}, { attestors: [{ entries: [{ certificates: { certChain: stampers } }] }] }),
        given,
        1,
        'CERTIFICATE_UNTRUSTED',
      ],
      ['rules', rules({ identities: [who] }), given, 0, 'signature by attestor ours: passed'],
      [
        'rules about others',
        rules({ identities: [{ issuer, subject: 'eve@example.com' }] }),
        given,
        1,
        'IDENTITY_MISMATCH',
      ],
      [
        'rules do not take wildcards',
        rules({ identities: [{ issuer, subject: '*' }] }),
        given,
        1,
        'IDENTITY_MISMATCH',
      ],
      [
        'rules with roots',
        rules({ identities: [who], roots }),
        given,
        0,
        'signature by attestor ours: passed',
      ],
      [
        'rules with roots of others',
        rules({ identities: [who], roots: stampers }),
        given,
        1,
        'CERTIFICATE_UNTRUSTED',
      ],
    ];
    for (const [what, policy, flags, code, expected] of cases) {
      writeFileSync(join(folder, 'policy.yaml'), JSON.stringify(policy));
      const { out, err, ...result } = await run(
        'verify',
        '--policy',
        'policy.yaml',
        ...flags,
        'oci:image:1.0',
      );
      expect(out + err, what).toContain(expected);
      expect(result.code, `${what}: ${out}`).toBe(code);
    }
  });
});

test('keyless attestors of Kyverno, in the form of cosign 1 and 2', async () => {
  await inWorld({ certificateLog: true, rekor: 1 }, async ({ sigstore, folder, run }) => {
    await writeImage(folder, () => []);
    const legacy = ['--new-bundle-format=false', '--identity-token', sigstore.token()];
    const signed = await run('sign', ...services, ...legacy, 'oci:image:1.0');
    expect(signed.code, signed.err).toBe(0);
    const who = { issuer: sigstore.url, subject: email };
    for (const policy of [clusterPolicy(who, { type: 'Cosign' }), rules({ identities: [who] })]) {
      writeFileSync(join(folder, 'policy.yaml'), JSON.stringify(policy));
      const { code, out } = await run('verify', '--policy', 'policy.yaml', ...given, 'oci:image:1.0');
      expect(code, out).toBe(0);
      expect(out).toContain('(simplesigning)');
    }
  });
});
