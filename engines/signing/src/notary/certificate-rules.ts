import {
  type Certificate,
  extensionOids,
  keyPurposes,
  nameToString,
  readCertificate,
  verifyOrderedChain,
} from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { algorithmOfKey } from './algorithms.ts';
import { asSigningError, invalidEnvelope } from './faults.ts';

/** Purposes that a certificate for signing may not have (signature-specification.md, certificate requirements). */
const foreignPurposes: ReadonlyMap<string, string> = new Map([
  [keyPurposes.any, 'anyExtendedKeyUsage'],
  [keyPurposes.serverAuth, 'serverAuth'],
  [keyPurposes.clientAuth, 'clientAuth'],
  [keyPurposes.emailProtection, 'emailProtection'],
  [keyPurposes.timeStamping, 'timeStamping'],
  [keyPurposes.ocspSigning, 'OCSPSigning'],
]);

/** @throws PkiError, and SigningError NOTARY_ENVELOPE_INVALID where there are none */
export function chainFrom(list: readonly Uint8Array[] | undefined): readonly [Certificate, ...Certificate[]] {
  const [leaf, ...others] = (list ?? []).map((bytes) => readCertificate(bytes));
  if (leaf === undefined) throw invalidEnvelope('there are no certificates');
  return [leaf, ...others];
}

/**
 * The rules for the chain of a signer: in order, complete to the root, nothing more; each certificate for what it does there. One
 * that signed itself stands alone, by the rules for a signer. Times and trust are judged elsewhere.
 *
 * @throws SigningError NOTARY_CHAIN_INVALID
 */
export function verifySigningChain(chain: readonly Certificate[]): void {
  checkChain(chain, (leaf) => {
    for (const purpose of leaf.extendedKeyUsage ?? []) {
      const name = foreignPurposes.get(purpose);
      if (name !== undefined) throw broken(leaf, `is for ${name}`);
    }
  });
}

/**
 * The rules for the chain of a time-stamp authority.
 *
 * @throws SigningError NOTARY_CHAIN_INVALID
 */
export function verifyTimestampingChain(chain: readonly Certificate[]): void {
  checkChain(chain, (leaf) => {
    const purposes = leaf.extendedKeyUsage;
    const isCritical = leaf.extensions.get(extensionOids.extendedKeyUsage)?.critical === true;
    if (!isCritical || purposes?.length !== 1 || purposes[0] !== keyPurposes.timeStamping)
      throw broken(leaf, 'is not for timestamps alone, said critically');
  });
}

function checkChain(chain: readonly Certificate[], checkPurposes: (leaf: Certificate) => void): void {
  asSigningError('NOTARY_CHAIN_INVALID', 'the certificates', () => {
    verifyOrderedChain(chain);
    for (const [at, certificate] of chain.entries()) {
      if (at > 0) checkAuthority(certificate, at - 1);
      else {
        checkLeaf(certificate);
        checkPurposes(certificate);
      }
    }
  });
}

function checkLeaf(leaf: Certificate): void {
  if (leaf.basicConstraints?.ca === true) throw broken(leaf, 'signs, and is a CA');
  const usages = criticalKeyUsage(leaf);
  if (!usages.has('digitalSignature')) throw broken(leaf, 'is not for digital signatures');
  const other = [...usages].find((usage) => usage !== 'digitalSignature' && usage !== 'nonRepudiation');
  if (other !== undefined) throw broken(leaf, `is for ${other} too`);
  algorithmOfKey(leaf.publicKey);
}

/** @param below how many CAs stand between this one and the signer */
function checkAuthority(certificate: Certificate, below: number): void {
  const constraints = certificate.basicConstraints;
  const isCritical = certificate.extensions.get(extensionOids.basicConstraints)?.critical === true;
  if (constraints?.ca !== true || !isCritical) throw broken(certificate, 'is no CA, said critically');
  if (constraints.pathLength !== undefined && constraints.pathLength < below)
    throw broken(certificate, `allows ${constraints.pathLength} CAs below it and has ${below}`);
  if (!criticalKeyUsage(certificate).has('keyCertSign'))
    throw broken(certificate, 'is not for signing certificates');
}

function criticalKeyUsage(certificate: Certificate): ReadonlySet<string> {
  const { keyUsage } = certificate;
  if (keyUsage === undefined || certificate.extensions.get(extensionOids.keyUsage)?.critical !== true)
    throw broken(certificate, 'does not say critically what its key is for');
  return keyUsage;
}

/** A certificate by its subject; for messages. */
export function subjectOf(certificate: Certificate): string {
  return JSON.stringify(nameToString(certificate.subject).slice(0, 300));
}

function broken(certificate: Certificate, reason: string): SigningError {
  return new SigningError('NOTARY_CHAIN_INVALID', `the certificate of ${subjectOf(certificate)} ${reason}`);
}
