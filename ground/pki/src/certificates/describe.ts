import { hexOf } from '../bytes.ts';
import type { Certificate } from './certificate.ts';
import { nameToString } from './name.ts';

/** A certificate by its subject, or its serial number where it has no subject; for messages. */
export function describe(certificate: Certificate): string {
  return certificate.subject.isEmpty
    ? `the certificate with serial number ${hexOf(certificate.serialNumber)}`
    : `the certificate of ${JSON.stringify(nameToString(certificate.subject).slice(0, 300))}`;
}
