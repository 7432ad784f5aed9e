import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Certificate, readCertificate } from '../certificates/certificate.ts';
import { type Extension, extensionOids } from '../certificates/extensions.ts';
import { der } from '../der/writer.ts';
import { PkiError, type PkiErrorCode } from '../errors.ts';
import { publicKeyOfKeyObject, sign } from '../keys/sign.ts';
import { hour, issue, leafExtensions, newKey, noon } from '../testing/authority.ts';
import { readSct, readSctList, signedSctBytes } from './sct.ts';
import { type CertificateLog, precertificateTbs, type SctInput, verifySct } from './verify-sct.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const root = issue('root', undefined);
const logKey = newKey();
const logOf = (key: KeyObject): CertificateLog => {
  const publicKey = publicKeyOfKeyObject(key);
  return { id: sha256(publicKey.spki), key: publicKey, validity: { start: noon } };
};
const log = logOf(logKey);
const vector = (octets: number, bytes: Uint8Array) => {
  const length = Buffer.alloc(octets);
  length.writeUIntBE(bytes.length, 0, octets);
  return Buffer.concat([length, bytes]);
};

/** A timestamp of a log over a certificate, or over what the certificate will be. */
function timestamp(
  entry: Parameters<typeof signedSctBytes>[1],
  key = logKey,
  extensions = Uint8Array.of(1, 2),
) {
  const time = noon + hour;
  const scheme = key.asymmetricKeyType === 'rsa' ? 'rsa-pkcs1-sha256' : 'ecdsa-sha256';
  const signature = sign(key, scheme, signedSctBytes({ timestamp: time, extensions }, entry));
  const head = Buffer.alloc(9);
  head.writeBigUInt64BE(BigInt(time), 1);
  const algorithms = Uint8Array.of(4, scheme === 'ecdsa-sha256' ? 3 : 1);
  return Buffer.concat([
    head.subarray(0, 1),
    logOf(key).id,
    head.subarray(1),
    vector(2, extensions),
    algorithms,
    vector(2, signature),
  ]);
}

const extension = (...scts: Uint8Array[]): Extension => ({
  oid: extensionOids.sctList,
  critical: false,
  value: der.octetString(vector(2, Buffer.concat(scts.map((sct) => vector(2, sct))))),
});

/** As a CA does it: a precertificate with the poison is logged, and the certificate has the timestamp instead. */
function loggedCertificate(key = logKey): Certificate {
  const input = { key: newKey(), serialNumber: Uint8Array.of(9) };
  const poison = { oid: extensionOids.sctPoison, critical: true, value: der.null() };
  const precertificate = issue('leaf', root, {
    ...input,
    extensions: [...leafExtensions, poison],
  }).certificate;
  const entry = {
    issuerKeyHash: sha256(root.certificate.publicKeyBytes),
    tbs: precertificateTbs(precertificate),
  };
  const scts = extension(timestamp(entry, key));
  return issue('leaf', root, { ...input, extensions: [...leafExtensions, scts] }).certificate;
}

const certificate = loggedCertificate();
const [sct] = readSctList(certificate.extensions.get(extensionOids.sctList)?.value ?? new Uint8Array(0));
const verify = (input: Partial<SctInput> = {}) =>
  verifySct({ certificate, issuer: root.certificate, sct: sct ?? expect.fail(), logs: [log], ...input });

