import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  basicConstraints,
  type Certificate,
  type CertificateInput,
  type Extension,
  extendedKeyUsage,
  issueCertificate,
  keyPurposes,
  keyUsage,
} from '@keelson/pki';

/** Noon of 1 January 2026, and an hour; the certificates of tests are valid for a day from the first. */
export const noon = Date.UTC(2026, 0, 1, 12);
export const hour = 3_600_000;

export interface Issued {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

export const newKey = (curve: 'P-256' | 'P-384' | 'P-521' = 'P-256'): KeyObject =>
  generateKeyPairSync('ec', { namedCurve: curve }).privateKey;

export const caExtensions = (pathLength?: number): readonly Extension[] => [
  basicConstraints(true, pathLength),
  keyUsage(['keyCertSign', 'cRLSign']),
];
export const signerExtensions: readonly Extension[] = [
  keyUsage(['digitalSignature']),
  extendedKeyUsage([keyPurposes.codeSigning]),
];
export const timestampExtensions: readonly Extension[] = [
  keyUsage(['digitalSignature']),
  extendedKeyUsage([keyPurposes.timeStamping], true),
];

export function issue(
  name: string,
  issuer: Issued | undefined,
  extensions: readonly Extension[],
  input: Partial<CertificateInput> = {},
): Issued {
  const key = input.key ?? newKey();
  const certificate = issueCertificate({
    subject: [
      ['C', 'DE'],
      ['ST', 'Hessen'],
      ['O', 'keelson'],
      ['CN', name],
    ],
    notBefore: noon,
    notAfter: noon + 24 * hour,
    extensions,
    ...(issuer === undefined ? {} : { issuer }),
    ...input,
    key,
  });
  return { certificate, key };
}
