import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keyPurposes } from '../certificates/extensions.ts';
import { readDer } from '../der/element.ts';
import { der } from '../der/writer.ts';
import { PkiError, type PkiErrorCode } from '../errors.ts';
import { extendedKeyUsage, keyUsage } from '../issuing/extensions.ts';
import { issueTimeStamp } from '../issuing/issue-time-stamp.ts';
import { hour, issue, newKey, noon } from '../testing/authority.ts';
import {
  attribute,
  newAuthority,
  type TokenInput,
  tsaExtensions,
  writeResponse,
  writeToken,
} from '../testing/time-stamp.ts';
import { timeStampRequest } from './request.ts';
import { readTimeStampResponse, readTimeStampToken } from './token.ts';
import { type TimeStampOptions, verifyTimeStamp } from './verify-timestamp.ts';

const root = issue('root', undefined);
const signer = newAuthority(root);
const data = Buffer.from('a signature');
const digest = createHash('sha256').update(data).digest();

const verify = (input: Partial<TokenInput> = {}, options: Partial<TimeStampOptions> = {}) =>
  verifyTimeStamp(readTimeStampToken(writeToken({ data, signer, ...input })), {
    roots: [root.certificate],
    data,
    ...options,
  });

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
  test('time, signer and chain', () => {
    const { time, accuracy, chain } = verify();
    expect(time).toBe(noon + hour);
    expect(accuracy).toBeUndefined();
    expect(chain).toHaveLength(2);
  });

  test('with the digest alone, and with the certificate beside the token', () => {
    const { token, isModified } = readTimeStampResponse(
      writeResponse(writeToken({ data, signer, certificates: [] }), 1),
    );
    expect(isModified).toBe(true);
    const { chain } = verifyTimeStamp(token, { roots: [root.certificate], leaf: signer.certificate, digest });
    expect(chain[0]).toBe(signer.certificate);
  });

  test('as it is issued, with its nonce', () => {
    const response = issueTimeStamp({
      authority: signer,
      messageImprint: { algorithm: 'sha256', digest },
      policy: '1.2.3.4',
      serialNumber: 5,
      genTime: noon,
      nonce: 7n,
    });
    const { token, isModified } = readTimeStampResponse(response);
    expect({ ...token, isModified }).toMatchObject({ nonce: 7n, policy: '1.2.3.4', isModified: false });
    expect(verifyTimeStamp(token, { roots: [root.certificate], data }).time).toBe(noon);
  });

  test('by a key that signs by another hash than that of the content', () => {
    const authority = issue('tsa', root, { extensions: tsaExtensions, key: newKey('P-384') });
    const response = issueTimeStamp({
      authority,
      messageImprint: { algorithm: 'sha256', digest },
      policy: '1.2.3.4',
      serialNumber: 5,
      genTime: noon,
    });
    const { token } = readTimeStampResponse(response);
    expect(verifyTimeStamp(token, { roots: [root.certificate], data }).time).toBe(noon);
    expect(verify({ scheme: 'ecdsa-sha384' }).time).toBe(noon + hour);
  });

  test('after the end of the certificates, since the token says when', () => {
    expect(verify({ genTime: der.generalizedTime(noon + 24 * hour) }).time).toBe(noon + 24 * hour);
  });

  test('every field', () => {
    const accuracy = der.sequence(
      der.integer(1),
      der.implicit(0, der.integer(500)),
      der.implicit(1, der.integer(1)),
    );
    const genTime = der.element(0x18, Buffer.from('20260101130000.25Z'));
    const tsa = der.explicit(0, der.implicit(6, der.ia5String('http://127.0.0.1')));
    const tail = [accuracy, der.boolean(true), der.integer(99), tsa];
    const token = readTimeStampToken(writeToken({ data, signer, genTime, tail }));
    expect(token).toMatchObject({ accuracy: 1501, nonce: 99n, genTime: noon + hour + 250 });
    expect(token.messageImprint.algorithm).toBe('sha256');
    expect(token.policy).toBe('1.3.6.1.4.1.57264.2');
    expect(token.serialNumber).toEqual(Uint8Array.of(77));
  });
});

