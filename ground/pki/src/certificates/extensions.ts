import { type DerElement, readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { bitString, boolean, octetString, oid, smallInteger } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** What the OCTET STRING holds. */
  readonly value: Uint8Array;
}

/** RFC 5280 section 4.2, RFC 6960, RFC 6962. */
export const extensionOids = Object.freeze({
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlReason: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  authorityInformationAccess: '1.3.6.1.5.5.7.1.1',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  sctList: '1.3.6.1.4.1.11129.2.4.2',
  sctPoison: '1.3.6.1.4.1.11129.2.4.3',
});

/** Purposes of keys (RFC 5280 section 4.2.1.12). */
export const keyPurposes = Object.freeze({
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
});

/** The bits of keyUsage from 0 on (RFC 5280 section 4.2.1.3); the second is contentCommitment nowadays. */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof keyUsages)[number];

export interface BasicConstraints {
  readonly ca: boolean;
  /** How many CAs may stand between this one and the end of a chain. */
  readonly pathLength?: number;
}

/**
 * The extensions of a certificate, a revocation list or an answer of OCSP by their object identifiers.
 * @throws PkiError CERTIFICATE_INVALID where one occurs twice
 */
export function readExtensions(
  element: DerElement,
  what: string,
  tag: number = tags.sequence,
): ReadonlyMap<string, Extension> {
  const found = new Map<string, Extension>();
  const list = new DerFields(element, `${what}.extensions`, tag);
  do {
    const fields = new DerFields(list.take(tags.sequence, 'extension'), 'Extension');
    const name = oid(fields.take(tags.oid, 'extnID'));
    const flag = fields.optional(tags.boolean, 'critical');
    const value = octetString(fields.take(tags.octetString, 'extnValue'));
    fields.finish();
    if (found.has(name)) throw new PkiError('CERTIFICATE_INVALID', `${what} has the extension ${name} twice`);
    if (found.size === pkiLimits.maxExtensions)
      throw new PkiError(
        'CERTIFICATE_LIMIT',
        `${what} has more than ${pkiLimits.maxExtensions} extensions (maxExtensions)`,
      );
    found.set(name, { oid: name, critical: flag !== undefined && boolean(flag), value });
  } while (!list.isAtEnd);
  return found;
}

export function readBasicConstraints(value: Uint8Array): BasicConstraints {
  const fields = new DerFields(readDer(value), 'BasicConstraints');
  const flag = fields.optional(tags.boolean, 'cA');
  const ca = flag !== undefined && boolean(flag);
  const length = fields.optional(tags.integer, 'pathLenConstraint');
  fields.finish();
  if (length === undefined) return { ca };
  if (!ca) throw new PkiError('CERTIFICATE_INVALID', 'a certificate that is no CA has a path length');
  return { ca, pathLength: smallInteger(length) };
}

export function readKeyUsage(value: Uint8Array): ReadonlySet<KeyUsage> {
  const { bytes, unusedBits } = bitString(readDer(value));
  const bits = bytes.length * 8 - unusedBits;
  const found = new Set<KeyUsage>();
  for (let at = 0; at < bits; at++) {
    if ((((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 0) continue;
    const usage = keyUsages[at];
    if (usage === undefined)
      throw new PkiError('CERTIFICATE_INVALID', `bit ${at} of keyUsage has no meaning`);
    found.add(usage);
  }
  if (found.size === 0) throw new PkiError('CERTIFICATE_INVALID', 'keyUsage allows nothing');
  return found;
}

export function readExtendedKeyUsage(value: Uint8Array): readonly string[] {
  const fields = new DerFields(readDer(value), 'ExtKeyUsageSyntax');
  const found: string[] = [];
  do {
    found.push(oid(fields.take(tags.oid, 'keyPurposeId')));
    if (found.length > pkiLimits.maxExtensions)
      throw new PkiError(
        'CERTIFICATE_LIMIT',
        `extendedKeyUsage has more than ${pkiLimits.maxExtensions} purposes (maxExtensions)`,
      );
  } while (!fields.isAtEnd);
  return found;
}

/** The key identifier of AuthorityKeyIdentifier (RFC 5280 section 4.2.1.1); the issuer's name and serial are not used. */
export function readAuthorityKeyIdentifier(value: Uint8Array): Uint8Array | undefined {
  const fields = new DerFields(readDer(value), 'AuthorityKeyIdentifier');
  const identifier = fields.optional(0x80, 'keyIdentifier')?.content;
  fields.optional(0xa1, 'authorityCertIssuer');
  fields.optional(0x82, 'authorityCertSerialNumber');
  fields.finish();
  return identifier;
}
