import type { Certificate } from '../certificates/certificate.ts';
import { type Extension, extensionOids } from '../certificates/extensions.ts';
import { readGeneralName } from '../certificates/general-name.ts';
import { readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { oid } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';

const accessMethods = Object.freeze({ ocsp: '1.3.6.1.5.5.7.48.1' });

/** Where revocation lists of a certificate are (RFC 5280 section 4.2.1.13); empty where it does not say. */
export function crlUris(certificate: Certificate): readonly string[] {
  return urisOf(certificate.extensions.get(extensionOids.crlDistributionPoints));
}

/** Where delta lists are, by a certificate or a complete list (sections 4.2.1.15 and 5.2.6). */
export function freshestCrlUris(holder: {
  readonly extensions: ReadonlyMap<string, Extension>;
}): readonly string[] {
  return urisOf(holder.extensions.get(extensionOids.freshestCrl));
}

/** Where OCSP responders of a certificate are (section 4.2.2.1). */
export function ocspUris(certificate: Certificate): readonly string[] {
  const extension = certificate.extensions.get(extensionOids.authorityInformationAccess);
  if (extension === undefined) return [];
  const list = new DerFields(readDer(extension.value), 'AuthorityInfoAccess');
  const found: string[] = [];
  do {
    const fields = new DerFields(list.take(tags.sequence, 'description'), 'AccessDescription');
    const method = oid(fields.take(tags.oid, 'accessMethod'));
    const { type, value } = readGeneralName(fields.any('accessLocation'));
    fields.finish();
    if (method === accessMethods.ocsp && type === 'uri') add(found, value);
  } while (!list.isAtEnd);
  return found;
}

function urisOf(extension: Extension | undefined): readonly string[] {
  if (extension === undefined) return [];
  const list = new DerFields(readDer(extension.value), 'CRLDistributionPoints');
  const found: string[] = [];
  do {
    const point = new DerFields(list.take(tags.sequence, 'point'), 'DistributionPoint');
    const name = readPointName(point);
    point.optional(0x81, 'reasons');
    const issuer = point.optional(0xa2, 'cRLIssuer');
    point.finish();
    if (name === undefined && issuer === undefined)
      throw new PkiError('CERTIFICATE_INVALID', 'a distribution point says neither where it is nor whose');
    for (const uri of name ?? []) add(found, uri);
  } while (!list.isAtEnd);
  return found;
}

function add(found: string[], uri: string): void {
  if (found.length === pkiLimits.maxExtensions)
    throw new PkiError(
      'CERTIFICATE_LIMIT',
      `there are more than ${pkiLimits.maxExtensions} URIs (maxExtensions)`,
    );
  found.push(uri);
}

/**
 * The URIs of a DistributionPointName, which distribution points and issuing distribution points begin with. A list of
 * names without a name is taken as none: CAs write it.
 */
export function readPointName(fields: DerFields): readonly string[] | undefined {
  const outer = fields.explicit(0xa0, 'distributionPoint');
  if (outer === undefined) return undefined;
  // Relative to the issuer's name: no URI.
  if (outer.tag === 0xa1) return [];
  const names = new DerFields(outer, 'fullName', 0xa0);
  const found: string[] = [];
  while (!names.isAtEnd) {
    const { type, value } = readGeneralName(names.any('name'));
    if (type === 'uri') add(found, value);
  }
  return found;
}
