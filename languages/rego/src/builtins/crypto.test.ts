import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crypto } from './crypto.ts';
import { nodeCryptography } from './node-crypto.ts';
import { callText } from './testing/outside.ts';

const cryptography = nodeCryptography();
const host = {
  now: () => 1_800_000_000_000_000_000n,
  ...(cryptography === undefined ? {} : { crypto: cryptography }),
};

function pem(...names: string[]): string {
  return names
    .map((name) => readFileSync(new URL(`crypto/testing/${name}.pem`, import.meta.url), 'utf8'))
    .join('');
}

function call(name: string, ...args: Parameters<typeof callText>[2]): unknown {
  const text = callText(crypto, name, args, host);
  return text.startsWith('eval_') ? text : JSON.parse(text);
}

describe('digests', () => {
  it.each([
    ['crypto.md5', 'be50e8478cf24ff3595bc7307fb91b50'],
    ['crypto.sha1', '35b5ea45c5e41f78b46a937cc74d41dfea920890'],
    ['crypto.sha256', '3c48591d8d098a4538f5e013dfcf406e948eac4d3277b10bf614e295d6068179'],
  ])('%s', (name, wanted) => {
    expect(call(name, 'héllo')).toBe(wanted);
  });

  it.each([
    ['a', 'a', true],
    ['a', 'b', false],
    ['a', 'ab', false],
  ])('hmac.equal(%s, %s)', (a, b, wanted) => {
    expect(call('crypto.hmac.equal', a, b)).toBe(wanted);
  });

  it('needs a host', () => {
    expect(callText(crypto, 'crypto.md5', ['a'])).toContain('the host gives no cryptography');
  });
});

describe('certificates', () => {
  it('read what Go reads', () => {
    expect(call('crypto.x509.parse_certificates', pem('all-extensions'))).toMatchObject([
      {
        IsCA: true,
        KeyUsage: 97,
        MaxPathLen: 0,
        MaxPathLenZero: true,
        ExtKeyUsage: [1, 2],
        UnknownExtKeyUsage: [[1, 2, 3, 4]],
        DNSNames: ['a.example'],
        IPAddresses: ['10.0.0.1', '::1'],
        URIStrings: ['https://u@a.example:8/p?q=1'],
        PermittedIPRanges: [{ IP: '10.0.0.0', Mask: '/wAAAA==' }],
        ExcludedURIDomains: ['.c.example'],
        Policies: ['1.2.3.4', '2.23.140.1.2.1'],
        InhibitAnyPolicy: 2,
        Subject: { CommonName: 'test', OrganizationalUnit: ['U1', 'U2'] },
        NotBefore: '2026-11-23T08:42:17Z',
        SignatureAlgorithm: 4,
        PublicKeyAlgorithm: 1,
      },
    ]);
  });

  it('read requests', () => {
    expect(call('crypto.x509.parse_certificate_request', pem('request'))).toMatchObject({
      Subject: { CommonName: 'csr' },
      DNSNames: ['a.example'],
      PublicKeyAlgorithm: 3,
    });
  });

  it.each([
    ['parse_certificates', 'YmFkc3RyaW5n', 'x509: malformed certificate'],
    ['parse_certificates', 'foobar!', 'illegal base64 data at input byte 6'],
    [
      'parse_certificates',
      '-----BEGIN A-----\nAAAA\n-----END A-----',
      "PEM block type is 'A', expected CERTIFICATE",
    ],
    ['parse_certificate_request', 'YmFkc3RyaW5n', 'asn1: structure error'],
    ['parse_rsa_private_key', '', 'input PEM data was empty'],
  ])('%s of %j', (name, text, wanted) => {
    expect(call(`crypto.x509.${name}`, text)).toContain(wanted);
  });

  it.each([
    [['root', 'mid', 'leaf'], {}, true],
    [['root', 'leaf'], {}, false],
    [['root'], {}, false],
    [['root', 'mid', 'leaf'], { DNSName: 'x.a.example' }, true],
    [['root', 'mid', 'leaf'], { DNSName: 'y.w.a.example' }, true],
    [['root', 'mid', 'leaf'], { DNSName: 'z.y.w.a.example' }, false],
    [['root', 'mid', 'leaf'], { DNSName: '10.0.0.1' }, true],
    [['root', 'mid', 'leaf'], { KeyUsages: ['KeyUsageClientAuth'] }, false],
    [['root', 'mid', 'leaf'], { CurrentTime: 1 }, false],
    // The name is outside of what the middle one may sign.
    [['root', 'nc', 'leafnc'], { KeyUsages: ['KeyUsageAny'] }, false],
  ])('chain %j with %j is %j', (names, options, wanted) => {
    const name = 'crypto.x509.parse_and_verify_certificates_with_options';
    expect(call(name, pem(...names), options)).toMatchObject([wanted, wanted ? [{}, {}, {}] : []]);
  });
});

describe('keys', () => {
  it.each([
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 1024 })],
    ['ec', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['ed25519', generateKeyPairSync('ed25519')],
  ])('%s keys become JSON Web Keys', (_, { privateKey }) => {
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const jwk = privateKey.export({ format: 'jwk' });
    expect(call('crypto.x509.parse_rsa_private_key', text)).toEqual(jwk);
    expect(call('crypto.parse_private_keys', text)).toHaveLength(1);
  });
});
