import type { JsonFields } from '@keelson/core';
import { type Certificate, isSelfSigned, publicKeyFromPem, readCertificates } from '@keelson/pki';
import {
  type AcceptedSigner,
  type BundleRequirements,
  type CertificateClaim,
  certificateClaims,
  emptyTrustedRoot,
  exactly,
  type IdentityMatcher,
  matching,
  readTrustedRoot,
  type TextMatcher,
  type TrustedAuthority,
  type TrustedRoot,
} from '@keelson/signing';
import { trustedRootOfKeys } from '../attestors/trusted-keys.ts';
import type { ImagePolicyError } from '../errors.ts';
import { lacking } from '../faults.ts';
import type { PolicySurroundings } from '../surroundings.ts';
import { contentOf, invalid, membersOf, readable } from './context.ts';
import { notationSigner } from './notation-signer.ts';
import type { SignerReader } from './signer.ts';

const ways = ['key', 'identities', 'notation'] as const;
const common = ['log', 'timestamp', 'certificateLog', 'trustedRoot', 'authority'];

/**
 * Reads a signer of `spec.signers`.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function readSigner(name: string, fields: JsonFields, file: string): SignerReader {
  const [way, ...others] = ways.filter((each) => fields.has(each));
  if (way === undefined || others.length > 0)
    throw fields.invalid('', `has not exactly one of ${ways.join(', ')}`);
  if (way === 'notation') {
    membersOf(fields, ['notation']);
    return notationSigner(name, fields.required('notation'), file);
  }
  membersOf(fields, way === 'key' ? ['key', 'log', 'timestamp', 'trustedRoot'] : ['identities', ...common]);
  const needs = needsOf(fields);
  const accepted = way === 'key' ? keyReader(fields, file) : identitiesReader(fields);
  return (surroundings) => {
    const fault = lackingKey(fields, surroundings);
    if (fault !== undefined)
      return { name, isMany: false, attests: true, demand: () => ({ kind: 'unsupported', fault }) };
    const signer = accepted(surroundings);
    const requirements = requirementsOf(fields, needs, signer, file, surroundings);
    return {
      name,
      isMany: signer.kind === 'identities',
      attests: true,
      demand: (attestations) => ({
        kind: 'sigstore',
        requirements,
        forms: new Set(attestations.length > 0 ? ['bundle', 'envelope'] : ['bundle', 'simplesigning']),
        attestations,
      }),
    };
  };
}

/** What must stand beside a signature. */
interface Needs {
  readonly log: boolean;
  readonly timestamp: boolean;
  readonly certificateLog: boolean;
}

function needsOf(fields: JsonFields): Needs {
  return {
    log: isRequired(fields, 'log', true),
    timestamp: isRequired(fields, 'timestamp', false),
    // An authority of one's own has no public log of its certificates.
    certificateLog: isRequired(fields, 'certificateLog', !fields.has('authority')),
  };
}

function isRequired(fields: JsonFields, name: string, otherwise: boolean): boolean {
  const text = fields.optionalText(name);
  if (text === undefined) return otherwise;
  if (text === 'required' || text === 'not-required') return text === 'required';
  throw fields.invalid(name, 'is neither required nor not-required');
}

function keyReader(fields: JsonFields, file: string): (surroundings: PolicySurroundings) => AcceptedSigner {
  const text = fields.text('key');
  const place = fields.place('key');
  return (surroundings) => {
    const pem =
      serviceKeyOf(text, surroundings) ??
      Buffer.from(contentOf(text, place, file, surroundings)).toString('latin1');
    return { kind: 'key', key: readable(place, () => publicKeyFromPem(pem)) };
  };
}

/** A key in a key service, by its reference. */
const inService = /^[a-z][a-z0-9]*:\/\//;

function serviceKeyOf(text: string, { keys }: PolicySurroundings): string | undefined {
  return inService.test(text) ? keys?.get(text) : undefined;
}

/** Why nothing can be signed by a key in a service that the caller did not ask. */
function lackingKey(fields: JsonFields, surroundings: PolicySurroundings): ImagePolicyError | undefined {
  const text = fields.optionalText('key') ?? '';
  if (!inService.test(text) || serviceKeyOf(text, surroundings) !== undefined) return undefined;
  return lacking(fields.place('key'), `the key of the key service ${text}`);
}

function identitiesReader(fields: JsonFields): () => AcceptedSigner {
  const identities = fields.objects('identities', 1_000).map(identityFrom);
  if (identities.length === 0) throw fields.invalid('identities', 'is empty');
  return () => ({ kind: 'identities', identities });
}

