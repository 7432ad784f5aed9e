import { sameBytes } from '../bytes.ts';
import { type DerElement, readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { time } from '../der/time.ts';
import { bitStringBytes, integerBytes, octetString, smallInteger } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { type PublicKey, publicKeyOf } from '../keys/public-key.ts';
import { type SignatureScheme, schemeOf } from '../keys/schemes.ts';
import { pkiLimits } from '../limits.ts';
import {
  type BasicConstraints,
  type Extension,
  extensionOids,
  type KeyUsage,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readExtendedKeyUsage,
  readExtensions,
  readKeyUsage,
} from './extensions.ts';
import { type GeneralName, readGeneralNames } from './general-name.ts';
import { Name } from './name.ts';

interface Parts {
  readonly element: DerElement;
  readonly tbs: DerElement;
  readonly version: 1 | 2 | 3;
  readonly serialNumber: Uint8Array;
  readonly algorithm: DerElement;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: DerElement;
  readonly extensions: ReadonlyMap<string, Extension>;
}

/**
 * A certificate (RFC 5280 section 4). Its form is checked when it is read; names, the key and what extensions hold are read
 * when they are asked for, and those getters throw PkiError where they are malformed.
 */
export class Certificate {
  readonly bytes: Uint8Array;
  /** What the signature is over. */
  readonly tbsBytes: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Not negative, most significant octet first, at most one 0 before it. */
  readonly serialNumber: Uint8Array;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  /** Milliseconds since the epoch; both ends are within the validity. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly #parts: Parts;
  #publicKey: PublicKey | undefined;
  #scheme: SignatureScheme | undefined;
  #basicConstraints: BasicConstraints | undefined;
  #keyUsage: ReadonlySet<KeyUsage> | undefined;
  #extendedKeyUsage: readonly string[] | undefined;
  #alternativeNames: readonly GeneralName[] | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.bytes = parts.element.bytes;
    this.tbsBytes = parts.tbs.bytes;
    this.version = parts.version;
    this.serialNumber = parts.serialNumber;
    this.signature = parts.signature;
    this.issuer = parts.issuer;
    this.subject = parts.subject;
    this.notBefore = parts.notBefore;
    this.notAfter = parts.notAfter;
    this.extensions = parts.extensions;
  }

  /** @throws PkiError ALGORITHM_UNSUPPORTED */
  get signatureScheme(): SignatureScheme {
    this.#scheme ??= schemeOf(this.#parts.algorithm);
    return this.#scheme;
  }

  /** @throws PkiError KEY_INVALID, KEY_UNSUPPORTED */
  get publicKey(): PublicKey {
    this.#publicKey ??= publicKeyOf(this.#parts.spki);
    return this.#publicKey;
  }

  /** The subject's SubjectPublicKeyInfo as it stands in the certificate, even of an unknown type. */
  get publicKeyBytes(): Uint8Array {
    return this.#parts.spki.bytes;
  }

  get basicConstraints(): BasicConstraints | undefined {
    this.#basicConstraints ??= this.#extension(extensionOids.basicConstraints, readBasicConstraints);
    return this.#basicConstraints;
  }

  get keyUsage(): ReadonlySet<KeyUsage> | undefined {
    this.#keyUsage ??= this.#extension(extensionOids.keyUsage, readKeyUsage);
    return this.#keyUsage;
  }

  /** Object identifiers of purposes. */
  get extendedKeyUsage(): readonly string[] | undefined {
    this.#extendedKeyUsage ??= this.#extension(extensionOids.extendedKeyUsage, readExtendedKeyUsage);
    return this.#extendedKeyUsage;
  }

  /** Empty where there is no such extension. */
  get subjectAlternativeNames(): readonly GeneralName[] {
    const read = (value: Uint8Array) => readGeneralNames(readDer(value), 'subjectAltName');
    this.#alternativeNames ??= this.#extension(extensionOids.subjectAlternativeName, read) ?? [];
    return this.#alternativeNames;
  }

  get subjectKeyIdentifier(): Uint8Array | undefined {
    return this.#extension(extensionOids.subjectKeyIdentifier, (value) => octetString(readDer(value)));
  }

  get authorityKeyIdentifier(): Uint8Array | undefined {
    return this.#extension(extensionOids.authorityKeyIdentifier, readAuthorityKeyIdentifier);
  }

  /** Whether subject and issuer are the same name; the signature may still be another's. */
  get isSelfIssued(): boolean {
    return sameBytes(this.subject.bytes, this.issuer.bytes);
  }

  #extension<T>(oid: string, read: (value: Uint8Array) => T): T | undefined {
    const extension = this.extensions.get(oid);
    return extension === undefined ? undefined : read(extension.value);
  }
}

