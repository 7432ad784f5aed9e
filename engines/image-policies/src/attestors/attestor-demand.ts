import { isKeelsonError } from '@keelson/core';
import type { AttestorIdentity, AttestorText, ImageAttestor, KeyHash, SigstoreTerms } from '@keelson/oci';
import {
  type Certificate,
  type PublicKey,
  publicKeyFromPem,
  readCertificates,
  verifyChain,
} from '@keelson/pki';
import {
  type AcceptedSigner,
  type CertificateClaim,
  certificateClaims,
  emptyTrustedRoot,
  exactly,
  type IdentityMatcher,
  matchingAnywhere,
  type TextMatcher,
  type TrustedRoot,
} from '@keelson/signing';
import { ImagePolicyError } from '../errors.ts';
import { lacking, unsupported } from '../faults.ts';
import type { AttestationDemand, NotationDemand, SigstoreDemand } from '../model/policy.ts';
import { type OwnStoreType, ownStores, ownTrustPolicy } from '../notation/own-stores.ts';
import type { PolicySurroundings } from '../surroundings.ts';
import { wildcardTest } from '../wildcard.ts';
import { type TrustedKeys, trustedRootOfKeys } from './trusted-keys.ts';

type SigstoreAttestor = Exclude<ImageAttestor, { kind: 'notary' }>;

/**
 * The demand that an attestor of Sigstore makes.
 *
 * @param attestations none where a signature of the image is asked for
 * @param place where the attestor stands, for messages
 * @throws ImagePolicyError IMAGE_POLICY_INVALID, IMAGE_POLICY_UNSUPPORTED
 */
export function sigstoreDemand(
  attestor: SigstoreAttestor,
  attestations: readonly AttestationDemand[],
  surroundings: PolicySurroundings,
  place: string,
): SigstoreDemand {
  const legacy = attestations.length > 0 ? 'envelope' : 'simplesigning';
  return readable(place, () => ({
    kind: 'sigstore',
    requirements: { signer: signerOf(attestor, place), ...trustOf(attestor, surroundings, place) },
    forms: new Set([
      ...(attestor.form === 'bundle' ? [] : ([legacy] as const)),
      ...(attestor.form === 'legacy' ? [] : (['bundle'] as const)),
    ]),
    annotations: attestor.annotations,
    attestations,
  }));
}

/**
 * The demand of certificates of the Notary Project: its strictest level, for anybody with a certificate of theirs.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID, IMAGE_POLICY_UNSUPPORTED
 */
export function notationDemand(
  { certificates, timestampCertificates }: Extract<ImageAttestor, { kind: 'notary' }>,
  { now, revocation }: PolicySurroundings,
  place: string,
): NotationDemand {
  if (now === undefined) throw lacking(place, 'the time, by which signatures of the Notary Project expire,');
  return readable(place, () => {
    const trusted = new Map<OwnStoreType, readonly Certificate[]>([['ca', readCertificates(certificates)]]);
    if (timestampCertificates !== undefined) trusted.set('tsa', readCertificates(timestampCertificates));
    const policy = ownTrustPolicy({
      name: 'policy',
      level: 'strict',
      identities: ['*'],
      stores: [...trusted.keys()],
    });
    const trustStores = ownStores(trusted);
    return {
      kind: 'notation',
      requirements: { policy, trustStores, now, ...(revocation === undefined ? {} : { revocation }) },
    };
  });
}

/** Keys, certificates and patterns that cannot be read are faults of the policy. */
function readable<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!isKeelsonError(error) || error instanceof ImagePolicyError) throw error;
    throw new ImagePolicyError('IMAGE_POLICY_INVALID', `${place}: ${error.message}`, { cause: error });
  }
}

function signerOf(attestor: SigstoreAttestor, place: string): AcceptedSigner {
  switch (attestor.kind) {
    case 'key': {
      const key = publicKeyFromPem(attestor.publicKey);
      demandHash(key, attestor.hash, place);
      return { kind: 'key', key };
    }
    case 'keyless':
      return { kind: 'identities', identities: attestor.identities.map(identityOf) };
    case 'certificate': {
      if (attestor.certificate === undefined)
        return { kind: 'identities', identities: [{ subject: anything, issuer: anything }] };
      const [certificate] = readCertificates(attestor.certificate);
      if (certificate === undefined) throw lacking(place, 'the certificate');
      if (attestor.chain !== undefined) checkChain(certificate, readCertificates(attestor.chain));
      return { kind: 'certificate', certificate };
    }
  }
}

/** A certificate that is named counts as its key; whether its chain has issued it is told once, as of when it began to be valid. */
function checkChain(certificate: Certificate, chain: readonly Certificate[]): void {
  const [root] = chain.slice(-1);
  verifyChain(certificate, {
    roots: root === undefined ? [] : [root],
    intermediates: chain.slice(0, -1),
    at: certificate.notBefore,
  });
}

