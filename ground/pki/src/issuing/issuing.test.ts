import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { extensionOids } from '../certificates/extensions.ts';
import { nameToString } from '../certificates/name.ts';
import { checkSignature } from '../chains/verify-chain.ts';
import { PkiError } from '../errors.ts';
import type { SignatureScheme } from '../keys/schemes.ts';
import { hour, newKey, noon } from '../testing/authority.ts';
import { certificateRequest, readCertificateRequest } from './certificate-request.ts';
import { basicConstraints, keyUsage, subjectAlternativeName } from './extensions.ts';
import { issueCertificate } from './issue-certificate.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ed25519 = generateKeyPairSync('ed25519').privateKey;

describe('Node takes what is issued', () => {
  test.each<[string, KeyObject, SignatureScheme]>([
    ['P-256', newKey(), 'ecdsa-sha256'],
    ['P-384', newKey('P-384'), 'ecdsa-sha384'],
    ['P-521', newKey('P-521'), 'ecdsa-sha512'],
    ['RSA', rsa, 'rsa-pkcs1-sha256'],
    ['RSA', rsa, 'rsa-pss-sha384'],
    ['Ed25519', ed25519, 'ed25519'],
  ])('%s by %s', (_, key, scheme) => {
    const certificate = issueCertificate({
      subject: [
        ['C', 'DE'],
        ['CN', 'Öl, Wasser'],
      ],
      key,
      scheme,
      notBefore: noon,
      notAfter: noon + hour,
      extensions: [basicConstraints(true, 2), keyUsage(['keyCertSign', 'decipherOnly'])],
    });
    const second = new X509Certificate(certificate.bytes);
    expect(second.verify(second.publicKey)).toBe(true);
    expect(second.checkPrivateKey(createPrivateKey(key.export({ format: 'pem', type: 'pkcs8' })))).toBe(true);
    expect(new Date(second.validTo).getTime()).toBe(noon + hour);
    expect(second.ca).toBe(true);
    expect([...(certificate.keyUsage ?? [])]).toEqual(['keyCertSign', 'decipherOnly']);
    checkSignature(certificate, certificate);
  });
});

test('a request is read, and only with the signature of its key', () => {
  const bytes = certificateRequest({
    subject: [['CN', 'x']],
    key: rsa,
    extensions: [subjectAlternativeName([{ type: 'dns', value: 'a.example' }])],
  });
  const request = readCertificateRequest(bytes);
  expect(nameToString(request.subject)).toBe('CN=x');
  expect(request.publicKey.type).toBe('rsa');
  expect([...request.extensions.keys()]).toEqual([extensionOids.subjectAlternativeName]);
  expect(readCertificateRequest(certificateRequest({ subject: [], key: ed25519 })).extensions.size).toBe(0);
  for (let at = 0; at < bytes.length; at += 3) {
    const changed = Uint8Array.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => readCertificateRequest(changed)).toThrow(PkiError);
  }
});
