import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Extension, extensionOids, keyPurposes } from '../certificates/extensions.ts';
import { readDer } from '../der/element.ts';
import { der } from '../der/writer.ts';
import { PkiError, type PkiErrorCode } from '../errors.ts';
import { basicConstraints, extendedKeyUsage, keyUsage, writeGeneralName } from '../issuing/extensions.ts';
import { type CrlInput, issueCrl } from '../issuing/issue-crl.ts';
import { issueOcspResponse, type OcspResponseInput } from '../issuing/issue-ocsp-response.ts';
import { hour, type Issued, issue, leafExtensions, noon } from '../testing/authority.ts';
import { readCrl } from './crl.ts';
import { crlUris, freshestCrlUris, ocspUris } from './distribution-points.ts';
import { ocspRequest } from './ocsp-request.ts';
import { readOcspResponse } from './ocsp-response.ts';
import { type CrlStatusOptions, crlStatus } from './verify-crl.ts';
import { type OcspOptions, verifyOcspResponse } from './verify-ocsp.ts';

const uri = (value: string) => writeGeneralName({ type: 'uri', value });
const point = (...uris: string[]) => der.sequence(der.explicit(0, der.explicit(0, ...uris.map(uri))));
const points = (...each: Uint8Array[]): Extension => ({
  oid: extensionOids.crlDistributionPoints,
  critical: false,
  value: der.sequence(...each),
});
const scope = (...fields: Uint8Array[]): Extension => ({
  oid: extensionOids.issuingDistributionPoint,
  critical: true,
  value: der.sequence(...fields),
});
const yes = der.boolean(true);

const root = issue('root', undefined);
const leaf = issue('leaf', root, {
  extensions: [...leafExtensions, points(point('http://a/crl', 'http://b/crl'))],
});
const ca = issue('ca', root);
const { serialNumber } = leaf.certificate;

