import { hexOf, sameBytes } from '../bytes.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { describe } from '../certificates/describe.ts';
import { extensionOids } from '../certificates/extensions.ts';
import { children, readDer, tags } from '../der/element.ts';
import { oid } from '../der/values.ts';
import { der } from '../der/writer.ts';
import { PkiError } from '../errors.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { verifySignature } from '../keys/verify-signature.ts';
import { type Sct, signedSctBytes } from './sct.ts';

/** A log of certificates. */
export interface CertificateLog {
  readonly id: Uint8Array;
  readonly key: PublicKey;
  /** Milliseconds since the epoch between which the log counts, both within; without an end still, without a start never. */
  readonly validity: { readonly start: number | undefined; readonly end?: number | undefined };
}

export interface SctInput {
  readonly certificate: Certificate;
  /** Who issued the certificate; its key is part of what is signed where the timestamp is embedded. */
  readonly issuer: Certificate;
  readonly sct: Sct;
  readonly logs: readonly CertificateLog[];
  /** True for a timestamp given beside the certificate, which is over the certificate as it is. */
  readonly detached?: boolean;
}

/**
 * Verifies that a known log signed the timestamp over this certificate.
 * @returns the log
 * @throws PkiError SCT_LOG where no log of that name counts at that time, SCT_SIGNATURE, KEY_MISMATCH
 */
export function verifySct({ certificate, issuer, sct, logs, detached = false }: SctInput): CertificateLog {
  const named = logs.filter(({ id }) => sameBytes(id, sct.logId));
  if (named.length === 0)
    throw new PkiError(
      'SCT_LOG',
      `a timestamp of ${describe(certificate)} is of the unknown log ${hexOf(sct.logId)}`,
    );
  const counting = named.filter(
    ({ validity: { start = Number.POSITIVE_INFINITY, end = Number.POSITIVE_INFINITY } }) =>
      sct.timestamp >= start && sct.timestamp <= end,
  );
  if (counting.length === 0)
    throw new PkiError(
      'SCT_LOG',
      `the log ${hexOf(sct.logId)} does not count at ${sct.timestamp} ms since the epoch`,
    );
  const signed = signedSctBytes(
    sct,
    detached
      ? { certificate: certificate.bytes }
      : { issuerKeyHash: sha256(issuer.publicKeyBytes), tbs: precertificateTbs(certificate) },
  );
  const log = counting.find(({ key }) => verifySignature(key, sct.signatureScheme, signed, sct.signature));
  if (log !== undefined) return log;
  throw new PkiError(
    'SCT_SIGNATURE',
    `a timestamp of ${describe(certificate)} was not signed by the log ${hexOf(sct.logId)} over this certificate`,
  );
}

/** RFC 6962 section 3.2: what was to be signed before timestamps were put in, without the poison of the precertificate. */
export function precertificateTbs(certificate: Certificate): Uint8Array {
  const fields = children(readDer(certificate.tbsBytes));
  const parts = fields.map((field) => {
    if (field.tag !== 0xa3) return field.bytes;
    const kept = children(field)
      .flatMap((list) => children(list))
      .filter((extension) => !isOfLogs(children(extension)[0]?.bytes))
      .map(({ bytes }) => bytes);
    return kept.length === 0 ? new Uint8Array(0) : der.explicit(3, der.sequence(...kept));
  });
  return der.element(tags.sequence, ...parts);
}

function isOfLogs(type: Uint8Array | undefined): boolean {
  if (type === undefined) return false;
  const name = oid(readDer(type));
  return name === extensionOids.sctList || name === extensionOids.sctPoison;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return process.getBuiltinModule('node:crypto').hash('sha256', bytes, 'buffer');
}
