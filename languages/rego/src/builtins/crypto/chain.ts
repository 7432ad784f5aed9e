import { encodeBase64 } from '../base64.ts';
import type { Cryptography } from '../crypto-host.ts';
import type { Certificate } from './certificate.ts';
import { matchesHost } from './host-names.ts';
import { keepsConstraints } from './name-constraints.ts';
import { halvesOfDer, verifySignature } from './signature.ts';

export interface ChainOptions {
  /** Seconds since 1970, with a fraction. */
  readonly now: number;
  /** The host that the leaf must be for; empty for any. */
  readonly dnsName: string;
  /** Go's numbers of the extended key usages of which one must be allowed; empty for servers. */
  readonly keyUsages: readonly number[];
}

const anyUsage = 0;
const serverUsage = 1;
const certSign = 1 << 5;
/** As many signatures are looked at in all, as Go does. */
const maxChecks = 100;

/**
 * The chain from the last certificate through those between up to the first, which is trusted; undefined where
 * there is none (RFC 5280 section 6). Of several the first that is found, the shortest ones first.
 */
export function findChain(
  certificates: readonly Certificate[],
  options: ChainOptions,
  crypto: Cryptography,
): readonly Certificate[] | undefined {
  const root = certificates[0];
  const leaf = certificates.at(-1);
  if (root === undefined || leaf === undefined || certificates.length < 2) return undefined;
  if (!isCurrent(leaf, options)) return undefined;
  if (options.dnsName !== '' && !matchesHost(leaf.facts, options.dnsName)) return undefined;
  const search = new ChainSearch(root, certificates.slice(1, -1), options, crypto);
  for (const chain of isSame(root, leaf) ? [[leaf]] : search.chains([leaf])) {
    if (allowsUsage(chain, options.keyUsages) && keepsConstraints(chain) && keepsPolicies(chain))
      return chain;
  }
  return undefined;
}

function isCurrent({ facts, notBefore, notAfter }: Certificate, { now }: ChainOptions): boolean {
  return facts.unhandledCritical.length === 0 && now >= notBefore && now <= notAfter;
}

function isSame(a: Certificate, b: Certificate): boolean {
  return areEqual(a.raw, b.raw);
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && encodeBase64(a, 'standard') === encodeBase64(b, 'standard');
}

class ChainSearch {
  readonly #root: Certificate;
  readonly #between: readonly Certificate[];
  readonly #options: ChainOptions;
  readonly #crypto: Cryptography;
  #checks = 0;

  constructor(
    root: Certificate,
    between: readonly Certificate[],
    options: ChainOptions,
    crypto: Cryptography,
  ) {
    this.#root = root;
    this.#between = between;
    this.#options = options;
    this.#crypto = crypto;
  }

  *chains(below: readonly Certificate[]): Generator<readonly Certificate[]> {
    if (this.#signs(this.#root, below, false)) yield [...below, this.#root];
    for (const parent of this.#between) {
      if (!below.some((other) => isSame(other, parent)) && this.#signs(parent, below, true))
        yield* this.chains([...below, parent]);
    }
  }

  /** Whether a certificate may stand above a chain and signed its last one. */
  #signs(parent: Certificate, below: readonly Certificate[], isBetween: boolean): boolean {
    const child = below.at(-1);
    const { version, facts, publicKey } = parent;
    const { basicConstraints, keyUsage } = facts;
    if (child === undefined || !areEqual(child.rawIssuer, parent.rawSubject)) return false;
    if (!isCurrent(parent, this.#options) || publicKey === undefined) return false;
    if ((version === 3 || isBetween) && basicConstraints === undefined) return false;
    if (basicConstraints?.isCa === false || (keyUsage !== 0 && (keyUsage & certSign) === 0)) return false;
    const limit = basicConstraints?.maxPathLength ?? -1;
    if (limit >= 0 && below.length - 1 > limit) return false;
    const { scheme } = child.algorithm;
    if (scheme === undefined || ++this.#checks > maxChecks) return false;
    const signature = scheme.type === 'ecdsa' ? halvesOfDer(child.signature) : child.signature;
    return signature !== undefined && verifySignature(this.#crypto, scheme, publicKey, child.tbs, signature);
  }
}

/** Whether one of the usages is allowed by every certificate of the chain. */
function allowsUsage(chain: readonly Certificate[], wanted: readonly number[]): boolean {
  if (wanted.includes(anyUsage)) return true;
  let left = wanted.length === 0 ? [serverUsage] : wanted;
  for (const { facts } of chain) {
    const { extendedKeyUsage, unknownKeyUsage } = facts;
    if (extendedKeyUsage.length === 0 && unknownKeyUsage.length === 0) continue;
    if (!extendedKeyUsage.includes(anyUsage)) left = left.filter((usage) => extendedKeyUsage.includes(usage));
  }
  return left.length > 0;
}

const anyPolicy = '2.5.29.32.0';

/** Where a policy is required, one must run through the chain below the root. Mappings are not followed. */
function keepsPolicies(chain: readonly Certificate[]): boolean {
  const isRequired = chain.some(
    ({ facts: { requireExplicitPolicy } }, i) =>
      requireExplicitPolicy !== undefined && requireExplicitPolicy < i,
  );
  if (!isRequired) return true;
  let left: ReadonlySet<string> | undefined;
  for (const { facts } of chain.slice(0, -1)) {
    const own = (facts.policies ?? []).map((oid) => oid.join('.'));
    if (own.includes(anyPolicy)) continue;
    const known = left;
    left = new Set(known === undefined ? own : own.filter((oid) => known.has(oid)));
  }
  return left === undefined || left.size > 0;
}
