import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basicConstraints, issueCertificate, keyUsage, writePem } from '@keelson/pki';
import type { Cell } from './cell.ts';
import { demand, type Run, runKeelson, runProgram } from './programs.ts';
import type { Workshop } from './workshop.ts';

const day = 86_400_000;
const curve = (namedCurve: string) => () => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = (modulusLength: number) => () => generateKeyPairSync('rsa', { modulusLength }).privateKey;

/** The six kinds of key that the Notary Project signs with. */
const keys: Readonly<Record<string, () => KeyObject>> = {
  'RSA-2048': rsa(2048),
  'RSA-3072': rsa(3072),
  'RSA-4096': rsa(4096),
  'P-256': curve('P-256'),
  'P-384': curve('P-384'),
  'P-521': curve('P-521'),
};
const formats = { jws: 'application/jose+json', cose: 'application/cose' } as const;

const policy = JSON.stringify({
  version: '1.0',
  trustPolicies: [
    {
      name: 'own',
      registryScopes: ['*'],
      signatureVerification: { level: 'strict' },
      trustStores: ['ca:keelson.test'],
      trustedIdentities: ['*'],
    },
  ],
});

/** Every key in both forms of envelope, each way, each image verified by both programs; and with another root by neither. */
export function notationCells(
  shop: Workshop,
  program: string,
  registry: string,
  kinds: readonly string[] = Object.keys(keys),
): readonly Cell[] {
  const peer = (...args: readonly string[]) => runProgram(program, args, shop.folder, {});
  const keelson = (...args: readonly string[]) => runKeelson(args, shop.folder, {});
  const verify = async (image: string, settings: string): Promise<readonly Run[]> => [
    await peer('verify', image, settings),
    await keelson(
      ...['verify', '--with', 'notation', '--trust-policy', `${settings}/trustpolicy.json`],
      ...['--trust-store', `${settings}/truststore`, '--allow-http-registry', image],
    ),
  ];
  const signers = {
    keelson: (image: string, name: string, format: keyof typeof formats) =>
      keelson(
        ...['sign', '--with', 'notation', '--key', `${name}.notation.key`, '--certificate', `${name}.crt`],
        ...['--signature-format', format, '--allow-http-registry', image],
      ),
    'notation-go': (image: string, name: string, format: keyof typeof formats) =>
      peer('sign', image, formats[format], `${name}.notation.key`, `${name}.crt`),
  };
  const made = new Set<string>();
  return kinds.flatMap((name) =>
    (['jws', 'cose'] as const).flatMap((format) =>
      (['keelson', 'notation-go'] as const).map((by) => ({
        id: `${by} → ${by === 'keelson' ? 'notation-go' : 'keelson'}: image, ${format.toUpperCase()}, ${name} (${registry})`,
        run: async () => {
          for (const each of [name, 'other']) {
            if (!made.has(each)) writeSettings(shop, each, (keys[each] ?? curve('P-256'))());
            made.add(each);
          }
          const image = await shop.image();
          demand(await signers[by](image, name, format), 'zero', `${by} signs`);
          for (const run of await verify(image, name)) demand(run, 'zero', 'verifying');
          for (const run of await verify(image, 'other'))
            demand(run, 'not zero', 'verifying by another root');
        },
      })),
    ),
  );
}

/** A key with a certificate of its own, and settings of notation that trust it. */
function writeSettings(shop: Workshop, name: string, key: KeyObject): void {
  const { bytes } = issueCertificate({
    subject: [
      ['C', 'DE'],
      ['ST', 'Hessen'],
      ['O', 'keelson'],
      ['CN', name],
    ],
    key,
    notBefore: Date.now() - day,
    notAfter: Date.now() + day,
    extensions: [basicConstraints(false), keyUsage(['digitalSignature'])],
  });
  const store = `${name}/truststore/x509/ca/keelson.test`;
  mkdirSync(`${shop.folder}/${store}`, { recursive: true });
  shop.file(`${name}.notation.key`, key.export({ type: 'pkcs8', format: 'pem' }));
  for (const file of [`${name}.crt`, `${store}/own.crt`]) shop.file(file, writePem('CERTIFICATE', bytes));
  shop.file(`${name}/trustpolicy.json`, policy);
}