/** The hashes that keelson takes go by the key; SHA-256 goes with any. */
function demandHash({ type, curve }: PublicKey, hash: KeyHash, place: string): void {
  const own =
    type === 'ed25519' ||
    (curve === 'P-384' && hash === 'sha384') ||
    (curve === 'P-521' && hash === 'sha512');
  if (hash !== 'sha256' && !own) throw unsupported(place, `a hash of the caller's choice (${hash})`);
}

const anything: TextMatcher = { description: 'anything', matches: () => true };

function matcherOf(wanted: AttestorText | undefined): TextMatcher {
  if (wanted === undefined) return anything;
  const { kind, text } = wanted;
  if (kind === 'regexp') return matchingAnywhere(text);
  if (kind === 'exact') return exactly(text);
  return { description: text, matches: wildcardTest(text) };
}

function identityOf({ subject, issuer, claims }: AttestorIdentity): IdentityMatcher {
  return {
    subject: matcherOf(subject),
    issuer: matcherOf(issuer),
    claims: new Map([...claims].map(([name, wanted]) => [claimOf(name), matcherOf(wanted)])),
  };
}

function claimOf(name: string): CertificateClaim {
  const claim = certificateClaims.find((each) => each === name);
  if (claim === undefined)
    throw new ImagePolicyError('IMAGE_POLICY_INVALID', `${name} is no claim of a certificate`);
  return claim;
}

/** Whose logs, authorities and timestamps count, and what of them is needed. */
function trustOf(attestor: SigstoreAttestor, { publicRoot, now }: PolicySurroundings, place: string) {
  const { log, certificateLog, timestampAuthority } = attestor;
  const hasIssuer =
    attestor.kind === 'keyless' || (attestor.kind === 'certificate' && attestor.certificate === undefined);
  const own = trustedRootOfKeys(ownKeys(attestor));
  const isPublic = {
    authorities: attestor.kind === 'keyless' && attestor.roots === undefined,
    log: log !== 'none' && log.publicKey === undefined,
    certificateLog: hasIssuer && certificateLog !== 'none' && certificateLog.publicKey === undefined,
  };
  if (publicRoot === undefined && Object.values(isPublic).includes(true))
    throw lacking(place, 'the trusted root of the public instance (--trusted-root), which is meant here,');
  const common = publicRoot ?? emptyTrustedRoot;
  const trustedRoot: TrustedRoot = {
    certificateAuthorities: (isPublic.authorities ? common : own).certificateAuthorities,
    // What is not asked for has to hold where it is there, by whatever is trusted.
    transparencyLogs: (log !== 'none' && log.publicKey !== undefined ? own : common).transparencyLogs,
    certificateLogs: (isPublic.certificateLog ? common : own).certificateLogs,
    timestampAuthorities: (timestampAuthority === undefined ? common : own).timestampAuthorities,
  };
  const isTimeless = log === 'none' && timestampAuthority === undefined;
  return {
    trustedRoot,
    logEntries: log === 'none' ? 0 : 1,
    timestamps: timestampAuthority === undefined ? 0 : 1,
    certificateLogged: certificateLog !== 'none',
    ...(isTimeless && now !== undefined ? { fallbackTime: now } : {}),
  };
}

/** The keys and certificates that stand in the attestor itself. */
function ownKeys(attestor: SigstoreAttestor): TrustedKeys {
  const { log, certificateLog, timestampAuthority } = attestor;
  const roots =
    attestor.kind === 'keyless'
      ? attestor.roots
      : attestor.kind === 'certificate'
        ? attestor.chain
        : undefined;
  return {
    // Each of them is trusted as it is, whichever issued which.
    certificateAuthorities: readAll(roots).map((each) => ({ uri: '', certificates: [each] })),
    timestampAuthorities: stampers(readAll(timestampAuthority)),
    transparencyLogs: logOf(log),
    certificateLogs: logOf(certificateLog),
  };
}

const readAll = (pem: string | undefined) => (pem === undefined ? [] : readCertificates(pem));

function logOf(log: SigstoreTerms['log']) {
  if (log === 'none' || log.publicKey === undefined) return [];
  return [{ url: 'the key of the policy', spki: publicKeyFromPem(log.publicKey).spki }];
}

/** Roots, each with the certificates that are none behind the one that signs. */
function stampers(certificates: readonly Certificate[]) {
  const isRoot = ({ basicConstraints, isSelfIssued }: Certificate) =>
    basicConstraints?.ca === true && isSelfIssued;
  const isLeaf = ({ basicConstraints }: Certificate) => basicConstraints?.ca !== true;
  const [leaf, ...leaves] = certificates.filter(isLeaf);
  if (leaves.length > 0)
    throw new ImagePolicyError(
      'IMAGE_POLICY_INVALID',
      'the chain of a timestamp authority has two that sign',
    );
  const others = certificates.filter((each) => !isRoot(each) && !isLeaf(each));
  const roots = certificates.filter(isRoot);
  if (certificates.length > 0 && roots.length === 0)
    throw new ImagePolicyError('IMAGE_POLICY_INVALID', 'the chain of a timestamp authority has no root');
  return roots.map((root) => ({
    uri: 'the authority of the policy',
    certificates: [...(leaf === undefined ? [] : [leaf]), ...others, root],
  }));
}