describe('refused', () => {
  const authority = (extensions = tsaExtensions) => issue('tsa', root, { extensions });
  const by = (own: ReturnType<typeof authority>) => () => verify({ signer: own });
  const other = newAuthority(root, 'other');
  const twin = issue('tsa', root, { key: signer.key, extensions: tsaExtensions });
  const critical = der.explicit(1, der.sequence(der.oid('1.2.3'), der.boolean(true), der.octetString(data)));

  test.each<[string, () => unknown, PkiErrorCode]>([
    ['other data', () => verify({}, { data: Buffer.from('b signature') }), 'TIMESTAMP_IMPRINT'],
    ['a digest of another length', () => verify({}, { digest: digest.subarray(1) }), 'TIMESTAMP_IMPRINT'],
    ['an imprint of another length', () => verify({ digest: digest.subarray(1) }), 'TIMESTAMP_INVALID'],
    ['no certificate', () => verify({ certificates: [] }), 'TIMESTAMP_SIGNER'],
    ['another certificate', () => verify({ certificates: [other] }), 'TIMESTAMP_SIGNER'],
    ['another certificate given', () => verify({}, { leaf: other.certificate }), 'TIMESTAMP_SIGNER'],
    ['another certificate named', () => verify({ named: other }), 'TIMESTAMP_SIGNER'],
    ['another certificate of the same key named', () => verify({ named: twin }), 'TIMESTAMP_SIGNER'],
    ['no certificate named', () => verify({ named: undefined }), 'TIMESTAMP_SIGNER'],
    [
      'a purpose that is not critical',
      by(authority([extendedKeyUsage([keyPurposes.timeStamping])])),
      'TIMESTAMP_SIGNER',
    ],
    [
      'one more purpose',
      by(authority([extendedKeyUsage([keyPurposes.timeStamping, keyPurposes.codeSigning], true)])),
      'TIMESTAMP_SIGNER',
    ],
    [
      'another purpose',
      by(authority([extendedKeyUsage([keyPurposes.codeSigning], true)])),
      'TIMESTAMP_SIGNER',
    ],
    ['no purpose', by(authority([])), 'TIMESTAMP_SIGNER'],
    [
      'a key that is not for signatures',
      by(authority([...tsaExtensions.slice(1), keyUsage(['keyEncipherment'])])),
      'TIMESTAMP_SIGNER',
    ],
    ['a digest of other content', () => verify({ messageDigest: digest }), 'TIMESTAMP_SIGNATURE'],
    ['another type of content', () => verify({ contentType: '1.2.840.113549.1.7.1' }), 'TIMESTAMP_INVALID'],
    [
      'another signed type',
      () => verify({ signedContentType: '1.2.840.113549.1.7.1' }),
      'TIMESTAMP_SIGNATURE',
    ],
    ['another key', () => verify({ signer: { ...signer, key: other.key } }), 'TIMESTAMP_SIGNATURE'],
    ['before the certificates', () => verify({ genTime: der.generalizedTime(noon - hour) }), 'CHAIN_TIME'],
    ['another root', () => verify({}, { roots: [issue('root', undefined).certificate] }), 'CHAIN_NO_ISSUER'],
    ['two signers', () => verify({ signers: 2 }), 'TIMESTAMP_INVALID'],
    ['version 2', () => verify({ version: 2 }), 'TIMESTAMP_INVALID'],
    ['an unknown critical extension', () => verify({ tail: [critical] }), 'TIMESTAMP_INVALID'],
    [
      'an attribute twice',
      () => verify({ extraAttributes: [attribute('1.2.840.113549.1.9.4', der.octetString(digest))] }),
      'TIMESTAMP_INVALID',
    ],
    [
      'an attribute of two values',
      () => verify({ extraAttributes: [attribute('1.2.3', der.null(), der.integer(1))] }),
      'TIMESTAMP_INVALID',
    ],
    [
      'an accuracy of 1000 thousandths',
      () => verify({ tail: [der.sequence(der.implicit(0, der.integer(1000)))] }),
      'TIMESTAMP_INVALID',
    ],
    ['a refusal', () => readTimeStampResponse(writeResponse(undefined, 2)), 'TIMESTAMP_REFUSED'],
    ['an answer without a token', () => readTimeStampResponse(writeResponse(undefined)), 'DER_INVALID'],
  ])('%s', (_, run, code) => expect(codeOf(run)).toBe(code));

  test('why the authority refused', () => {
    const texts = der.sequence(der.utf8String('no'));
    const answer = der.sequence(der.sequence(der.integer(2), texts, der.bitString(Uint8Array.of(0x20), 5)));
    expect(() => readTimeStampResponse(answer)).toThrow('status 2, failure 2, "no"');
  });

  test('every byte of a token is bound, or the certificates that it carries', () => {
    const own = writeToken({ data, signer, certificates: [] });
    const accepted: number[] = [];
    for (let at = 0; at < own.length; at++) {
      const changed = Uint8Array.from(own);
      changed[at] = (changed[at] ?? 0) ^ 1;
      try {
        const token = readTimeStampToken(changed);
        verifyTimeStamp(token, { roots: [root.certificate], leaf: signer.certificate, data });
        accepted.push(at);
      } catch (error) {
        expect(error).toBeInstanceOf(PkiError);
      }
    }
    // The version of the signed data and its list of digest algorithms are hints that no one signs.
    expect(accepted.every((at) => at < 60)).toBe(true);
    expect(accepted.length).toBeLessThan(20);
  });
});

test('a request says what and how (RFC 3161 section 2.4.1)', () => {
  const bytes = timeStampRequest({ algorithm: 'sha256', digest, nonce: 5n, certReq: true });
  const hex = Buffer.from(bytes).toString('hex');
  expect(hex).toBe(`303c0201013031300d060960864801650304020105000420${digest.toString('hex')}0201050101ff`);
  expect(readDer(timeStampRequest({ algorithm: 'sha512', digest, policy: '1.2.3' })).tag).toBe(0x30);
});
