import { sameBytes } from '../bytes.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { describe } from '../certificates/describe.ts';
import { extensionOids, keyPurposes } from '../certificates/extensions.ts';
import { sameName } from '../certificates/name.ts';
import { PkiError } from '../errors.ts';
import { verifySignature } from '../keys/verify-signature.ts';
import { pkiLimits } from '../limits.ts';
import { checkNameConstraints } from './name-constraints.ts';

export interface ChainOptions {
  /** In any order; those that are not needed are not looked at. */
  readonly intermediates: readonly Certificate[];
  /** Certificates that are trusted as they are: their own signatures are not checked. */
  readonly roots: readonly Certificate[];
  /** Milliseconds since the epoch: when every certificate of the chain must be valid. */
  readonly at: number;
  /** Object identifier of a purpose that the leaf must name, and that no CA which names purposes may leave out. */
  readonly requireExtendedKeyUsage?: string;
  /** Critical extensions that the caller judges itself. */
  readonly extraCriticalExtensions?: readonly string[];
}

/** What is judged here; certificate policies bind only where somebody asks for one, and nobody can. */
const understood: ReadonlySet<string> = new Set([
  extensionOids.basicConstraints,
  extensionOids.keyUsage,
  extensionOids.extendedKeyUsage,
  extensionOids.subjectAlternativeName,
  extensionOids.nameConstraints,
  extensionOids.certificatePolicies,
]);

/**
 * Finds a chain from the leaf to one of the roots and checks every certificate of it at one time: validity, signature,
 * names, CA flag, keyCertSign, path length, name constraints, purposes, critical extensions (RFC 5280 section 6.1). A leaf
 * that is one of the roots is a chain of one.
 * @returns the chain from the leaf to the root
 * @throws PkiError CHAIN_*, with the certificate and what is wrong with it: what failed first on the way that went furthest
 */
export function verifyChain(leaf: Certificate, options: ChainOptions): readonly Certificate[] {
  checkCertificate(leaf, options);
  const { requireExtendedKeyUsage: purpose } = options;
  if (purpose !== undefined && leaf.extendedKeyUsage?.includes(purpose) !== true)
    throw new PkiError('CHAIN_USAGE', `${describe(leaf)} is not for the purpose ${purpose}`);
  if (options.roots.some((root) => sameBytes(root.bytes, leaf.bytes))) return [leaf];
  const search = new ChainSearch(options);
  const chain = search.from([leaf]);
  if (chain !== undefined) return chain;
  throw search.failure ?? noIssuer(leaf);
}

