import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  basicConstraints,
  type Certificate,
  type Extension,
  extendedKeyUsage,
  issueCertificate,
  keyPurposes,
  keyUsage,
  subjectAlternativeName,
  writePem,
} from '@keelson/pki';
import type { Cell } from './cell.ts';
import type { CosignPair } from './cosign.ts';
import { demand } from './programs.ts';
import { demandRefusal } from './tampering.ts';

interface Issued {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

const day = 86_400_000;
const email = 'dev@example.com';
const registry = '--allow-http-registry';
const statement = ['--type', 'slsaprovenance1', '--predicate', 'predicate.json'];
const waived = ['--insecure-ignore-tlog', '--insecure-ignore-sct', '--certificate-oidc-issuer-regexp', '.*'];
const by = ['--key', 'import-cosign.key', '--certificate', 'own.pem'];

/** A key with a certificate of an authority of one's own, root, intermediate and leaf. */
export function ownAuthorityCells(pair: CosignPair): readonly Cell[] {
  const keelson = async (verb: string, ...args: readonly string[]) => {
    const run = await pair.keelson(verb, ...by, '--certificate-chain', 'own-intermediate.pem', ...args);
    demand(run, 'zero', `keelson ${verb}`);
  };
  const cosign = async (verb: string, ...args: readonly string[]) => {
    const services = ['--signing-config', 'sc.json', '--trusted-root', 'tr.own.json', '-y'];
    const run = await pair.cosign(verb, ...by, '--certificate-chain', 'own-chain.pem', ...services, ...args);
    demand(run, 'zero', `cosign ${verb}`);
  };
  const verify = async (verb: string, ...args: readonly string[]) => {
    const cosignVerifies = (root: string, subject: string) =>
      pair.cosign(
        ...[verb, '--allow-certificate-chain', '--trusted-root', root, ...waived],
        ...['--certificate-identity', subject, ...args],
      );
    const keelsonVerifies = (root: string, subject: string) =>
      pair.keelson('verify', '--trusted-root', root, ...waived, '--certificate-identity', subject, ...args);
    demand(await cosignVerifies('tr.own.json', email), 'zero', `cosign ${verb}`);
    demand(await keelsonVerifies('tr.own.json', email), 'zero', 'keelson verify');
    demand(await cosignVerifies('tr.other.json', email), 'not zero', `cosign ${verb} with another authority`);
    demandRefusal(await keelsonVerifies('tr.other.json', email));
    demandRefusal(await keelsonVerifies('tr.own.json', 'eve@example.com'));
  };
  const programs = { keelson, cosign };
  return [
    { id: 'an authority of one’s own issues a certificate', isNeeded: true, run: () => prepare(pair) },
    {
      id: 'keelson → cosign: image, legacy tag, certificate chain of one’s own',
      run: async () => {
        const image = await pair.shop.image();
        await keelson('sign', '--new-bundle-format=false', image);
        await verify('verify', registry, image);
      },
    },
    {
      id: 'keelson → cosign: attestation, legacy tag, certificate chain of one’s own',
      run: async () => {
        const image = await pair.shop.image();
        await keelson('attest', '--new-bundle-format=false', ...statement, image);
        await verify('verify-attestation', registry, '--type', 'slsaprovenance1', image);
      },
    },
    {
      id: 'keelson → cosign: file, certificate chain of one’s own with its root',
      run: async () => {
        const bundle = ['--bundle', 'own.root.json', 'blob.txt'];
        const run = await pair.keelson('sign', ...by, '--certificate-chain', 'own-chain.pem', ...bundle);
        demand(run, 'zero', 'keelson sign');
        await verify('verify-blob', ...bundle);
      },
    },
    {
      id: 'keelson → cosign: image, legacy tag, certificate chain of one’s own with its root',
      run: async () => {
        const image = await pair.shop.image();
        const signed = ['sign', ...by, '--certificate-chain', 'own-chain.pem'];
        demand(await pair.keelson(...signed, '--new-bundle-format=false', image), 'zero', 'keelson sign');
        await verify('verify', registry, image);
      },
    },
    ...(['keelson', 'cosign'] as const).flatMap((program): readonly Cell[] => {
      const sign = programs[program];
      const arrow = program === 'keelson' ? 'keelson → cosign' : 'cosign → keelson';
      const bundle = ['--bundle', `own.${program}.json`, 'blob.txt'];
      return [
        {
          id: `${arrow}: file, certificate chain of one’s own`,
          run: async () => {
            await sign(program === 'keelson' ? 'sign' : 'sign-blob', ...bundle);
            await verify('verify-blob', ...bundle);
          },
        },
        {
          id: `${arrow}: image, certificate chain of one’s own`,
          run: async () => {
            const image = await pair.shop.image();
            await sign('sign', registry, image);
            await verify('verify', registry, image);
          },
        },
        {
          id: `${arrow}: attestation, certificate chain of one’s own`,
          run: async () => {
            const image = await pair.shop.image();
            await sign('attest', registry, ...statement, image);
            await verify('verify-attestation', registry, '--type', 'slsaprovenance1', image);
          },
        },
      ];
    }),
  ];
}

async function prepare(pair: CosignPair): Promise<void> {
  const authority = [basicConstraints(true), keyUsage(['keyCertSign', 'cRLSign'])];
  const root = issue('root', undefined, authority);
  const intermediate = issue('intermediate', root, authority);
  const leaf = issue('signer', intermediate, [
    keyUsage(['digitalSignature']),
    extendedKeyUsage([keyPurposes.codeSigning]),
    subjectAlternativeName([{ type: 'email', value: email }]),
  ]);
  const pem = (...issued: readonly Issued[]) =>
    issued.map(({ certificate }) => writePem('CERTIFICATE', certificate.bytes)).join('');
  pair.shop.file('own.key', leaf.key.export({ type: 'pkcs8', format: 'pem' }));
  pair.shop.file('own.pem', pem(leaf));
  pair.shop.file('own-intermediate.pem', pem(intermediate));
  pair.shop.file('own-chain.pem', pem(intermediate, root));
  // An authority of the same name, with other keys.
  pair.shop.file('other-chain.pem', pem(issue('root', undefined, authority)));
  demand(await pair.cosign('import-key-pair', '--key', 'own.key'), 'zero', 'cosign import-key-pair');
  for (const name of ['own', 'other']) {
    const given = `--fulcio=url=https://${name}.example,certificate-chain=${name}-chain.pem`;
    const run = await pair.cosign('trusted-root', 'create', given, '--out', `tr.${name}.json`);
    demand(run, 'zero', 'cosign trusted-root create');
  }
}

function issue(name: string, issuer: Issued | undefined, extensions: readonly Extension[]): Issued {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const certificate = issueCertificate({
    subject: [
      ['O', 'keelson.test'],
      ['CN', name],
    ],
    key,
    notBefore: Date.now() - day,
    notAfter: Date.now() + day,
    extensions,
    ...(issuer === undefined ? {} : { issuer }),
  });
  return { certificate, key };
}
