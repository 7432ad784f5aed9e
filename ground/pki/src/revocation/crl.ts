import { hexOf, sameBytes } from '../bytes.ts';
import { readSerialNumber } from '../certificates/certificate.ts';
import { type Extension, extensionOids, readExtensions } from '../certificates/extensions.ts';
import { Name } from '../certificates/name.ts';
import { type DerElement, elementAt, readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { time } from '../der/time.ts';
import { bitStringBytes, boolean, integer, smallInteger } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { type SignatureScheme, schemeOf } from '../keys/schemes.ts';
import { readPointName } from './distribution-points.ts';

/** Reasons by their codes (RFC 5280 section 5.3.1). */
const reasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;
export type RevocationReason = NonNullable<(typeof reasons)[number]>;

export function reasonOf(code: number): RevocationReason {
  const reason = reasons[code];
  if (reason === undefined)
    throw new PkiError('CRL_INVALID', `a reason of revocation has the unknown code ${code}`);
  return reason;
}

export function codeOfReason(reason: RevocationReason): number {
  return reasons.indexOf(reason);
}

/** One revoked certificate of a list. */
export interface CrlEntry {
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  readonly reason?: RevocationReason;
  /** Since when the key is thought to be in other hands. */
  readonly invalidityDate?: number;
}

/** What an issuing distribution point (RFC 5280 section 5.2.5) says that a list is about. */
export interface CrlScope {
  readonly uris: readonly string[];
  readonly onlyUsers: boolean;
  readonly onlyCas: boolean;
}

/** A revocation list (RFC 5280 section 5.1) as it was read: nothing of it is verified yet. */
export class RevocationList {
  readonly bytes: Uint8Array;
  readonly tbsBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly number: bigint | undefined;
  /** Number of the complete list that a delta list adds to; undefined for complete lists. */
  readonly deltaBase: bigint | undefined;
  readonly scope: CrlScope | undefined;
  readonly #algorithm: DerElement;
  readonly #entries: DerElement | undefined;

  constructor(
    whole: DerElement,
    parts: {
      readonly tbs: DerElement;
      readonly algorithm: DerElement;
      readonly signature: Uint8Array;
      readonly issuer: Name;
      readonly thisUpdate: number;
      readonly nextUpdate: number | undefined;
      readonly entries: DerElement | undefined;
      readonly extensions: ReadonlyMap<string, Extension>;
    },
  ) {
    this.bytes = whole.bytes;
    this.tbsBytes = parts.tbs.bytes;
    this.signature = parts.signature;
    this.issuer = parts.issuer;
    this.thisUpdate = parts.thisUpdate;
    this.nextUpdate = parts.nextUpdate;
    this.extensions = parts.extensions;
    this.#algorithm = parts.algorithm;
    this.#entries = parts.entries;
    this.number = numberOf(parts.extensions.get(extensionOids.crlNumber));
    this.deltaBase = numberOf(parts.extensions.get(extensionOids.deltaCrlIndicator));
    this.scope = scopeOf(parts.extensions.get(extensionOids.issuingDistributionPoint));
  }

  /** @throws PkiError ALGORITHM_UNSUPPORTED */
  get signatureScheme(): SignatureScheme {
    return schemeOf(this.#algorithm);
  }

  /**
   * The entry of a serial number. The list is gone through once for each call, to its end, so that a damaged list never
   * seems good.
   * @throws PkiError DER_INVALID, CRL_INVALID where the number occurs twice, REVOCATION_UNSUPPORTED where its entry is critical
   *   beyond understanding
   */
  entry(serialNumber: Uint8Array): CrlEntry | undefined {
    const list = this.#entries;
    if (list === undefined) return undefined;
    let found: DerElement | undefined;
    for (let at = list.contentStart; at < list.end; ) {
      const each = elementAt(list.source, at, list.end, list.depth + 1);
      if (each.tag !== tags.sequence)
        throw new PkiError('CRL_INVALID', 'an entry of a revocation list is none');
      const serial = elementAt(list.source, each.contentStart, each.end, list.depth + 2);
      if (serial.tag === tags.integer && sameBytes(serial.content, serialNumber)) {
        if (found !== undefined)
          throw new PkiError('CRL_INVALID', `a revocation list has the number ${hexOf(serialNumber)} twice`);
        found = each;
      }
      at = each.end;
    }
    return found === undefined ? undefined : readEntry(found);
  }
}

/**
 * Reads a revocation list in DER.
 * @throws PkiError DER_INVALID, DER_LIMIT, CRL_INVALID, REVOCATION_UNSUPPORTED for lists that are indirect, of attribute
 *   certificates, or of some reasons only
 */
export function readCrl(bytes: Uint8Array): RevocationList {
  const element = readDer(bytes);
  const outer = new DerFields(element, 'CertificateList');
  const tbs = outer.take(tags.sequence, 'tbsCertList');
  const algorithm = outer.take(tags.sequence, 'signatureAlgorithm');
  const signature = bitStringBytes(outer.take(tags.bitString, 'signatureValue'));
  outer.finish();
  const fields = new DerFields(tbs, 'TBSCertList');
  const version = fields.optional(tags.integer, 'version');
  if (version !== undefined && smallInteger(version) !== 1)
    throw new PkiError('CRL_INVALID', 'a revocation list is of an unknown version');
  if (!sameBytes(fields.take(tags.sequence, 'signature').bytes, algorithm.bytes))
    throw new PkiError('CRL_INVALID', 'a revocation list names two different signature algorithms');
  const issuer = new Name(fields.take(tags.sequence, 'issuer'));
  const thisUpdate = time(fields.any('thisUpdate'));
  const isTime = fields.nextTag === tags.utcTime || fields.nextTag === tags.generalizedTime;
  const nextUpdate = isTime ? time(fields.any('nextUpdate')) : undefined;
  const entries = fields.optional(tags.sequence, 'revokedCertificates');
  const list = fields.explicit(0xa0, 'crlExtensions');
  fields.finish();
  if (list !== undefined && version === undefined)
    throw new PkiError('CRL_INVALID', 'a revocation list of version 1 has extensions');
  const extensions =
    list === undefined ? new Map<string, Extension>() : readExtensions(list, 'a revocation list');
  return new RevocationList(element, {
    tbs,
    algorithm,
    signature,
    issuer,
    thisUpdate,
    nextUpdate,
    entries,
    extensions,
  });
}

function readEntry(element: DerElement): CrlEntry {
  const fields = new DerFields(element, 'revokedCertificate');
  readSerialNumber(fields.take(tags.integer, 'userCertificate'));
  const revokedAt = time(fields.any('revocationDate'));
  const list = fields.optional(tags.sequence, 'crlEntryExtensions');
  fields.finish();
  if (list === undefined) return { revokedAt };
  const extensions = readExtensions(list, 'an entry of a revocation list');
  for (const { oid, critical } of extensions.values())
    if (critical && oid !== extensionOids.crlReason && oid !== extensionOids.invalidityDate)
      throw new PkiError(
        'REVOCATION_UNSUPPORTED',
        `an entry of a revocation list has the unknown critical extension ${oid}`,
      );
  const reason = extensions.get(extensionOids.crlReason);
  const date = extensions.get(extensionOids.invalidityDate);
  return {
    revokedAt,
    ...(reason === undefined
      ? {}
      : { reason: reasonOf(smallInteger(readDer(reason.value), tags.enumerated)) }),
    ...(date === undefined ? {} : { invalidityDate: time(readDer(date.value)) }),
  };
}

function numberOf(extension: Extension | undefined): bigint | undefined {
  if (extension === undefined) return undefined;
  const number = integer(readDer(extension.value));
  if (number < 0n) throw new PkiError('CRL_INVALID', 'the number of a revocation list is negative');
  return number;
}

function scopeOf(extension: Extension | undefined): CrlScope | undefined {
  if (extension === undefined) return undefined;
  const fields = new DerFields(readDer(extension.value), 'IssuingDistributionPoint');
  const flag = (tag: number, name: string) => {
    const element = fields.optional(tag, name);
    return element !== undefined && boolean(element, tag);
  };
  const uris = readPointName(fields) ?? [];
  const onlyUsers = flag(0x81, 'onlyContainsUserCerts');
  const onlyCas = flag(0x82, 'onlyContainsCACerts');
  const someReasons = fields.optional(0x83, 'onlySomeReasons');
  const isIndirect = flag(0x84, 'indirectCRL');
  const onlyAttributes = flag(0x85, 'onlyContainsAttributeCerts');
  fields.finish();
  if (isIndirect) throw new PkiError('REVOCATION_UNSUPPORTED', 'a revocation list is indirect');
  if (onlyAttributes)
    throw new PkiError('REVOCATION_UNSUPPORTED', 'a revocation list is of attribute certificates');
  if (someReasons !== undefined)
    throw new PkiError('REVOCATION_UNSUPPORTED', 'a revocation list is of some reasons only');
  return { uris, onlyUsers, onlyCas };
}