/**
 * Reads one certificate in DER.
 * @throws PkiError DER_INVALID, DER_LIMIT, CERTIFICATE_INVALID, CERTIFICATE_LIMIT
 */
export function readCertificate(bytes: Uint8Array): Certificate {
  return certificateOf(readDer(bytes));
}

export function certificateOf(element: DerElement): Certificate {
  if (element.end - element.start > pkiLimits.maxCertificateBytes)
    throw new PkiError(
      'CERTIFICATE_LIMIT',
      `a certificate has more than ${pkiLimits.maxCertificateBytes} bytes (maxCertificateBytes)`,
    );
  const outer = new DerFields(element, 'Certificate');
  const tbs = outer.take(tags.sequence, 'tbsCertificate');
  const algorithm = outer.take(tags.sequence, 'signatureAlgorithm');
  const signature = bitStringBytes(outer.take(tags.bitString, 'signatureValue'));
  outer.finish();
  const fields = new DerFields(tbs, 'TBSCertificate');
  const version = readVersion(fields);
  const serialNumber = readSerialNumber(fields.take(tags.integer, 'serialNumber'));
  // RFC 5280 section 4.1.1.2: what is signed says the same algorithm.
  if (!sameBytes(fields.take(tags.sequence, 'signature').bytes, algorithm.bytes))
    throw new PkiError('CERTIFICATE_INVALID', 'a certificate names two different signature algorithms');
  const issuer = new Name(fields.take(tags.sequence, 'issuer'));
  const validity = new DerFields(fields.take(tags.sequence, 'validity'), 'Validity');
  const notBefore = time(validity.any('notBefore'));
  const notAfter = time(validity.any('notAfter'));
  validity.finish();
  const subject = new Name(fields.take(tags.sequence, 'subject'));
  const spki = fields.take(tags.sequence, 'subjectPublicKeyInfo');
  const hasUniqueId =
    fields.optional(0x81, 'issuerUniqueID') !== undefined ||
    fields.optional(0x82, 'subjectUniqueID') !== undefined;
  const list = fields.explicit(0xa3, 'extensions');
  fields.finish();
  if ((hasUniqueId && version === 1) || (list !== undefined && version !== 3))
    throw new PkiError(
      'CERTIFICATE_INVALID',
      `a certificate of version ${version} has fields of a later one`,
    );
  const extensions =
    list === undefined ? new Map<string, Extension>() : readExtensions(list, 'a certificate');
  return new Certificate({
    element,
    tbs,
    version,
    serialNumber,
    algorithm,
    signature,
    issuer,
    subject,
    notBefore,
    notAfter,
    spki,
    extensions,
  });
}

function readVersion(fields: DerFields): 1 | 2 | 3 {
  const element = fields.explicit(0xa0, 'version');
  const version = element === undefined ? 0 : smallInteger(element);
  if (version === 0) return 1;
  if (version === 1) return 2;
  if (version === 2) return 3;
  throw new PkiError('CERTIFICATE_INVALID', `a certificate is of the unknown version ${version + 1}`);
}

/** RFC 5280 section 4.1.2.2; 0 is taken, as roots of old have it. */
export function readSerialNumber(element: DerElement): Uint8Array {
  const bytes = integerBytes(element);
  if ((bytes[0] ?? 0) >= 0x80) throw new PkiError('CERTIFICATE_INVALID', 'a serial number is negative');
  if (bytes.length > pkiLimits.maxSerialBytes)
    throw new PkiError('CERTIFICATE_INVALID', 'a serial number has more than 20 octets');
  return bytes;
}
