import { createHash } from 'node:crypto';
import { keyPurposes } from '../certificates/extensions.ts';
import {
  attribute,
  contentAttributes,
  signingCertificateAttribute,
  writeSignedData,
  writeSignerInfo,
} from '../cms/write-signed-data.ts';
import { der } from '../der/writer.ts';
import { extendedKeyUsage, keyUsage } from '../issuing/extensions.ts';
import type { SignatureScheme } from '../keys/schemes.ts';
import { hashIdentifier } from '../keys/sign.ts';
import { tstInfoOid } from '../timestamps/token.ts';
import { hour, type Issued, issue, noon } from './authority.ts';

export { attribute };

export const tsaExtensions = [
  keyUsage(['digitalSignature']),
  extendedKeyUsage([keyPurposes.timeStamping], true),
];

/** What a test changes of a good token, which issueTimeStamp would not write so. */
export interface TokenInput {
  readonly data: Uint8Array;
  readonly signer: Issued;
  readonly genTime?: Uint8Array;
  readonly contentType?: string;
  /** The attribute's own word on its content. */
  readonly signedContentType?: string;
  readonly messageDigest?: Uint8Array;
  /** Whose digest stands in the signing certificate attribute; undefined leaves it out. */
  readonly named?: Issued | undefined;
  readonly certificates?: readonly Issued[];
  readonly version?: number;
  readonly signers?: number;
  readonly extraAttributes?: readonly Uint8Array[];
  readonly tail?: readonly Uint8Array[];
  readonly digest?: Uint8Array;
  readonly scheme?: SignatureScheme;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

export function newAuthority(root: Issued, name = 'tsa'): Issued {
  return issue(name, root, { extensions: tsaExtensions });
}

/** A token as an authority writes it. */
export function writeToken(input: TokenInput): Uint8Array {
  const { data, signer, contentType = tstInfoOid } = input;
  const named = 'named' in input ? input.named : signer;
  const info = der.sequence(
    der.integer(input.version ?? 1),
    der.oid('1.3.6.1.4.1.57264.2'),
    der.sequence(hashIdentifier('sha256'), der.octetString(input.digest ?? sha256(data))),
    der.integer(77),
    input.genTime ?? der.generalizedTime(noon + hour),
    ...(input.tail ?? []),
  );
  const attributes = [
    ...contentAttributes(input.signedContentType ?? contentType, input.messageDigest ?? sha256(info)),
    ...(named === undefined ? [] : [signingCertificateAttribute(named.certificate)]),
    ...(input.extraAttributes ?? []),
  ];
  const signerInfo = writeSignerInfo(signer, attributes, input.scheme);
  return writeSignedData({
    contentType,
    content: info,
    certificates: (input.certificates ?? [signer]).map(({ certificate }) => certificate),
    signerInfos: Array.from({ length: input.signers ?? 1 }, () => signerInfo),
  });
}

export function writeResponse(token: Uint8Array | undefined, status = 0): Uint8Array {
  return der.sequence(der.sequence(der.integer(status)), ...(token === undefined ? [] : [token]));
}