function codeOf(run: () => unknown): PkiErrorCode {
  try {
    run();
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
  return expect.fail('was accepted');
}

describe('accepted', () => {
  test('embedded', () => expect(verify()).toBe(log));

  test('beside the certificate', () => {
    const plain = issue('leaf', root, { extensions: leafExtensions }).certificate;
    const detached = readSct(timestamp({ certificate: plain.bytes }));
    expect(verify({ certificate: plain, sct: detached, detached: true })).toBe(log);
    expect(codeOf(() => verify({ certificate: plain, sct: detached }))).toBe('SCT_SIGNATURE');
  });

  test('of a log with an RSA key', () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const own = loggedCertificate(key);
    const [first] = readSctList(own.extensions.get(extensionOids.sctList)?.value ?? new Uint8Array(0));
    expect(verify({ certificate: own, sct: first ?? expect.fail(), logs: [log, logOf(key)] }).key.type).toBe(
      'rsa',
    );
  });

  test('without any other extension, the list of extensions is gone', () => {
    const bare = issue('leaf', root, {
      extensions: [extension(timestamp({ certificate: root.certificate.bytes }))],
    });
    const tbs = Buffer.from(precertificateTbs(bare.certificate)).toString('hex');
    expect(tbs).not.toContain(Buffer.from(der.oid(extensionOids.sctList)).toString('hex'));
  });
});

describe('refused', () => {
  const change = (fields: object) => ({ sct: { ...(sct ?? expect.fail()), ...fields } });

  test.each<[string, () => unknown, PkiErrorCode]>([
    ['an unknown log', () => verify({ logs: [logOf(newKey())] }), 'SCT_LOG'],
    ['no log', () => verify({ logs: [] }), 'SCT_LOG'],
    [
      'a log that begins later',
      () => verify({ logs: [{ ...log, validity: { start: noon + 2 * hour } }] }),
      'SCT_LOG',
    ],
    [
      'a log that ended',
      () => verify({ logs: [{ ...log, validity: { start: noon, end: noon + hour - 1 } }] }),
      'SCT_LOG',
    ],
    ['a log of no time', () => verify({ logs: [{ ...log, validity: { start: undefined } }] }), 'SCT_LOG'],
    ['another time', () => verify(change({ timestamp: noon + hour + 1 })), 'SCT_SIGNATURE'],
    ['other extensions', () => verify(change({ extensions: Uint8Array.of(1, 3) })), 'SCT_SIGNATURE'],
    ['another issuer', () => verify({ issuer: issue('root', undefined).certificate }), 'SCT_SIGNATURE'],
    ['another certificate', () => verify({ certificate: root.certificate }), 'SCT_SIGNATURE'],
    [
      'another key under the name',
      () => verify({ logs: [{ ...logOf(newKey()), id: log.id }] }),
      'SCT_SIGNATURE',
    ],
    ['another sort of key', () => verify(change({ signatureScheme: 'rsa-pkcs1-sha256' })), 'KEY_MISMATCH'],
  ])('%s', (_, run, code) => expect(codeOf(run)).toBe(code));

  const good = timestamp({ certificate: root.certificate.bytes });
  const list = (bytes: Uint8Array) => der.octetString(vector(2, bytes));
  test.each([
    ['an empty list', list(new Uint8Array(0))],
    ['a list too long', der.octetString(Buffer.concat([vector(2, vector(2, good)), Uint8Array.of(0)]))],
    ['a timestamp that ends early', list(vector(2, good.subarray(0, -1)))],
    ['a timestamp that is too long', list(vector(2, Buffer.concat([good, Uint8Array.of(0)])))],
    ['version 2', list(vector(2, Buffer.concat([Uint8Array.of(1), good.subarray(1)])))],
    ['an unknown hash', list(vector(2, Buffer.from(good).fill(5, 45, 46)))],
    ['a time beyond numbers', list(vector(2, Buffer.from(good).fill(0xff, 33, 41)))],
    ['51 of them', list(Buffer.concat(Array.from({ length: 51 }, () => vector(2, good))))],
  ])('%s', (_, value) => expect(codeOf(() => readSctList(value))).toBe('SCT_INVALID'));

  test('a changed byte of the certificate', () => {
    const tbsEnd = certificate.tbsBytes.length;
    for (let at = 4; at < tbsEnd; at += 11) {
      const changed = Uint8Array.from(certificate.bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const run = () => {
        const copy = readCertificate(changed);
        const [first] = readSctList(copy.extensions.get(extensionOids.sctList)?.value ?? new Uint8Array(0));
        verify({ certificate: copy, sct: first ?? expect.fail() });
      };
      expect(run).toThrow(PkiError);
    }
  });
});