function identityFrom(fields: JsonFields): IdentityMatcher {
  membersOf(fields, ['issuer', 'issuerRegExp', 'subject', 'subjectRegExp', 'claims']);
  const claims = new Map<CertificateClaim, TextMatcher>();
  const given = fields.map('claims', 100);
  for (const [name, text] of given) {
    const claim = certificateClaims.find((each) => each === name);
    if (claim === undefined)
      throw fields.invalid(`claims.${name.slice(0, 60)}`, `is none of ${certificateClaims.join(', ')}`);
    claims.set(claim, exactly(text));
  }
  return {
    issuer: matcherFrom(fields, 'issuer'),
    subject: matcherFrom(fields, 'subject'),
    ...(claims.size === 0 ? {} : { claims }),
  };
}

/** The exact text, or a pattern that the whole text matches. */
function matcherFrom(fields: JsonFields, name: string): TextMatcher {
  const [exact, pattern] = [fields.optionalText(name), fields.optionalText(`${name}RegExp`)];
  if ((exact === undefined) === (pattern === undefined))
    throw fields.invalid('', `has not exactly one of ${name}, ${name}RegExp`);
  if (exact === '' || pattern === '') throw fields.invalid(name, 'is empty');
  return pattern === undefined
    ? exactly(exact ?? '')
    : readable(fields.place(`${name}RegExp`), () => matching(pattern));
}

function requirementsOf(
  fields: JsonFields,
  needs: Needs,
  signer: AcceptedSigner,
  file: string,
  surroundings: PolicySurroundings,
): BundleRequirements {
  const isTimeless = !needs.log && !needs.timestamp;
  const { now } = surroundings;
  return {
    signer,
    trustedRoot: trustedRootOf(fields, needs, signer, file, surroundings),
    logEntries: needs.log ? 1 : 0,
    timestamps: needs.timestamp ? 1 : 0,
    certificateLogged: needs.certificateLog,
    // Whoever waives both says that the certificate alone is to count: at this hour.
    ...(isTimeless && now !== undefined ? { fallbackTime: now } : {}),
  };
}

function trustedRootOf(
  fields: JsonFields,
  needs: Needs,
  signer: AcceptedSigner,
  file: string,
  surroundings: PolicySurroundings,
): TrustedRoot {
  const name = fields.optionalText('trustedRoot');
  const place = fields.place('trustedRoot');
  const given =
    name === undefined
      ? surroundings.publicRoot
      : readable(place, () => readTrustedRoot(contentOf(name, place, file, surroundings)));
  const own = fields.object('authority');
  const isNeeded =
    needs.log ||
    needs.timestamp ||
    (signer.kind === 'identities' && (own === undefined || needs.certificateLog));
  if (given === undefined && isNeeded)
    throw invalid(`${fields.place('')}: what is trusted? Give trustedRoot, or --trusted-root to all`);
  const root = given ?? emptyTrustedRoot;
  return own === undefined
    ? root
    : { ...root, certificateAuthorities: authoritiesOf(own, file, surroundings) };
}

/** Roots and what they issued may come from different files. */
function authoritiesOf(
  fields: JsonFields,
  file: string,
  surroundings: PolicySurroundings,
): readonly TrustedAuthority[] {
  membersOf(fields, ['roots', 'intermediates']);
  const roots = certificatesOf(fields, 'roots', file, surroundings);
  if (roots.length === 0) throw fields.invalid('roots', 'is missing or empty');
  const intermediates = certificatesOf(fields, 'intermediates', file, surroundings);
  const isCa = ({ basicConstraints }: Certificate) => basicConstraints?.ca === true;
  if (!roots.every((each) => isCa(each) || isSelfSigned(each)))
    throw fields.invalid('roots', 'have a certificate that is neither a CA nor signed by itself');
  if (!intermediates.every(isCa)) throw fields.invalid('intermediates', 'have a certificate that is no CA');
  const authorities = roots.map((root) => ({ uri: '', certificates: [...intermediates, root] }));
  return trustedRootOfKeys({ certificateAuthorities: authorities }).certificateAuthorities;
}

function certificatesOf(
  fields: JsonFields,
  name: string,
  file: string,
  surroundings: PolicySurroundings,
): readonly Certificate[] {
  return fields.texts(name, 100).flatMap((text, at) => {
    const place = fields.place(`${name}[${at}]`);
    return readable(place, () => readCertificates(contentOf(text, place, file, surroundings)));
  });
}
