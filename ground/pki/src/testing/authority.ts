import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Certificate } from '../certificates/certificate.ts';
import { type Extension, keyPurposes } from '../certificates/extensions.ts';
import { basicConstraints, extendedKeyUsage, keyUsage } from '../issuing/extensions.ts';
import { type CertificateInput, issueCertificate } from '../issuing/issue-certificate.ts';

/** Noon of 1 January 2026, and an hour; the certificates of tests are valid for a day from the first. */
export const noon = Date.UTC(2026, 0, 1, 12);
export const hour = 3_600_000;

export interface Issued {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

export function newKey(curve: 'P-256' | 'P-384' | 'P-521' = 'P-256'): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: curve }).privateKey;
}

export const caExtensions = (pathLength?: number): Extension[] => [
  basicConstraints(true, pathLength),
  keyUsage(['keyCertSign', 'cRLSign']),
];

export const leafExtensions: readonly Extension[] = [
  keyUsage(['digitalSignature']),
  extendedKeyUsage([keyPurposes.codeSigning]),
];

export function issue(
  name: string,
  issuer: Issued | undefined,
  input: Partial<CertificateInput> = {},
): Issued {
  const key = input.key ?? newKey();
  const certificate = issueCertificate({
    subject: [
      ['O', 'keelson'],
      ['CN', name],
    ],
    notBefore: noon,
    notAfter: noon + 24 * hour,
    extensions: caExtensions(),
    ...(issuer === undefined ? {} : { issuer }),
    ...input,
    key,
  });
  return { certificate, key };
}
