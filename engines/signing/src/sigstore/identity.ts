import { type Certificate, type GeneralNameType, PkiError, readDer, string } from '@keelson/pki';
import { SigningError } from '../errors.ts';
import type { TextMatcher } from './text-matcher.ts';

/**
 * What Fulcio writes into a certificate about who signed (sigstore/fulcio, docs/oid-info.md), by the last number of
 * 1.3.6.1.4.1.57264.1. The first six are raw texts, the later ones DER strings.
 */
const claims = Object.freeze({
  1: 'issuer',
  2: 'githubWorkflowTrigger',
  3: 'githubWorkflowSha',
  4: 'githubWorkflowName',
  5: 'githubWorkflowRepository',
  6: 'githubWorkflowRef',
  8: 'issuer',
  9: 'buildSignerUri',
  10: 'buildSignerDigest',
  11: 'runnerEnvironment',
  12: 'sourceRepositoryUri',
  13: 'sourceRepositoryDigest',
  14: 'sourceRepositoryRef',
  15: 'sourceRepositoryIdentifier',
  16: 'sourceRepositoryOwnerUri',
  17: 'sourceRepositoryOwnerIdentifier',
  18: 'buildConfigUri',
  19: 'buildConfigDigest',
  20: 'buildTrigger',
  21: 'runInvocationUri',
  22: 'sourceRepositoryVisibilityAtSigning',
  23: 'deploymentEnvironment',
} as const);

export type CertificateClaim = (typeof claims)[keyof typeof claims];

/** The names of all claims. */
export const certificateClaims: readonly CertificateClaim[] = [...new Set(Object.values(claims))];

const claimArc = '1.3.6.1.4.1.57264.1.';
/** The name of a user that is no e-mail address: an otherName of this type. */
const usernameOid = '1.3.6.1.4.1.57264.1.7';

/** Names of other types are nobody who signs. */
const subjectTypes: ReadonlySet<GeneralNameType> = new Set(['email', 'uri', 'dns', 'ip']);
const fulcioSubjectTypes: ReadonlySet<GeneralNameType> = new Set(['email', 'uri']);

/** Who a certificate says that its holder is. */
export interface CertificateIdentity {
  /** The subject alternative names: e-mail addresses, URIs, DNS names, addresses, users' names. */
  readonly subjects: readonly string[];
  /** Who says so: the OpenID Connect issuer. Absent in certificates of other authorities. */
  readonly issuer: string | undefined;
  /** All that Fulcio wrote into the certificate. */
  readonly claims: ReadonlyMap<CertificateClaim, string>;
}

/**
 * The identity in a certificate. One of Fulcio has exactly one name (sigstore/fulcio, docs/certificate-specification.md).
 *
 * @throws SigningError CERTIFICATE_UNTRUSTED where one claim has two values, or a certificate of Fulcio not one name
 */
export function identityOf(certificate: Certificate): CertificateIdentity {
  const found = new Map<CertificateClaim, string>();
  for (const [number, name] of Object.entries(claims)) {
    const extension = certificate.extensions.get(`${claimArc}${number}`);
    if (extension === undefined) continue;
    const text = Number(number) <= 6 ? rawText(extension.value) : derText(name, extension.value);
    const known = found.get(name as CertificateClaim);
    if (known !== undefined && known !== text)
      throw new SigningError('CERTIFICATE_UNTRUSTED', `the certificate has two values of ${name}`);
    found.set(name as CertificateClaim, text);
  }
  const issuer = found.get('issuer');
  const names = certificate.subjectAlternativeNames;
  // Of several names an issuer vouched for one, and nothing says for which.
  if (issuer !== undefined && names.length !== 1)
    throw new SigningError(
      'CERTIFICATE_UNTRUSTED',
      `the certificate has ${names.length} names, and one of Fulcio has one`,
    );
  const types = issuer === undefined ? subjectTypes : fulcioSubjectTypes;
  const subjects = names
    .filter(({ type, oid }) => types.has(type) || (type === 'otherName' && oid === usernameOid))
    .map(({ value }) => value);
  return { subjects, issuer, claims: found };
}

/** Whether Fulcio issued the certificate, or who writes an issuer into it as Fulcio does. */
export function isOfFulcio({ extensions }: Certificate): boolean {
  return extensions.has(`${claimArc}1`) || extensions.has(`${claimArc}8`);
}

function derText(name: string, value: Uint8Array): string {
  try {
    return string(readDer(value));
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new SigningError(
      'CERTIFICATE_UNTRUSTED',
      `the certificate's ${name} is no text: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

function rawText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

/** An identity that is accepted. Every part that is given must match. */
export interface IdentityMatcher {
  readonly subject: TextMatcher;
  readonly issuer: TextMatcher;
  readonly claims?: ReadonlyMap<CertificateClaim, TextMatcher>;
}

/** @throws SigningError IDENTITY_MISMATCH where none of the identities is the certificate's */
export function demandIdentity(
  identity: CertificateIdentity,
  accepted: readonly IdentityMatcher[],
): IdentityMatcher {
  const found = accepted.find((matcher) => isAccepted(identity, matcher));
  if (found !== undefined) return found;
  const wanted = accepted.map(({ subject, issuer }) => issuedTo(subject.description, issuer.description));
  throw new SigningError(
    'IDENTITY_MISMATCH',
    `the certificate is of ${issuedTo(named(identity.subjects) || 'nobody', identity.issuer ?? 'none')}, not of ${
      wanted.join(' or ') || 'anybody who is accepted'
    }${hintFor(identity, accepted)}`,
  );
}

const issuedTo = (subject: string, issuer: string) => `${subject} (issuer: ${issuer})`;

/** Other programs take a pattern that matches anywhere. */
function hintFor({ subjects, issuer }: CertificateIdentity, accepted: readonly IdentityMatcher[]): string {
  const partial = accepted
    .flatMap((matcher) => [
      ...(subjects.some((each) => matcher.subject.matchesPart?.(each)) ? [matcher.subject] : []),
      ...(issuer !== undefined && matcher.issuer.matchesPart?.(issuer) === true ? [matcher.issuer] : []),
    ])
    .at(0);
  return partial === undefined
    ? ''
    : `; ${partial.description} matches a part alone, and must match the whole`;
}

/** Names for a message, which a certificate may have by the thousand. */
function named(subjects: readonly string[]): string {
  const shown = subjects.slice(0, 5).map((name) => name.slice(0, 300));
  return [...shown, ...(subjects.length > 5 ? [`${subjects.length - 5} more`] : [])].join(', ');
}

function isAccepted(
  identity: CertificateIdentity,
  { subject, issuer, claims: wanted }: IdentityMatcher,
): boolean {
  // A certificate of an authority of one's own names no issuer: only a pattern for anything takes it.
  if (!issuer.matches(identity.issuer ?? '')) return false;
  if (!identity.subjects.some((name) => name !== '' && subject.matches(name))) return false;
  for (const [name, matcher] of wanted ?? []) {
    const value = identity.claims.get(name);
    if (value === undefined || !matcher.matches(value)) return false;
  }
  return true;
}