function codeOf(run: () => unknown): PkiErrorCode {
  try {
    run();
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
  return expect.fail('was accepted');
}

const list = (input: Partial<CrlInput> = {}) =>
  issueCrl({ issuer: root, thisUpdate: noon, nextUpdate: noon + 10 * hour, number: 5, ...input });
const revoked = [{ serialNumber, revokedAt: noon }];
const status = (crl: Partial<CrlInput> = {}, options: Partial<CrlStatusOptions> = {}) =>
  crlStatus({
    certificate: leaf.certificate,
    issuer: root.certificate,
    at: noon + hour,
    crl: list(crl),
    ...options,
  });

describe('revocation lists', () => {
  test('good and revoked', () => {
    expect(status()).toEqual({ status: 'good' });
    expect(status({ revoked: [{ serialNumber: Uint8Array.of(1), revokedAt: noon }] })).toEqual({
      status: 'good',
    });
    expect(
      status({
        revoked: [
          {
            ...revoked[0],
            serialNumber,
            revokedAt: noon,
            reason: 'keyCompromise',
            invalidityDate: noon - hour,
          },
        ],
      }),
    ).toEqual({
      status: 'revoked',
      revokedAt: noon,
      reason: 'keyCompromise',
      invalidityDate: noon - hour,
    });
  });

  test('of the distribution point and the sort of the certificate', () => {
    const own = der.explicit(0, der.explicit(0, uri('http://b/crl')));
    expect(status({ extensions: [scope(own, der.implicit(1, yes))] })).toEqual({ status: 'good' });
    expect(status({ extensions: [scope(der.implicit(2, yes))] }, { certificate: ca.certificate })).toEqual({
      status: 'good',
    });
  });

  test('delta lists add, and take away', () => {
    const delta = (input: Partial<CrlInput>) => list({ number: 6, deltaBase: 5, ...input });
    expect(status({}, { delta: delta({ revoked }) })).toMatchObject({ status: 'revoked' });
    expect(status({ revoked }, { delta: delta({}) })).toMatchObject({ status: 'revoked' });
    const removed = delta({ revoked: [{ serialNumber, revokedAt: noon, reason: 'removeFromCRL' }] });
    expect(status({ revoked }, { delta: removed })).toEqual({ status: 'good' });
  });

  const critical = { oid: '1.2.3', critical: true, value: der.null() };
  const silent = issue('root', undefined, {
    key: root.key,
    extensions: [basicConstraints(true), keyUsage(['keyCertSign'])],
  });
  const someReasons = der.implicit(3, der.bitString(Uint8Array.of(0x40), 6));
  const delta = (input: Partial<CrlInput> = {}) => list({ number: 6, deltaBase: 5, ...input });

  test.each<[string, () => unknown, PkiErrorCode]>([
    ['too early', () => status({}, { at: noon - 1 }), 'REVOCATION_TIME'],
    ['too late', () => status({}, { at: noon + 10 * hour + 1 }), 'REVOCATION_TIME'],
    ['no time', () => status({}, { at: Number.NaN }), 'REVOCATION_TIME'],
    [
      'no next update',
      () => status({}, { crl: issueCrl({ issuer: root, thisUpdate: noon, number: 1 }) }),
      'REVOCATION_TIME',
    ],
    ['of another CA', () => status({ issuer: ca }), 'REVOCATION_SCOPE'],
    [
      'certificate of another CA',
      () => status({}, { certificate: issue('x', ca).certificate }),
      'REVOCATION_SCOPE',
    ],
    ['by another key', () => status({ issuer: { ...root, key: ca.key } }), 'REVOCATION_SIGNATURE'],
    [
      'by a key that may not',
      () => status({ issuer: silent }, { issuer: silent.certificate }),
      'REVOCATION_SIGNATURE',
    ],
    ['unknown critical extension', () => status({ extensions: [critical] }), 'REVOCATION_UNSUPPORTED'],
    ['indirect', () => status({ extensions: [scope(der.implicit(4, yes))] }), 'REVOCATION_UNSUPPORTED'],
    [
      'of attribute certificates',
      () => status({ extensions: [scope(der.implicit(5, yes))] }),
      'REVOCATION_UNSUPPORTED',
    ],
    ['of some reasons', () => status({ extensions: [scope(someReasons)] }), 'REVOCATION_UNSUPPORTED'],
    ['of CAs only', () => status({ extensions: [scope(der.implicit(2, yes))] }), 'REVOCATION_SCOPE'],
    [
      'of others only',
      () => status({ extensions: [scope(der.implicit(1, yes))] }, { certificate: ca.certificate }),
      'REVOCATION_SCOPE',
    ],
    [
      'of another point',
      () => status({ extensions: [scope(der.explicit(0, der.explicit(0, uri('http://c'))))] }),
      'REVOCATION_SCOPE',
    ],
    ['a number twice', () => status({ revoked: [...revoked, ...revoked] }), 'CRL_INVALID'],
    ['delta as complete', () => status({ deltaBase: 4 }), 'REVOCATION_SCOPE'],
    ['complete as delta', () => status({}, { delta: list({ number: 6 }) }), 'REVOCATION_SCOPE'],
    ['delta on a later list', () => status({}, { delta: delta({ deltaBase: 6 }) }), 'REVOCATION_SCOPE'],
    [
      'delta older than the list',
      () => status({}, { delta: delta({ number: 4, deltaBase: 3 }) }),
      'REVOCATION_SCOPE',
    ],
    ['delta out of date', () => status({}, { delta: delta({ nextUpdate: noon }) }), 'REVOCATION_TIME'],
    [
      'delta by another key',
      () => status({}, { delta: delta({ issuer: { ...root, key: ca.key } }) }),
      'REVOCATION_SIGNATURE',
    ],
    [
      'delta of another scope',
      () => status({}, { delta: delta({ extensions: [scope(der.implicit(1, yes))] }) }),
      'REVOCATION_SCOPE',
    ],
  ])('refused: %s', (_, run, code) => expect(codeOf(run)).toBe(code));

  test('every byte is bound', () => {
    const { bytes } = list({ revoked });
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => status({}, { crl: readCrl(changed) })).toThrow(PkiError);
    }
  });
});

describe('where to ask', () => {
  const freshest = (value: Uint8Array) => ({
    extensions: new Map([
      [extensionOids.freshestCrl, { oid: extensionOids.freshestCrl, critical: false, value }],
    ]),
  });

  test('lists and responders', () => {
    expect(crlUris(leaf.certificate)).toEqual(['http://a/crl', 'http://b/crl']);
    expect(crlUris(root.certificate)).toEqual([]);
    const access = (method: string, at: string) => der.sequence(der.oid(method), uri(at));
    const value = der.sequence(
      access('1.3.6.1.5.5.7.48.2', 'http://ca'),
      access('1.3.6.1.5.5.7.48.1', 'http://ocsp'),
    );
    const extension = { oid: extensionOids.authorityInformationAccess, critical: false, value };
    expect(ocspUris(issue('x', root, { extensions: [extension] }).certificate)).toEqual(['http://ocsp']);
    expect(ocspUris(root.certificate)).toEqual([]);
  });

  test('points without a name are taken, points without anything not', () => {
    expect(freshestCrlUris(freshest(der.sequence(point('http://d'), point())))).toEqual(['http://d']);
    for (const wrong of [
      der.sequence(),
      der.sequence(der.sequence()),
      der.sequence(der.sequence(der.explicit(0))),
    ])
      expect(() => freshestCrlUris(freshest(wrong))).toThrow(PkiError);
  });
});

