import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { basicConstraints, type Certificate, type Extension, issueCertificate, keyUsage } from '@keelson/pki';

export interface Issued {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

/** From when everything of a test Sigstore is valid, and until when its authorities are. */
export const beginning = Date.UTC(2020, 0, 1);
export const end = Date.UTC(2040, 0, 1);

export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export const authorityExtensions: readonly Extension[] = [
  basicConstraints(true),
  keyUsage(['keyCertSign', 'cRLSign']),
];

/** A certificate of one of the authorities of a test Sigstore. */
export function issue(name: string, issuer: Issued | undefined, extensions: readonly Extension[]): Issued {
  const key = newKey();
  const certificate = issueCertificate({
    subject: [
      ['O', 'keelson.test'],
      ['CN', name],
    ],
    key,
    notBefore: beginning,
    notAfter: end,
    extensions,
    ...(issuer === undefined ? {} : { issuer }),
  });
  return { certificate, key };
}
