import { createHash } from 'node:crypto';
import { keyPurposes } from '../certificates/extensions.ts';
import { der } from '../der/writer.ts';
import { extendedKeyUsage, keyUsage } from '../issuing/extensions.ts';
import { defaultScheme, type SignatureScheme } from '../keys/schemes.ts';
import { algorithmIdentifier, hashIdentifier, publicKeyOfKeyObject, sign } from '../keys/sign.ts';
import { hour, type Issued, issue, noon } from './authority.ts';

export const tsaExtensions = [
  keyUsage(['digitalSignature']),
  extendedKeyUsage([keyPurposes.timeStamping], true),
];

/** What a test changes of a good token. */
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
  readonly more?: readonly Uint8Array[];
  readonly signers?: number;
  readonly extraAttributes?: readonly Uint8Array[];
  readonly tail?: readonly Uint8Array[];
  readonly digest?: Uint8Array;
  readonly scheme?: SignatureScheme;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
export const attribute = (type: string, ...values: Uint8Array[]) =>
  der.sequence(der.oid(type), der.set(...values));

export function newAuthority(root: Issued, name = 'tsa'): Issued {
  return issue(name, root, { extensions: tsaExtensions });
}

/** A token as an authority writes it. */
export function writeToken(input: TokenInput): Uint8Array {
  const { data, signer } = input;
  const named = 'named' in input ? input.named : signer;
  const info = der.sequence(
    der.integer(input.version ?? 1),
    der.oid('1.3.6.1.4.1.57264.2'),
    der.sequence(hashIdentifier('sha256'), der.octetString(input.digest ?? sha256(data))),
    der.integer(77),
    input.genTime ?? der.generalizedTime(noon + hour),
    ...(input.tail ?? []),
  );
  const contentType = input.contentType ?? '1.2.840.113549.1.9.16.1.4';
  const attributes = [
    attribute('1.2.840.113549.1.9.3', der.oid(input.signedContentType ?? contentType)),
    attribute('1.2.840.113549.1.9.4', der.octetString(input.messageDigest ?? sha256(info))),
    ...(named === undefined ? [] : [signingCertificate(named)]),
    ...(input.extraAttributes ?? []),
  ];
  const set = der.set(...attributes);
  const scheme = input.scheme ?? defaultScheme(publicKeyOfKeyObject(signer.key));
  const signerInfo = der.sequence(
    der.integer(1),
    der.sequence(signer.certificate.issuer.bytes, der.integer(signer.certificate.serialNumber)),
    hashIdentifier('sha256'),
    der.implicit(0, set),
    algorithmIdentifier(scheme),
    der.octetString(sign(signer.key, scheme, set)),
  );
  const certificates = (input.certificates ?? [signer]).map(({ certificate }) => certificate.bytes);
  const signed = der.sequence(
    der.integer(3),
    der.set(hashIdentifier('sha256')),
    der.sequence(der.oid(contentType), der.explicit(0, der.octetString(info))),
    ...(certificates.length === 0 ? [] : [der.implicit(0, der.set(...certificates))]),
    der.set(...Array.from({ length: input.signers ?? 1 }, () => signerInfo)),
  );
  return der.sequence(der.oid('1.2.840.113549.1.7.2'), der.explicit(0, signed));
}

function signingCertificate({ certificate }: Issued): Uint8Array {
  const issuerSerial = der.sequence(
    der.sequence(der.explicit(4, certificate.issuer.bytes)),
    der.integer(certificate.serialNumber),
  );
  const identifier = der.sequence(der.octetString(sha256(certificate.bytes)), issuerSerial);
  return attribute('1.2.840.113549.1.9.16.2.47', der.sequence(der.sequence(identifier)));
}

export function writeResponse(token: Uint8Array | undefined, status = 0): Uint8Array {
  return der.sequence(der.sequence(der.integer(status)), ...(token === undefined ? [] : [token]));
}
