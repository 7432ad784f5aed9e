import { generateKeyPairSync } from 'node:crypto';
import {
  basicConstraints,
  type Certificate,
  type Extension,
  extendedKeyUsage,
  keyPurposes,
  keyUsage,
  subjectAlternativeName,
} from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import { caExtensions, issue, noon, signerExtensions, timestampExtensions } from '../testing/authority.ts';
import { verifySigningChain, verifyTimestampingChain } from './certificate-rules.ts';
import { root, stamper, stampRoot } from './testing/world.ts';

const of = (...list: readonly { certificate: Certificate }[]) => list.map(({ certificate }) => certificate);
const leaf = (...extensions: readonly Extension[]) => of(issue('leaf', root, extensions), root);
const middle = issue('middle', root, caExtensions(0));
const digital = keyUsage(['digitalSignature']);
const lax = (extension: Extension): Extension => ({ ...extension, critical: false });

describe('chains of signers', () => {
  test.each<[string, readonly Certificate[]]>([
    ['one below the root', leaf(...signerExtensions)],
    ['without a purpose', leaf(digital)],
    ['for another purpose', leaf(digital, extendedKeyUsage(['1.2.3.4']))],
    ['that promises', leaf(keyUsage(['digitalSignature', 'nonRepudiation']))],
    ['that is no CA, and says so', leaf(basicConstraints(false), digital)],
    [
      'with other extensions',
      leaf(digital, { oid: '1.2.3.4', critical: true, value: new Uint8Array([5, 0]) }),
    ],
    ['with names', leaf(digital, subjectAlternativeName([{ type: 'dns', value: 'a.b' }]))],
    ['by an intermediate', of(issue('leaf', middle, signerExtensions), middle, root)],
    ['signed by itself', of(issue('alone', undefined, signerExtensions))],
    [
      'longer valid than its issuer',
      of(issue('leaf', root, signerExtensions, { notAfter: noon + 1e11 }), root),
    ],
  ])('taken: %s', (_, chain) => {
    expect(() => verifySigningChain(chain)).not.toThrow();
  });

  const other = issue('other', undefined, caExtensions());
  const deep = issue('deep', middle, caExtensions());
  const weak = generateKeyPairSync('rsa', { modulusLength: 2_304 }).privateKey;
  const edwards = generateKeyPairSync('ed25519').privateKey;
  test.each<[string, readonly Certificate[], string]>([
    ['nothing', [], 'no certificate'],
    ['no root', leaf(...signerExtensions).slice(0, 1), 'did not issue itself'],
    ['another order', leaf(...signerExtensions).toReversed(), 'root'],
    ['one more', [...leaf(...signerExtensions), ...of(root)], 'signed itself'],
    ['another issuer', [...leaf(...signerExtensions).slice(0, 1), ...of(other)], 'not issued by'],
    ['no key usage', leaf(), 'what its key is for'],
    ['key usage that is not critical', leaf(lax(digital)), 'what its key is for'],
    ['keys for more', leaf(keyUsage(['digitalSignature', 'keyEncipherment'])), 'keyEncipherment'],
    ['keys for something else', leaf(keyUsage(['nonRepudiation'])), 'not for digital signatures'],
    ['a CA that signs', leaf(basicConstraints(true), digital), 'is a CA'],
    ['a root that signs', of(root), 'is a CA'],
    ...(['any', 'serverAuth', 'clientAuth', 'emailProtection', 'timeStamping', 'ocspSigning'] as const).map(
      (purpose): [string, readonly Certificate[], string] => [
        `for ${purpose}`,
        leaf(digital, extendedKeyUsage([keyPurposes.codeSigning, keyPurposes[purpose]])),
        'is for',
      ],
    ),
    ['too many CAs', of(issue('leaf', deep, signerExtensions), deep, middle, root), 'allows 0'],
    [
      'an issuer that is no CA',
      of(issue('leaf', issue('x', root, [digital]), signerExtensions), issue('x', root, [digital]), root),
      '',
    ],
    [
      'a size of key that is not taken',
      of(issue('leaf', root, signerExtensions, { key: weak }), root),
      'RSA-2304',
    ],
    [
      'a kind of key that is not taken',
      of(issue('leaf', root, signerExtensions, { key: edwards }), root),
      'ed25519',
    ],
  ])('refused: %s', (_, chain, reason) => {
    expect(() => verifySigningChain(chain)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(reason) }),
    );
  });

  test.each<[string, readonly Extension[], string]>([
    ['no basic constraints', [keyUsage(['keyCertSign'])], 'no CA'],
    [
      'basic constraints that are not critical',
      [lax(basicConstraints(true)), keyUsage(['keyCertSign'])],
      'no CA',
    ],
    ['no CA', [basicConstraints(false), keyUsage(['keyCertSign'])], 'no CA'],
    ['no key usage', [basicConstraints(true)], 'what its key is for'],
    ['another key usage', [basicConstraints(true), keyUsage(['cRLSign'])], 'signing certificates'],
  ])('a root is refused: %s', (_, extensions, reason) => {
    const bad = issue('bad', undefined, extensions);
    const chain = of(issue('leaf', bad, signerExtensions), bad);
    expect(() => verifySigningChain(chain)).toThrow(
      expect.objectContaining({ code: 'NOTARY_CHAIN_INVALID', message: expect.stringContaining(reason) }),
    );
  });
});

describe('chains of time-stamp authorities', () => {
  test('an authority', () => {
    expect(() => verifyTimestampingChain(of(stamper, stampRoot))).not.toThrow();
  });

  test.each<[string, readonly Extension[]]>([
    [
      'a purpose that is not critical',
      timestampExtensions.map((each) => (each.oid === '2.5.29.37' ? lax(each) : each)),
    ],
    ['no purpose', [digital]],
    ['two purposes', [digital, extendedKeyUsage([keyPurposes.timeStamping, keyPurposes.codeSigning], true)]],
    ['another purpose', [digital, extendedKeyUsage([keyPurposes.codeSigning], true)]],
  ])('refused: %s', (_, extensions) => {
    expect(() => verifyTimestampingChain(of(issue('tsa', stampRoot, extensions), stampRoot))).toThrow(
      expect.objectContaining({ code: 'NOTARY_CHAIN_INVALID' }),
    );
  });
});
