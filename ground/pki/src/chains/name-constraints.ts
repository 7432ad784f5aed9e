import type { Certificate } from '../certificates/certificate.ts';
import { describe } from '../certificates/describe.ts';
import { extensionOids } from '../certificates/extensions.ts';
import { type GeneralName, readGeneralName } from '../certificates/general-name.ts';
import { beginsWith, readName } from '../certificates/name.ts';
import { readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';

interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

const emailAddress = '1.2.840.113549.1.9.1';
const read = new WeakMap<Certificate, NameConstraints>();

/**
 * Holds what a CA says about names (RFC 5280 section 4.2.1.10) against a certificate below it. Names of a type that it says
 * nothing about are free.
 * @throws PkiError CHAIN_NAME_CONSTRAINTS, CHAIN_CRITICAL_EXTENSION where a constraint is of a kind that is not judged
 */
export function checkNameConstraints(ca: Certificate, below: Certificate): void {
  const extension = ca.extensions.get(extensionOids.nameConstraints);
  if (extension === undefined) return;
  let constraints = read.get(ca);
  if (constraints === undefined) {
    constraints = readNameConstraints(extension.value);
    read.set(ca, constraints);
  }
  for (const name of namesOf(below)) {
    const isWithin = (subtree: GeneralName) => subtree.type === name.type && within(name, subtree, ca);
    const allowed = constraints.permitted.filter((each) => each.type === name.type);
    if (constraints.excluded.some(isWithin) || (allowed.length > 0 && !allowed.some(isWithin)))
      throw new PkiError(
        'CHAIN_NAME_CONSTRAINTS',
        `${describe(ca)} does not allow ${JSON.stringify(name.value.slice(0, 300))}, a name of ${describe(below)}`,
      );
  }
}

function readNameConstraints(value: Uint8Array): NameConstraints {
  const fields = new DerFields(readDer(value), 'NameConstraints');
  const permitted = readSubtrees(fields, 0xa0, 'permittedSubtrees');
  const excluded = readSubtrees(fields, 0xa1, 'excludedSubtrees');
  fields.finish();
  if (permitted.length + excluded.length === 0)
    throw new PkiError('CERTIFICATE_INVALID', 'name constraints constrain nothing');
  return { permitted, excluded };
}

function readSubtrees(fields: DerFields, tag: number, what: string): readonly GeneralName[] {
  const list = fields.optional(tag, what);
  if (list === undefined) return [];
  const subtrees = new DerFields(list, what, tag);
  const found: GeneralName[] = [];
  do {
    const subtree = new DerFields(subtrees.take(tags.sequence, 'subtree'), 'GeneralSubtree');
    const base = readGeneralName(subtree.any('base'));
    if (base.type === 'ip' && base.bytes.length !== 8 && base.bytes.length !== 32)
      throw new PkiError('CERTIFICATE_INVALID', 'a name constraint on addresses has neither 8 nor 32 octets');
    found.push(base);
    // minimum is 0 and maximum absent, says RFC 5280.
    subtree.finish();
    if (found.length > pkiLimits.maxNames)
      throw new PkiError('CERTIFICATE_LIMIT', `${what} has more than ${pkiLimits.maxNames} names (maxNames)`);
  } while (!subtrees.isAtEnd);
  return found;
}

function namesOf(certificate: Certificate): GeneralName[] {
  const names = [...certificate.subjectAlternativeNames];
  if (!certificate.subject.isEmpty) {
    const { bytes, attributes } = certificate.subject;
    names.push({ type: 'directory', value: 'its subject', bytes });
    for (const { oid, value } of attributes)
      if (oid === emailAddress) names.push({ type: 'email', value, bytes: Buffer.from(value) });
  }
  return names;
}

function within(name: GeneralName, subtree: GeneralName, ca: Certificate): boolean {
  switch (name.type) {
    case 'dns':
      return isHostWithin(name.value, subtree.value, true);
    case 'email':
      return isEmailWithin(name.value, subtree.value);
    case 'uri':
      return isHostWithin(hostOf(name.value), subtree.value, false);
    case 'ip':
      return isAddressWithin(name.bytes, subtree.bytes);
    case 'directory':
      return beginsWith(readName(name.bytes), readName(subtree.bytes));
    default:
      throw new PkiError(
        'CHAIN_CRITICAL_EXTENSION',
        `${describe(ca)} constrains names of the type ${name.type}, which are not judged`,
      );
  }
}

/**
 * Of DNS names a subtree has all names below it and itself; of URIs and mail only with a dot before it, and then not itself.
 * An empty one has all.
 */
function isHostWithin(host: string, subtree: string, withSubdomains: boolean): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  const base = subtree.toLowerCase().replace(/\.$/, '');
  if (base === '' || name === base) return true;
  if (base.startsWith('.')) return name.endsWith(base);
  return withSubdomains && name.endsWith(`.${base}`);
}

function isEmailWithin(address: string, subtree: string): boolean {
  const at = address.lastIndexOf('@');
  if (at < 0) return false;
  const split = subtree.lastIndexOf('@');
  if (split < 0) return isHostWithin(address.slice(at + 1), subtree, false);
  return (
    address.slice(0, at) === subtree.slice(0, split) &&
    address.slice(at + 1).toLowerCase() === subtree.slice(split + 1).toLowerCase()
  );
}

/** The host of a URI; RFC 5280 refuses a constrained URI that has none, or has an address. */
function hostOf(uri: string): string {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@\\]*@)?([^/?#:@[\]\\]+)(?::[0-9]*)?(?:[/?#]|$)/i.exec(
    uri,
  )?.[1];
  if (host === undefined || /^[0-9.]+$/.test(host))
    throw new PkiError(
      'CHAIN_NAME_CONSTRAINTS',
      `the URI ${JSON.stringify(uri.slice(0, 300))} is constrained and has no host name`,
    );
  return host;
}

function isAddressWithin(address: Uint8Array, network: Uint8Array): boolean {
  if (network.length !== address.length * 2) return false;
  return address.every((octet, at) => {
    const mask = network[address.length + at] ?? 0;
    return (octet & mask) === ((network[at] ?? 0) & mask);
  });
}
