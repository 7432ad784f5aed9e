import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
const files = {
  'a.txt': 'a',
  empty: '',
  'k.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'k.key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'ed448.key': generateKeyPairSync('ed448').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'other.key': other.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'ssh.key': '-----BEGIN OPENSSH PRIVATE KEY-----\nAAEC\n-----END OPENSSH PRIVATE KEY-----\n',
  'old.key': '-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAEC\n-----END EC PRIVATE KEY-----\n',
  'p.json': '{}',
};
const sign = (key: string) => ['sign', '--key', key, '--bundle', 'b', 'a.txt'];
const verify = (key: string, bundle = 'empty') => [
  ...['verify', '--key', key, '--insecure-ignore-tlog', '--bundle', bundle, 'a.txt'],
];

describe('a fault of a file is told with its name, and with what would do', () => {
  test.each<[string, string[], string]>([
    ['a public key that signs', sign('k.pub'), 'k.pub: there is no private key in PEM, but PUBLIC KEY'],
    ['no key', sign('a.txt'), 'a.txt: there is no private key in PEM [PRIVATE_KEY_INVALID]'],
    ['a key of SSH', sign('ssh.key'), 'ssh.key: a block of OPENSSH PRIVATE KEY is no key that is read'],
    ['encryption of old', sign('old.key'), 'old.key: the block of line 1 is encrypted in a form of old'],
    ['Ed448', sign('ed448.key'), 'RSA, ECDSA and Ed25519 are taken'],
    ['another curve', sign('other.key'), 'other.key: an EC key is of the curve 1.3.132.0.10; P-256, P-384'],
    ['a private key that verifies', verify('k.key'), 'k.key: a block of PRIVATE KEY is the private half'],
    ['no public key', verify('a.txt'), 'a.txt: there is no public key in PEM'],
    ['an empty bundle', verify('k.pub'), 'empty: the bundle is no JSON that can be trusted: an empty text'],
    [
      'an empty trusted root',
      [...verify('k.pub'), '--trusted-root', 'empty'],
      'empty: the trusted root is no JSON',
    ],
    [
      'a certificate that is none',
      [...sign('k.key'), '--certificate', 'k.pub'],
      'k.pub: a block of PUBLIC KEY stands where certificates should',
    ],
    [
      'a predicate that is not of its type',
      [
        'attest',
        '--key',
        'k.key',
        '--type',
        'slsaprovenance1',
        '--predicate',
        'p.json',
        '--bundle',
        'b',
        'a.txt',
      ],
      'p.json: the statement.predicate',
    ],
  ])('%s', (_, args, expected) => {
    withFolder(files, (folder) => {
      const { code, out, err } = keelson(folder, args);
      expect(code).toBeGreaterThan(0);
      expect(out + err).toContain(expected);
    });
  });
});
