import { type Certificate, checkSignature, isSelfSigned, keyPurposes, PkiError } from '@keelson/pki';
import { SigningError } from '../../errors.ts';
import { identityOf } from '../identity.ts';

/**
 * Holds the certificates of an authority of one's own against what verifiers will ask of them, before anything is signed with their key.
 *
 * @param chain the key's own first, then who issued it, up to the root or to the one below it
 * @param now milliseconds since 1970
 * @throws SigningError CERTIFICATE_UNFIT, which names all that is wrong
 */
export function demandSigningCertificate(chain: readonly Certificate[], now: number): void {
  const faults = understood(() => [
    ...chain.slice(0, 1).flatMap(faultsOfLeaf),
    ...chain.slice(1).flatMap((each, at) => faultsOfIssuer(each, at + 2)),
    ...chain.flatMap((each, at) => faultsOfTime(each, named(at + 1), now)),
    ...chain.flatMap((each, at) => faultsOfLink(each, chain[at + 1], at + 1)),
  ]);
  if (faults.length > 0)
    throw new SigningError('CERTIFICATE_UNFIT', `nobody would take the signature: ${faults.join('; ')}`);
}

/**
 * The chain as bundles keep it, without a root at its end: verifiers have it from who they trust, and refuse a bundle that has one
 * (sigstore/protobuf-specs, sigstore_common.proto, X509CertificateChain).
 */
export function withoutRoot(chain: readonly Certificate[]): readonly Certificate[] {
  const last = chain.at(-1);
  const hasRoot = chain.length > 1 && last?.isSelfIssued === true && isSelfSigned(last);
  return hasRoot ? chain.slice(0, -1) : chain;
}

const named = (at: number) => (at === 1 ? 'the certificate' : `certificate ${at} of the chain`);

function faultsOfLeaf(leaf: Certificate): readonly string[] {
  return [
    ...(leaf.basicConstraints?.ca === true ? ['the certificate is of an authority'] : []),
    ...(leaf.keyUsage?.has('digitalSignature') === true
      ? []
      : ['the certificate’s keyUsage has no digitalSignature']),
    ...(leaf.extendedKeyUsage?.includes(keyPurposes.codeSigning) === true
      ? []
      : ['the certificate’s extendedKeyUsage has no codeSigning']),
    ...(identityOf(leaf).subjects.length > 0
      ? []
      : ['the certificate says nobody in subjectAltName: an e-mail address or a URI']),
  ];
}

function faultsOfIssuer(issuer: Certificate, at: number): readonly string[] {
  const isAuthority = issuer.basicConstraints?.ca === true && issuer.keyUsage?.has('keyCertSign') !== false;
  return isAuthority ? [] : [`${named(at)} is of no authority`];
}

function faultsOfTime({ notBefore, notAfter }: Certificate, name: string, now: number): readonly string[] {
  const day = (time: number) => new Date(time).toISOString();
  if (now < notBefore) return [`${name} is valid from ${day(notBefore)} on`];
  return now > notAfter ? [`${name} expired at ${day(notAfter)}`] : [];
}

function faultsOfLink(
  certificate: Certificate,
  issuer: Certificate | undefined,
  at: number,
): readonly string[] {
  if (issuer === undefined) return [];
  try {
    checkSignature(issuer, certificate);
    return [];
  } catch (error) {
    if (error instanceof PkiError) return [`${named(at)} is not issued by the next`];
    throw error;
  }
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new SigningError('CERTIFICATE_UNFIT', `the certificates cannot be read: ${error.message}`, {
      cause: error,
    });
  }
}