describe('OCSP', () => {
  const responderExtensions = [keyUsage(['digitalSignature']), extendedKeyUsage([keyPurposes.ocspSigning])];
  const delegate = issue('responder', root, { extensions: responderExtensions });
  const respond = (input: Partial<OcspResponseInput> = {}, options: Partial<OcspOptions> = {}) =>
    verifyOcspResponse(
      readOcspResponse(
        issueOcspResponse({
          certificate: leaf.certificate,
          issuer: root.certificate,
          responder: root,
          status: { status: 'good' },
          thisUpdate: noon,
          nextUpdate: noon + 2 * hour,
          ...input,
        }),
      ),
      { certificate: leaf.certificate, issuer: root.certificate, at: noon + hour, ...options },
    );
  const by = (responder: Issued) => () => respond({ responder, withCertificate: true });
  const nonce = Buffer.from('a nonce of sixteen');

  test('good, revoked and unknown; by the CA and by whom it allows', () => {
    expect(respond()).toMatchObject({
      status: { status: 'good' },
      thisUpdate: noon,
      nextUpdate: noon + 2 * hour,
    });
    const status = { status: 'revoked', revokedAt: noon, reason: 'superseded' } as const;
    expect(respond({ status, hash: 'sha1' }).status).toEqual(status);
    const { responder } = respond(
      { status: { status: 'unknown' }, responder: delegate, withCertificate: true, nonce },
      { nonce },
    );
    expect(responder.bytes).toEqual(delegate.certificate.bytes);
  });

  const own = (...extensions: Extension[]) => issue('responder', root, { extensions });
  test.each<[string, () => unknown, PkiErrorCode]>([
    ['about another', () => respond({ certificate: ca.certificate }), 'REVOCATION_SCOPE'],
    ['about the same number of another CA', () => respond({ issuer: ca.certificate }), 'REVOCATION_SCOPE'],
    ['another CA asked about', () => respond({}, { issuer: ca.certificate }), 'REVOCATION_SCOPE'],
    ['another nonce', () => respond({ nonce }, { nonce: Buffer.from('another nonce') }), 'REVOCATION_SCOPE'],
    ['no nonce', () => respond({}, { nonce }), 'REVOCATION_SCOPE'],
    ['too early', () => respond({}, { at: noon - 1 }), 'REVOCATION_TIME'],
    ['too late', () => respond({}, { at: noon + 3 * hour }), 'REVOCATION_TIME'],
    ['responder not there', () => respond({ responder: delegate }), 'OCSP_RESPONDER'],
    ['responder without the purpose', by(own(keyUsage(['digitalSignature']))), 'OCSP_RESPONDER'],
    [
      'responder without signatures',
      by(own(...responderExtensions.slice(1), keyUsage(['keyAgreement']))),
      'OCSP_RESPONDER',
    ],
    [
      'responder of another CA',
      by(issue('responder', ca, { extensions: responderExtensions })),
      'OCSP_RESPONDER',
    ],
    ['leaf as responder', by(leaf), 'OCSP_RESPONDER'],
    [
      'responder of a CA of the same name',
      by(issue('responder', issue('root', undefined), { extensions: responderExtensions })),
      'CHAIN_SIGNATURE',
    ],
    [
      'responder out of date',
      by(issue('responder', root, { extensions: responderExtensions, notBefore: noon + 2 * hour })),
      'CHAIN_TIME',
    ],
    ['by another key', () => respond({ responder: { ...root, key: ca.key } }), 'REVOCATION_SIGNATURE'],
    ['refused', () => readOcspResponse(der.sequence(der.enumerated(3))), 'OCSP_REFUSED'],
    ['nothing inside', () => readOcspResponse(der.sequence(der.enumerated(0))), 'OCSP_INVALID'],
    [
      'another type',
      () =>
        readOcspResponse(
          der.sequence(
            der.enumerated(0),
            der.explicit(0, der.sequence(der.oid('1.2.3'), der.octetString(nonce))),
          ),
        ),
      'OCSP_INVALID',
    ],
  ])('not taken: %s', (_, run, code) => expect(codeOf(run)).toBe(code));

  test('an answer without an end does not last', () => {
    const bytes = issueOcspResponse({
      certificate: leaf.certificate,
      issuer: root.certificate,
      responder: root,
      status: { status: 'good' },
      thisUpdate: noon,
    });
    const options = { certificate: leaf.certificate, issuer: root.certificate, at: noon };
    expect(codeOf(() => verifyOcspResponse(readOcspResponse(bytes), options))).toBe('REVOCATION_TIME');
  });

  test('a question names issuer and number (RFC 6960 section 4.1)', () => {
    const input = { certificate: leaf.certificate, issuer: root.certificate };
    const hex = Buffer.from(ocspRequest({ ...input, hash: 'sha1', nonce })).toString('hex');
    const name = createHash('sha1').update(root.certificate.subject.bytes).digest('hex');
    expect(hex).toContain(`0414${name}0414`);
    expect(hex).toContain(Buffer.from(nonce).toString('hex'));
    expect(readDer(ocspRequest(input)).tag).toBe(0x30);
  });
});
