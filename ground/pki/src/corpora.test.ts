import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCertificates } from './certificates/read-certificates.ts';
import { verifyOrderedChain } from './chains/ordered-chain.ts';
import { PkiError } from './errors.ts';
import { readCrl } from './revocation/crl.ts';
import { crlUris, freshestCrlUris, ocspUris } from './revocation/distribution-points.ts';
import { crlStatus } from './revocation/verify-crl.ts';
import { readTimeStampToken } from './timestamps/token.ts';
import { verifyTimeStamp } from './timestamps/verify-timestamp.ts';

const corpora = process.env['KEELSON_CORPORA'] ?? join(import.meta.dirname, '../../../../shared/corpora');
const notation = join(corpora, 'notation');
const read = (path: string) => readFileSync(join(notation, path));
const certificates = (path: string) => readCertificates(read(path));
const core = 'notation-core-go';
const verifier = 'notation-go/verifier/testdata';
const config = 'notation/test/e2e/testdata/config';
const at = Date.UTC(2026, 10, 23);

function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

describe.skipIf(!existsSync(notation))('files of the Notary Project', () => {
  test.each([
    [`${core}/x509/testdata/der.der`, 1],
    [`${core}/x509/testdata/multi-der.der`, 2],
    [`${core}/x509/testdata/pem.crt`, 1],
    [`${core}/x509/testdata/multi-pem.crt`, 2],
    [`${core}/x509/testdata/invalid`, 'PEM_INVALID'],
    [`${config}/timestamp/CertChain.pem`, 2],
    [`${config}/timestamp/Empty.txt`, 'PEM_INVALID'],
    [`${config}/timestamp/invalid.crt`, 'PEM_INVALID'],
    [`${verifier}/verifier/bad-cert.pem`, 1],
  ])('certificates of %s', (path, expected) =>
    expect(outcome(() => certificates(path).length)).toBe(expected),
  );

  test.each([
    ['certificateWith2DeltaCRL.cer', 2],
    ['certificateWithZeroDeltaCRLURL.cer', 0],
    ['certificateWithIncompleteFreshestCRL.cer', 'DER_INVALID'],
    ['certificateWithIncompleteFreshestCRL2.cer', 'CERTIFICATE_INVALID'],
  ])('delta lists of %s', (name, expected) => {
    const [certificate] = certificates(`${core}/revocation/crl/testdata/${name}`);
    expect(outcome(() => certificate && freshestCrlUris(certificate).length)).toBe(expected);
  });

  test('a delta list', () => {
    const { number, deltaBase } = readCrl(read(`${core}/revocation/crl/testdata/delta.crl`));
    expect([number, deltaBase]).toEqual([5n, 4n]);
  });

  test('a chain with its revocation lists', () => {
    const [leaf, middle, root] = certificates(`${config}/crl/certchain_with_crl.pem`);
    if (leaf === undefined || middle === undefined || root === undefined) return expect.fail('no chain');
    verifyOrderedChain([leaf, middle, root]);
    expect(crlUris(leaf)).toHaveLength(1);
    const crl = (name: string) => readCrl(read(`${config}/crl/${name}`));
    expect(crlStatus({ certificate: leaf, issuer: middle, crl: crl('leaf.crl'), at })).toEqual({
      status: 'good',
    });
    const status = crlStatus({ certificate: middle, issuer: root, crl: crl('intermediate_revoked.crl'), at });
    expect(status.status).toBe('revoked');
    const expired = () => crlStatus({ certificate: leaf, issuer: middle, crl: crl('leaf_expired.crl'), at });
    expect(outcome(expired)).toBe('REVOCATION_TIME');
  });

  test('a chain with its responder', () => {
    const [leaf] = certificates(`${config}/ocsp/certchain_with_ocsp.pem`);
    expect(leaf && ocspUris(leaf)).toHaveLength(1);
  });

  test.each([
    [`${verifier}/timestamp/countersignature/TimeStampToken.p7s`, 3],
    [`${verifier}/timestamp/countersignature/TimeStampTokenWithoutCertificate.p7s`, 'TIMESTAMP_SIGNER'],
    [`${verifier}/timestamp/countersignature/TimeStampTokenWithInvalideContentType.p7s`, 'TIMESTAMP_INVALID'],
    [`${core}/internal/timestamp/testdata/TimeStampTokenWithInvalidSignature.p7s`, 'TIMESTAMP_SIGNATURE'],
  ])('the token %s', (path, expected) => {
    const roots = certificates(`${verifier}/truststore/x509/tsa/test-timestamp/globalsignRoot.cer`);
    const verify = () => {
      const token = readTimeStampToken(read(path));
      return verifyTimeStamp(token, { roots, digest: token.messageImprint.digest }).chain.length;
    };
    expect(outcome(verify)).toBe(expected);
  });
});
