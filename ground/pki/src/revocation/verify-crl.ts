import { sameBytes } from '../bytes.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { describe } from '../certificates/describe.ts';
import { extensionOids } from '../certificates/extensions.ts';
import { sameName } from '../certificates/name.ts';
import { PkiError } from '../errors.ts';
import { verifySignature } from '../keys/verify-signature.ts';
import type { CrlEntry, RevocationList } from './crl.ts';
import { crlUris } from './distribution-points.ts';

export type RevocationStatus = { readonly status: 'good' } | ({ readonly status: 'revoked' } & CrlEntry);

const understood: ReadonlySet<string> = new Set([
  extensionOids.crlNumber,
  extensionOids.deltaCrlIndicator,
  extensionOids.issuingDistributionPoint,
  extensionOids.authorityKeyIdentifier,
  extensionOids.freshestCrl,
]);

export interface CrlOptions {
  /** The CA that issued the certificates in question; it signs their lists itself. */
  readonly issuer: Certificate;
  /** Milliseconds since the epoch: the time at which the list must be in force. */
  readonly at: number;
}

/**
 * Verifies that a list was signed by the CA and is in force (RFC 5280 section 6.3.3).
 * @throws PkiError REVOCATION_SCOPE, REVOCATION_TIME, REVOCATION_SIGNATURE, REVOCATION_UNSUPPORTED, ALGORITHM_UNSUPPORTED
 */
export function verifyCrl(crl: RevocationList, { issuer, at }: CrlOptions): void {
  if (!sameName(crl.issuer, issuer.subject))
    throw new PkiError('REVOCATION_SCOPE', `a revocation list is not of ${describe(issuer)}`);
  if (issuer.keyUsage?.has('cRLSign') === false)
    throw new PkiError(
      'REVOCATION_SIGNATURE',
      `the key of ${describe(issuer)} may not sign revocation lists`,
    );
  for (const { oid, critical } of crl.extensions.values())
    if (critical && !understood.has(oid))
      throw new PkiError(
        'REVOCATION_UNSUPPORTED',
        `a revocation list has the unknown critical extension ${oid}`,
      );
  checkTimes('a revocation list', crl.thisUpdate, crl.nextUpdate, at);
  if (!verifySignature(issuer.publicKey, crl.signatureScheme, crl.tbsBytes, crl.signature))
    throw new PkiError(
      'REVOCATION_SIGNATURE',
      `a revocation list was not signed by the key of ${describe(issuer)}`,
    );
}

/** Both ends are in force. Without a next update nothing says how long that lasts, so it is not. */
export function checkTimes(
  what: string,
  thisUpdate: number,
  nextUpdate: number | undefined,
  at: number,
): void {
  const shown = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : String(ms));
  if (nextUpdate === undefined)
    throw new PkiError(
      'REVOCATION_TIME',
      `${what} of ${shown(thisUpdate)} does not say until when it is in force`,
    );
  if (!(at >= thisUpdate && at <= nextUpdate))
    throw new PkiError(
      'REVOCATION_TIME',
      `${what} is in force from ${shown(thisUpdate)} to ${shown(nextUpdate)}, not at ${shown(at)}`,
    );
}

export interface CrlStatusOptions extends CrlOptions {
  readonly certificate: Certificate;
  /** The complete list. */
  readonly crl: RevocationList;
  /** A delta list, whose word on a certificate counts before the complete list's. */
  readonly delta?: RevocationList;
}

/**
 * Whether a certificate is revoked, by lists that are verified here.
 * @throws PkiError what verifyCrl throws, and REVOCATION_SCOPE where a list is not about the certificate or the lists do not
 *   belong together
 */
export function crlStatus(options: CrlStatusOptions): RevocationStatus {
  const { certificate, crl, delta, issuer } = options;
  if (!sameName(certificate.issuer, issuer.subject))
    throw new PkiError('REVOCATION_SCOPE', `${describe(certificate)} was not issued by ${describe(issuer)}`);
  if (crl.deltaBase !== undefined)
    throw new PkiError('REVOCATION_SCOPE', 'a delta list stands in the place of the complete one');
  verifyCrl(crl, options);
  checkScope(crl, certificate);
  if (delta !== undefined) {
    checkDelta(crl, delta);
    verifyCrl(delta, options);
    checkScope(delta, certificate);
  }
  const changed = delta?.entry(certificate.serialNumber);
  if (changed?.reason === 'removeFromCRL') return { status: 'good' };
  const entry = changed ?? crl.entry(certificate.serialNumber);
  return entry === undefined ? { status: 'good' } : { status: 'revoked', ...entry };
}

function checkScope({ scope }: RevocationList, certificate: Certificate): void {
  if (scope === undefined) return;
  const isCa = certificate.basicConstraints?.ca === true;
  if (isCa ? scope.onlyUsers : scope.onlyCas)
    throw new PkiError(
      'REVOCATION_SCOPE',
      `a revocation list is not of certificates such as ${describe(certificate)}`,
    );
  const points = crlUris(certificate);
  if (scope.uris.length > 0 && points.length > 0 && !scope.uris.some((uri) => points.includes(uri)))
    throw new PkiError(
      'REVOCATION_SCOPE',
      `a revocation list is of another distribution point than ${describe(certificate)}`,
    );
}

/** RFC 5280 section 5.2.4: what a delta list may be put on. */
function checkDelta(crl: RevocationList, delta: RevocationList): void {
  if (delta.deltaBase === undefined)
    throw new PkiError('REVOCATION_SCOPE', 'a delta list does not say that it is one');
  if (crl.number === undefined || delta.number === undefined)
    throw new PkiError('REVOCATION_SCOPE', 'a delta list or its complete list has no number');
  if (crl.number < delta.deltaBase || delta.number < crl.number)
    throw new PkiError(
      'REVOCATION_SCOPE',
      `the delta list ${delta.number} adds to the list ${delta.deltaBase}, and does not fit the list ${crl.number}`,
    );
  const key = (list: RevocationList, oid: string) => list.extensions.get(oid)?.value ?? new Uint8Array(0);
  for (const oid of [extensionOids.issuingDistributionPoint, extensionOids.authorityKeyIdentifier])
    if (!sameBytes(key(crl, oid), key(delta, oid)))
      throw new PkiError(
        'REVOCATION_SCOPE',
        `a delta list and its complete list differ in the extension ${oid}`,
      );
}
