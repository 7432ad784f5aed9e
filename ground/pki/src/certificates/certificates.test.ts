import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readDer } from '../der/element.ts';
import { der } from '../der/writer.ts';
import { PkiError } from '../errors.ts';
import { subjectAlternativeName } from '../issuing/extensions.ts';
import { writePem } from '../pem.ts';
import { caExtensions, hour, issue, leafExtensions, noon } from '../testing/authority.ts';
import { readCertificate } from './certificate.ts';
import { extensionOids, keyPurposes } from './extensions.ts';
import { readGeneralName } from './general-name.ts';
import { nameToString, readName, sameName } from './name.ts';
import { readCertificates } from './read-certificates.ts';
import { writeName } from './write-name.ts';

const root = issue('root', undefined);
const leaf = issue('leaf', root, {
  serialNumber: Uint8Array.of(0x80, 1),
  extensions: [
    ...leafExtensions,
    subjectAlternativeName([
      { type: 'email', value: 'dev@example.com' },
      { type: 'uri', value: 'https://example.com/a' },
      { type: 'dns', value: 'example.com' },
      { type: 'ip', value: '192.0.2.1' },
      { type: 'otherName', oid: '1.3.6.1.4.1.57264.1.7', value: 'user!example.com' },
      { type: 'directory', value: [['CN', 'x']] },
    ]),
  ],
});

test('every field is read, and as Node reads it', () => {
  const { certificate } = leaf;
  const second = new X509Certificate(certificate.bytes);
  expect(certificate.version).toBe(3);
  expect(Buffer.from(certificate.serialNumber).toString('hex')).toBe('008001');
  expect(second.serialNumber).toBe('8001');
  expect(certificate.notBefore).toBe(noon);
  expect(certificate.notAfter).toBe(noon + 24 * hour);
  expect(nameToString(certificate.subject)).toBe('CN=leaf,O=keelson');
  expect(nameToString(certificate.issuer)).toBe('CN=root,O=keelson');
  expect(certificate.signatureScheme).toBe('ecdsa-sha256');
  expect(certificate.publicKey.keyObject.equals(second.publicKey)).toBe(true);
  expect([...(certificate.keyUsage ?? [])]).toEqual(['digitalSignature']);
  expect(certificate.extendedKeyUsage).toEqual([keyPurposes.codeSigning]);
  expect(certificate.basicConstraints).toBeUndefined();
  expect(root.certificate.basicConstraints).toEqual({ ca: true });
  expect(certificate.authorityKeyIdentifier).toEqual(root.certificate.subjectKeyIdentifier);
  expect(certificate.subjectAlternativeNames.map(({ type, value, oid }) => [type, value, oid])).toEqual([
    ['email', 'dev@example.com', undefined],
    ['uri', 'https://example.com/a', undefined],
    ['dns', 'example.com', undefined],
    ['ip', '192.0.2.1', undefined],
    ['otherName', 'user!example.com', '1.3.6.1.4.1.57264.1.7'],
    ['directory', 'CN=x', undefined],
  ]);
});

describe('forms that are refused', () => {
  const algorithm = der.sequence(der.oid('1.2.840.10045.4.3.2'));
  const name = writeName([['CN', 'x']]);
  const validity = der.sequence(der.time(noon), der.time(noon + hour));
  const spki = Uint8Array.from(root.certificate.publicKeyBytes);
  const extension = der.sequence(der.oid('1.2.3'), der.octetString(Uint8Array.of(1)));
  const version = (number: number) => der.explicit(0, der.integer(number));
  const make = (...tbs: Uint8Array[]) =>
    der.sequence(der.sequence(...tbs), algorithm, der.bitString(Uint8Array.of(1)));
  const rest = [algorithm, name, validity, name, spki];
  const serial = der.integer(1);
  const list = (...items: Uint8Array[]) => der.explicit(3, der.sequence(...items));

  test('the form itself is taken', () => {
    expect(readCertificate(make(version(2), serial, ...rest, list(extension))).version).toBe(3);
    expect(readCertificate(make(serial, ...rest)).version).toBe(1);
  });

  test.each([
    ['an extension twice', make(version(2), serial, ...rest, list(extension, extension)), '1.2.3 twice'],
    ['no extension in the list', make(version(2), serial, ...rest, list()), 'missing'],
    ['extensions in version 1', make(serial, ...rest, list(extension)), 'version 1'],
    ['extensions in version 2', make(version(1), serial, ...rest, list(extension)), 'version 2'],
    ['version 4', make(version(3), serial, ...rest), 'unknown version 4'],
    ['a negative serial', make(version(2), der.integer(-1), ...rest), 'negative'],
    [
      'a serial of 22 octets',
      make(version(2), der.integer(new Uint8Array(22).fill(1)), ...rest),
      'more than 20',
    ],
    [
      'two algorithms',
      make(version(2), serial, der.sequence(der.oid('1.2.840.10045.4.3.3')), ...rest.slice(1)),
      'two different signature algorithms',
    ],
    ['a field too many', make(version(2), serial, ...rest, der.null()), 'too many'],
    ['a field too few', make(version(2), serial, ...rest.slice(0, -1)), 'subjectPublicKeyInfo is missing'],
    [
      'more than 100 extensions',
      make(
        version(2),
        serial,
        ...rest,
        list(
          ...Array.from({ length: 101 }, (_, at) =>
            der.sequence(der.oid(`1.2.${at}`), der.octetString(name)),
          ),
        ),
      ),
      'maxExtensions',
    ],
    [
      'too many bytes',
      make(version(2), serial, ...rest, der.octetString(new Uint8Array(300_000))),
      'maxCertificateBytes',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => readCertificate(bytes)).toThrow(PkiError);
    expect(() => readCertificate(bytes)).toThrow(message);
  });

  test.each([
    [extensionOids.keyUsage, der.bitString(Uint8Array.of(0)), 'allows nothing'],
    [extensionOids.keyUsage, der.bitString(Uint8Array.of(0, 0x40)), 'bit 9'],
    [extensionOids.extendedKeyUsage, der.sequence(), 'missing'],
    [extensionOids.basicConstraints, der.sequence(der.integer(1)), 'no CA has a path length'],
    [extensionOids.basicConstraints, der.sequence(der.boolean(true), der.integer(-1)), 'negative'],
    [extensionOids.subjectAlternativeName, der.sequence(), 'missing'],
    [extensionOids.subjectAlternativeName, der.sequence(der.ia5String('x')), 'no known type'],
  ])('the extension %s', (oid, value, message) => {
    const own = der.sequence(der.oid(oid), der.octetString(value));
    const certificate = readCertificate(make(version(2), serial, ...rest, list(own)));
    const readAll = () => [
      certificate.keyUsage,
      certificate.extendedKeyUsage,
      certificate.basicConstraints,
      certificate.subjectAlternativeNames,
    ];
    expect(readAll).toThrow(PkiError);
    expect(readAll).toThrow(message);
  });
});