class ChainSearch {
  readonly #options: ChainOptions;
  #attempts = 0;
  #depth = 0;
  failure: PkiError | undefined;

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  from(chain: readonly Certificate[]): readonly Certificate[] | undefined {
    const { roots, intermediates } = this.#options;
    const subject = chain[chain.length - 1];
    if (subject === undefined) return undefined;
    let issuers = 0;
    for (const [group, isRoot] of [
      [roots, true],
      [intermediates, false],
    ] as const) {
      for (const issuer of group) {
        if (!mayHaveIssued(issuer, subject) || chain.some((each) => sameBytes(each.bytes, issuer.bytes)))
          continue;
        issuers++;
        const longer = [...chain, issuer];
        if (!this.#holds(longer, issuer, subject)) continue;
        const found = isRoot ? longer : this.from(longer);
        if (found !== undefined) return found;
      }
    }
    if (issuers === 0) this.#remember(noIssuer(subject), chain.length);
    return undefined;
  }

  #holds(chain: readonly Certificate[], issuer: Certificate, subject: Certificate): boolean {
    if (++this.#attempts > pkiLimits.maxChainAttempts)
      throw new PkiError(
        'CHAIN_LIMIT',
        `a chain was not found among ${pkiLimits.maxChainAttempts} issuers (maxChainAttempts)`,
      );
    try {
      if (chain.length > pkiLimits.maxChainLength)
        throw new PkiError(
          'CHAIN_LIMIT',
          `a chain has more than ${pkiLimits.maxChainLength} certificates (maxChainLength)`,
        );
      checkIssuer(issuer, chain.slice(0, -1), this.#options);
      checkSignature(issuer, subject);
      return true;
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      this.#remember(error, chain.length);
      return false;
    }
  }

  #remember(failure: PkiError, depth: number): void {
    if (this.failure !== undefined && depth <= this.#depth) return;
    this.failure = failure;
    this.#depth = depth;
  }
}

function noIssuer(subject: Certificate): PkiError {
  return new PkiError('CHAIN_NO_ISSUER', `no certificate was given that issued ${describe(subject)}`);
}

/** By names, and by key identifiers where both certificates have them. */
function mayHaveIssued(issuer: Certificate, subject: Certificate): boolean {
  if (!sameName(issuer.subject, subject.issuer)) return false;
  const asked = subject.authorityKeyIdentifier;
  const own = issuer.subjectKeyIdentifier;
  return asked === undefined || own === undefined || sameBytes(asked, own);
}

/**
 * What must hold of every certificate of a chain.
 * @throws PkiError CHAIN_TIME, CHAIN_CRITICAL_EXTENSION
 */
export function checkCertificate(
  certificate: Certificate,
  { at, extraCriticalExtensions = [] }: Pick<ChainOptions, 'at' | 'extraCriticalExtensions'>,
): void {
  if (!(at >= certificate.notBefore && at <= certificate.notAfter)) {
    const [from, to] = [certificate.notBefore, certificate.notAfter].map((ms) => new Date(ms).toISOString());
    const time = Number.isFinite(at) ? new Date(at).toISOString() : String(at);
    throw new PkiError(
      'CHAIN_TIME',
      `${describe(certificate)} is valid from ${from} to ${to}, not at ${time}`,
    );
  }
  for (const { oid, critical } of certificate.extensions.values())
    if (critical && !understood.has(oid) && !extraCriticalExtensions.includes(oid))
      throw new PkiError(
        'CHAIN_CRITICAL_EXTENSION',
        `${describe(certificate)} has the unknown critical extension ${oid}`,
      );
}

/** @param below the leaf and the CAs under this one, the leaf first. */
function checkIssuer(issuer: Certificate, below: readonly Certificate[], options: ChainOptions): void {
  checkCertificate(issuer, options);
  const constraints = issuer.basicConstraints;
  if (constraints?.ca !== true) throw new PkiError('CHAIN_CA', `${describe(issuer)} is no CA`);
  if (issuer.keyUsage?.has('keyCertSign') === false)
    throw new PkiError('CHAIN_CA', `the key of ${describe(issuer)} may not sign certificates`);
  // RFC 5280 section 4.2.1.9: neither the last certificate nor self-issued ones count.
  const between = below.slice(1).filter((each) => !each.isSelfIssued).length;
  if (constraints.pathLength !== undefined && between > constraints.pathLength)
    throw new PkiError(
      'CHAIN_PATH_LENGTH',
      `${describe(issuer)} allows ${constraints.pathLength} CAs below it and has ${between}`,
    );
  const purpose = options.requireExtendedKeyUsage;
  const purposes = issuer.extendedKeyUsage;
  if (
    purpose !== undefined &&
    purposes !== undefined &&
    !purposes.includes(purpose) &&
    !purposes.includes(keyPurposes.any)
  )
    throw new PkiError('CHAIN_USAGE', `${describe(issuer)} is not for the purpose ${purpose}`);
  for (const [at, each] of below.entries())
    if (at === 0 || !each.isSelfIssued) checkNameConstraints(issuer, each);
}

/** Between CAs a trust root asks the same again and again; by issuer, the subjects whose signatures were checked. */
const checked = new WeakMap<Certificate, WeakMap<Certificate, boolean>>();

/** @throws PkiError CHAIN_SIGNATURE, ALGORITHM_UNSUPPORTED, KEY_MISMATCH, KEY_INVALID, KEY_UNSUPPORTED */
export function checkSignature(issuer: Certificate, subject: Certificate): void {
  let known = checked.get(issuer);
  if (known === undefined) {
    known = new WeakMap();
    checked.set(issuer, known);
  }
  let isSigned = known.get(subject);
  if (isSigned === undefined) {
    const { signatureScheme, tbsBytes, signature } = subject;
    isSigned = verifySignature(issuer.publicKey, signatureScheme, tbsBytes, signature);
    known.set(subject, isSigned);
  }
  if (!isSigned)
    throw new PkiError(
      'CHAIN_SIGNATURE',
      `${describe(subject)} was not signed by the key of ${describe(issuer)}`,
    );
}
