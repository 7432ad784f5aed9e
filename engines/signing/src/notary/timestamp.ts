import { type Certificate, readTimeStampToken, type TimeStampToken, verifyTimeStamp } from '@keelson/pki';
import { SigningError } from '../errors.ts';
import type { NotaryEnvelope } from './attributes.ts';
import { subjectOf, verifyTimestampingChain } from './certificate-rules.ts';
import { asSigningError } from './faults.ts';
import { checkRevocation, demandNotRevoked, type RevocationOptions } from './revocation.ts';
import type { TrustStatement } from './trust-policy/document.ts';
import type { TrustStores } from './trust-store.ts';

/** When a signature was made, by whoever is trusted to say so. Milliseconds since the epoch. */
export interface AuthenticTime {
  readonly by: 'timestamp' | 'signingAuthority';
  /** The time lies between these two. */
  readonly earliest: number;
  readonly latest: number;
}

/** ETSI's baseline policy (RFC 3628, 5.2) promises one second, said or not. */
const baselinePolicy = '0.4.0.2023.1.1';

/**
 * Whether the certificates were valid when the signature was made (trust-store-trust-policy.md, validate trusted timestamp). Without a
 * time that is trusted they have to be valid now.
 *
 * @returns the time, where there is one
 * @throws SigningError NOTARY_CERTIFICATE_TIME, TIMESTAMP_MISSING, TIMESTAMP_WRONG, NOTARY_CHAIN_INVALID, TRUST_STORE_INVALID,
 *   NOTARY_CERTIFICATE_REVOKED, NOTARY_REVOCATION_UNKNOWN
 */
export async function verifyAuthenticTime(
  envelope: NotaryEnvelope,
  statement: TrustStatement,
  stores: TrustStores,
  revocation: RevocationOptions,
): Promise<AuthenticTime | undefined> {
  const { attributes, chain } = envelope;
  if (attributes.scheme === 'notary.x509.signingAuthority') {
    const { signingTime } = attributes;
    checkValidity(chain, signingTime, signingTime);
    return { by: 'signingAuthority', earliest: signingTime, latest: signingTime };
  }
  const { now } = revocation;
  const hasExpired = chain.some(({ notAfter }) => now > notAfter);
  const isAsked =
    statement.trustStores.some(({ type }) => type === 'tsa') &&
    (statement.verifyTimestamp === 'always' || hasExpired);
  if (!isAsked) {
    checkValidity(chain, now, now);
    return undefined;
  }
  const time = await verifyCountersignature(envelope, statement, stores, revocation);
  checkValidity(chain, time.earliest, time.latest);
  return time;
}

function checkValidity(chain: readonly Certificate[], earliest: number, latest: number): void {
  for (const certificate of chain) {
    const { notBefore, notAfter } = certificate;
    if (earliest >= notBefore && latest <= notAfter) continue;
    const [from, to, ...at] = [notBefore, notAfter, earliest, latest].map(shown);
    throw new SigningError(
      'NOTARY_CERTIFICATE_TIME',
      `the certificate of ${subjectOf(certificate)} is valid from ${from} to ${to}, not at ${[...new Set(at)].join(' to ')}`,
    );
  }
}

/** A caller's clock may be anything. */
function shown(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

async function verifyCountersignature(
  { timestamp, signature, attributes }: NotaryEnvelope,
  statement: TrustStatement,
  stores: TrustStores,
  revocation: RevocationOptions,
): Promise<AuthenticTime> {
  if (timestamp === undefined)
    throw new SigningError('TIMESTAMP_MISSING', 'there is no timestamp beside the signature');
  const roots = await anchors(statement, 'tsa', stores);
  const { token, chain } = asSigningError('TIMESTAMP_WRONG', 'the timestamp of the signature', () => {
    const read = readTimeStampToken(timestamp);
    return { token: read, chain: verifyTimeStamp(read, { roots, data: signature }).chain };
  });
  verifyTimestampingChain(chain);
  const accuracy = accuracyOf(token);
  const earliest = token.genTime - accuracy;
  if (earliest < attributes.signingTime)
    throw new SigningError('TIMESTAMP_WRONG', 'the timestamp may be from before the time of signing');
  // A policy that leaves revocation out leaves it out here too (certificate revocation evaluation).
  if (statement.level.actions.revocation !== 'skip')
    demandNotRevoked(await checkRevocation(chain, { ...revocation, signedAt: undefined }));
  return { by: 'timestamp', earliest, latest: token.genTime + accuracy };
}

function accuracyOf({ accuracy, policy }: TimeStampToken): number {
  return accuracy ?? (policy === baselinePolicy ? 1_000 : 0);
}

/**
 * The certificates of all stores of one type that a statement names.
 *
 * @throws SigningError TRUST_STORE_INVALID where one cannot be read, or where there is none
 */
export async function anchors(
  statement: TrustStatement,
  wanted: 'ca' | 'signingAuthority' | 'tsa',
  stores: TrustStores,
): Promise<readonly Certificate[]> {
  const found: Certificate[] = [];
  for (const { type, name } of statement.trustStores)
    if (type === wanted) found.push(...(await stores.certificates(type, name)));
  if (found.length > 0) return found;
  throw new SigningError(
    'TRUST_STORE_INVALID',
    `the statement ${JSON.stringify(statement.name.slice(0, 100))} has no trust store of the type ${wanted}`,
  );
}
