import type { KeyObject } from 'node:crypto';
import type { Certificate } from '../certificates/certificate.ts';
import { der } from '../der/writer.ts';
import { defaultScheme, type SignatureScheme } from '../keys/schemes.ts';
import { algorithmIdentifier, publicKeyOfKeyObject, sign } from '../keys/sign.ts';
import { codeOfReason } from '../revocation/crl.ts';
import { type CertIdHash, certId, nonceOid } from '../revocation/ocsp-request.ts';
import type { OcspStatus } from '../revocation/ocsp-response.ts';

export interface OcspResponseInput {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** Who answers: the issuer, or whom it allows to. */
  readonly responder: { readonly certificate: Certificate; readonly key: KeyObject };
  readonly status: OcspStatus;
  /** Milliseconds since the epoch, cut to seconds; the answer is made at the first. */
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly nonce?: Uint8Array;
  readonly hash?: CertIdHash;
  /** Whether the responder's certificate goes with the answer. */
  readonly withCertificate?: boolean;
  readonly scheme?: SignatureScheme;
}

/** An OCSPResponse (RFC 6960 section 4.2) about one certificate. */
export function issueOcspResponse(input: OcspResponseInput): Uint8Array {
  const { certificate, key } = input.responder;
  const scheme = input.scheme ?? defaultScheme(publicKeyOfKeyObject(key));
  const single = der.sequence(
    certId(input.certificate, input.issuer, input.hash ?? 'sha256'),
    writeStatus(input.status),
    der.generalizedTime(input.thisUpdate),
    ...(input.nextUpdate === undefined ? [] : [der.explicit(0, der.generalizedTime(input.nextUpdate))]),
  );
  const nonce = input.nonce === undefined ? undefined : der.octetString(der.octetString(input.nonce));
  const tbs = der.sequence(
    der.explicit(1, certificate.subject.bytes),
    der.generalizedTime(input.thisUpdate),
    der.sequence(single),
    ...(nonce === undefined ? [] : [der.explicit(1, der.sequence(der.sequence(der.oid(nonceOid), nonce)))]),
  );
  const basic = der.sequence(
    tbs,
    algorithmIdentifier(scheme),
    der.bitString(sign(key, scheme, tbs)),
    ...(input.withCertificate === true ? [der.explicit(0, der.sequence(certificate.bytes))] : []),
  );
  return der.sequence(
    der.enumerated(0),
    der.explicit(0, der.sequence(der.oid('1.3.6.1.5.5.7.48.1.1'), der.octetString(basic))),
  );
}

function writeStatus(status: OcspStatus): Uint8Array {
  if (status.status === 'good') return der.implicit(0, der.null());
  if (status.status === 'unknown') return der.implicit(2, der.null());
  const reason =
    status.reason === undefined ? [] : [der.explicit(0, der.enumerated(codeOfReason(status.reason)))];
  return der.implicit(1, der.sequence(der.generalizedTime(status.revokedAt), ...reason));
}
