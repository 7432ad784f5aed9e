import type { KeyObject } from 'node:crypto';
import type { Certificate } from '../certificates/certificate.ts';
import {
  contentAttributes,
  sha256,
  signingCertificateAttribute,
  writeSignedData,
  writeSignerInfo,
} from '../cms/write-signed-data.ts';
import { der } from '../der/writer.ts';
import type { HashAlgorithm, SignatureScheme } from '../keys/schemes.ts';
import { hashIdentifier } from '../keys/sign.ts';
import { tstInfoOid } from '../timestamps/token.ts';

export interface TimeStampInput {
  readonly authority: { readonly certificate: Certificate; readonly key: KeyObject };
  readonly messageImprint: { readonly algorithm: HashAlgorithm; readonly digest: Uint8Array };
  /** Object identifier. */
  readonly policy: string;
  readonly serialNumber: number | bigint | Uint8Array;
  /** Milliseconds since the epoch, cut to seconds. */
  readonly genTime: number;
  /** How far off the clock may be; it does not say by default. */
  readonly accuracySeconds?: number;
  /** That of the request. */
  readonly nonce?: bigint;
  /** The certificates that go with the token; the authority's own by default. */
  readonly certificates?: readonly Certificate[];
  readonly scheme?: SignatureScheme;
}

/** A TimeStampResp that grants a token (RFC 3161 section 2.4.2). */
export function issueTimeStamp(input: TimeStampInput): Uint8Array {
  const { authority, messageImprint, accuracySeconds, nonce } = input;
  const info = der.sequence(
    der.integer(1),
    der.oid(input.policy),
    der.sequence(hashIdentifier(messageImprint.algorithm), der.octetString(messageImprint.digest)),
    der.integer(input.serialNumber),
    der.generalizedTime(input.genTime),
    ...(accuracySeconds === undefined ? [] : [der.sequence(der.integer(accuracySeconds))]),
    ...(nonce === undefined ? [] : [der.integer(nonce)]),
  );
  const attributes = [
    ...contentAttributes(tstInfoOid, sha256(info)),
    signingCertificateAttribute(authority.certificate),
  ];
  const token = writeSignedData({
    contentType: tstInfoOid,
    content: info,
    certificates: input.certificates ?? [authority.certificate],
    signerInfos: [writeSignerInfo(authority, attributes, input.scheme)],
  });
  return der.sequence(der.sequence(der.integer(0)), token);
}
