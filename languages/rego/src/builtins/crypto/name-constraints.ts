import type { Certificate } from './certificate.ts';
import { bigEndian } from './der.ts';
import type { NameConstraints, Subtrees } from './general-names.ts';

/** Whether the names of every certificate keep to the constraints of those above it (RFC 5280 section 4.2.1.10). */
export function keepsConstraints(chain: readonly Certificate[]): boolean {
  return chain.every(({ facts: { constraints } }, i) => {
    if (constraints === undefined) return true;
    return chain.slice(0, i).every((below) => isAllowed(below, constraints));
  });
}

function isAllowed({ facts: { names } }: Certificate, { permitted, excluded }: NameConstraints): boolean {
  if (names === undefined) return true;
  const addresses = names.addresses.map(({ bits, value }) => bigEndian(value, bits / 8));
  const hosts = names.urls.map(({ hostname }) => hostname.toLowerCase());
  return (
    addresses.every((address) => judge(address, permitted, excluded, 'ranges', inRange)) &&
    names.dnsNames.every((name) => judge(name, permitted, excluded, 'dnsDomains', inDomainOrWildcard)) &&
    names.emails.every((email) => judge(email, permitted, excluded, 'emails', ownsMailbox)) &&
    hosts.every((host) => judge(host, permitted, excluded, 'urlDomains', inDomain))
  );
}

function judge<K extends keyof Subtrees, Name>(
  name: Name,
  permitted: Subtrees,
  excluded: Subtrees,
  kind: K,
  matches: (name: Name, tree: Subtrees[K][number], isExclusion: boolean) => boolean,
): boolean {
  const allowed: readonly Subtrees[K][number][] = permitted[kind];
  const refused: readonly Subtrees[K][number][] = excluded[kind];
  if (allowed.length > 0 && !allowed.some((tree) => matches(name, tree, false))) return false;
  return !refused.some((tree) => matches(name, tree, true));
}

function inRange(address: Uint8Array, { address: base, mask }: Subtrees['ranges'][number]): boolean {
  if (address.length !== base.length) return false;
  return address.every((byte, i) => ((byte ^ (base[i] ?? 0)) & (mask[i] ?? 0)) === 0);
}

/** `a.example` holds itself and what is below it, `.a.example` only what is below it, the empty text all. */
function inDomain(name: string, domain: string): boolean {
  const [lowerName, lowerDomain] = [name.toLowerCase(), domain.toLowerCase()];
  if (lowerDomain === '' || lowerName === lowerDomain) return true;
  return lowerName.endsWith(lowerDomain.startsWith('.') ? lowerDomain : `.${lowerDomain}`);
}

/** A wildcard stands for a name that is excluded, too. */
function inDomainOrWildcard(name: string, domain: string, isExclusion: boolean): boolean {
  if (inDomain(name, domain)) return true;
  const parent = domain.toLowerCase().replace(/^[^.]*\.?/, '');
  return isExclusion && name.startsWith('*.') && parent !== '' && name.slice(2).toLowerCase() === parent;
}

function ownsMailbox(email: string, constraint: string): boolean {
  const at = email.lastIndexOf('@');
  const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
  const constraintAt = constraint.lastIndexOf('@');
  if (constraintAt < 0) return inDomain(domain, constraint);
  return (
    constraint.slice(0, constraintAt) === local &&
    constraint.slice(constraintAt + 1).toLowerCase() === domain.toLowerCase()
  );
}