test('certificates of a file: PEM, DER, several of each', () => {
  const two = [leaf.certificate.bytes, root.certificate.bytes];
  const pem = two.map((bytes) => writePem('CERTIFICATE', bytes)).join('\n');
  for (const input of [pem, Buffer.from(pem), Buffer.concat(two)])
    expect(readCertificates(input).map(({ bytes }) => Buffer.compare(bytes, two[0] ?? bytes) === 0)).toEqual([
      true,
      false,
    ]);
  for (const wrong of [
    '',
    'text',
    new Uint8Array(0),
    writePem('PRIVATE KEY', Uint8Array.of(1)),
    pem.slice(0, -40),
  ])
    expect(() => readCertificates(wrong)).toThrow(PkiError);
  expect(() => readCertificates(Buffer.concat([...two, Uint8Array.of(0x30)]))).toThrow(PkiError);
});

describe('names', () => {
  test.each([
    [
      [
        ['C', 'DE'],
        ['O', 'A, B'],
        ['CN', ' x '],
      ],
      'CN=\\ x\\ ,O=A\\, B,C=DE',
    ],
    [[['CN', '#a+b="c"<d>;\\']], 'CN=\\#a\\+b=\\"c\\"\\<d\\>\\;\\\\'],
    [[['1.2.3', 'é']], '1.2.3=#0c02c3a9'],
    [
      [
        ['DC', 'com'],
        ['DC', 'example'],
        ['UID', 'u'],
      ],
      'UID=u,DC=example,DC=com',
    ],
    [[], ''],
  ] as [readonly [string, string][], string][])('RFC 4514 of %j', (parts, text) => {
    expect(nameToString(readName(writeName(parts)))).toBe(text);
  });

  test('attributes of one relative distinguished name stay together', () => {
    const pair = (short: string, value: string) => der.sequence(der.oid(short), der.utf8String(value));
    const name = readName(der.sequence(der.set(pair('2.5.4.3', 'a'), pair('2.5.4.10', 'b'))));
    expect(name.attributes.map(({ shortName, value, rdn }) => [shortName, value, rdn])).toEqual([
      ['CN', 'a', 0],
      ['O', 'b', 0],
    ]);
    expect(nameToString(name)).toBe('CN=a+O=b');
  });

  test('equal but for case, spaces and the type of text (RFC 5280 section 7.1)', () => {
    const printable = readName(
      der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.printableString('A  b ')))),
    );
    const name = (value: string) => readName(writeName([['CN', value]]));
    expect(sameName(printable, name('a B'))).toBe(true);
    expect(sameName(printable, name('ab'))).toBe(false);
    expect(sameName(name('a'), readName(writeName([['O', 'a']])))).toBe(false);
    expect(sameName(name('a'), readName(der.sequence()))).toBe(false);
  });
});

test.each([
  [[192, 0, 2, 1], '192.0.2.1'],
  [[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], '2001:db8::1'],
  [Array.from({ length: 16 }, () => 0), '::'],
  [[10, 0, 0, 0, 255, 0, 0, 0], '10.0.0.0/255.0.0.0'],
  [[1, 2], '#0102'],
])('address %j', (octets, text) => {
  const element = readDer(der.element(0x87, Uint8Array.from(octets)));
  expect(readGeneralName(element)).toMatchObject({ type: 'ip', value: text });
});

test('CAs say so', () =>
  expect(issue('ca', root, { extensions: caExtensions(0) }).certificate.basicConstraints).toEqual({
    ca: true,
    pathLength: 0,
  }));
