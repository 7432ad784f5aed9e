import { sameBytes } from '../bytes.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { describe } from '../certificates/describe.ts';
import { extensionOids, keyPurposes } from '../certificates/extensions.ts';
import { sameName } from '../certificates/name.ts';
import { verifyChain } from '../chains/verify-chain.ts';
import type { SignerIdentifier } from '../cms/signed-data.ts';
import { octetString, oid } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { cmsSchemeOf } from '../keys/schemes.ts';
import { verifySignature } from '../keys/verify-signature.ts';
import { checkSigningCertificate } from './signing-certificate.ts';
import { type TimeStampToken, tstInfoOid } from './token.ts';

/** Attributes of CMS (RFC 5652 section 11). */
const contentTypeOid = '1.2.840.113549.1.9.3';
const messageDigestOid = '1.2.840.113549.1.9.4';

interface TrustOptions {
  readonly roots: readonly Certificate[];
  /** Beside those that the token carries. */
  readonly intermediates?: readonly Certificate[];
  /** The authority's own certificate; without it, it is looked for in the token. */
  readonly leaf?: Certificate;
  /** Whether the token may carry certificates that are not of the chain. Nothing binds those to it. */
  readonly allowOtherCertificates?: boolean;
}

/** What was stamped is given itself, or by its digest of the token's algorithm. */
export type TimeStampOptions = TrustOptions &
  ({ readonly data: Uint8Array } | { readonly digest: Uint8Array });

export interface VerifiedTimeStamp {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Milliseconds to either side; undefined where the token does not say. */
  readonly accuracy: number | undefined;
  readonly signer: Certificate;
  /** From the signer to the root. */
  readonly chain: readonly Certificate[];
}

/**
 * Verifies a token as RFC 3161 section 2.2 and RFC 5652 section 5.6 ask: what was stamped, the signed attributes, the
 * signature, the authority's purpose, and its chain at the time of the token.
 * @throws PkiError TIMESTAMP_IMPRINT, TIMESTAMP_SIGNER, TIMESTAMP_SIGNATURE, CHAIN_*, ALGORITHM_UNSUPPORTED, KEY_*
 */
export function verifyTimeStamp(token: TimeStampToken, options: TimeStampOptions): VerifiedTimeStamp {
  checkImprint(token, options);
  const signer = signerOf(token, options.leaf);
  checkPurpose(signer);
  checkAttributes(token, signer);
  const { signatureAlgorithm, digestAlgorithm, signedBytes, signature } = token.signerInfo;
  const scheme = cmsSchemeOf(digestAlgorithm, signatureAlgorithm);
  if (!verifySignature(signer.publicKey, scheme, signedBytes, signature))
    throw new PkiError('TIMESTAMP_SIGNATURE', `a token was not signed by the key of ${describe(signer)}`);
  const chain = verifyChain(signer, {
    roots: options.roots,
    intermediates: [...(options.intermediates ?? []), ...token.certificates],
    at: token.genTime,
    requireExtendedKeyUsage: keyPurposes.timeStamping,
  });
  if (options.allowOtherCertificates === false) checkCertificates(token, chain);
  return { time: token.genTime, accuracy: token.accuracy, signer, chain };
}

function checkCertificates({ certificates }: TimeStampToken, chain: readonly Certificate[]): void {
  const other = certificates.find(({ bytes }) => !chain.some((each) => sameBytes(each.bytes, bytes)));
  if (other !== undefined)
    throw new PkiError('TIMESTAMP_SIGNER', `a token carries ${describe(other)}, which is not of its chain`);
}

function checkImprint({ messageImprint }: TimeStampToken, options: TimeStampOptions): void {
  const digest = 'digest' in options ? options.digest : digestOf(messageImprint.algorithm, options.data);
  if (!sameBytes(digest, messageImprint.digest))
    throw new PkiError('TIMESTAMP_IMPRINT', 'a token is over something else than what it should stamp');
}

function signerOf({ certificates, signerInfo }: TimeStampToken, leaf: Certificate | undefined): Certificate {
  const { identifier } = signerInfo;
  const found = (leaf === undefined ? certificates : [leaf]).find((each) => isNamed(each, identifier));
  if (found !== undefined) return found;
  throw new PkiError(
    'TIMESTAMP_SIGNER',
    leaf === undefined
      ? 'the certificate that signed a token is neither in it nor given'
      : `a token names another signer than ${describe(leaf)}`,
  );
}

function isNamed(certificate: Certificate, identifier: SignerIdentifier): boolean {
  if ('subjectKeyIdentifier' in identifier) {
    const own = certificate.subjectKeyIdentifier;
    return own !== undefined && sameBytes(own, identifier.subjectKeyIdentifier);
  }
  return (
    sameBytes(certificate.serialNumber, identifier.serialNumber) &&
    sameName(certificate.issuer, identifier.issuer)
  );
}

/** RFC 3161 section 2.3: one purpose, and critical. */
function checkPurpose(signer: Certificate): void {
  const purposes = signer.extendedKeyUsage;
  const isCritical = signer.extensions.get(extensionOids.extendedKeyUsage)?.critical === true;
  if (!isCritical || purposes?.length !== 1 || purposes[0] !== keyPurposes.timeStamping)
    throw new PkiError(
      'TIMESTAMP_SIGNER',
      `${describe(signer)} is not for time stamps alone, said critically`,
    );
  const { keyUsage } = signer;
  if (keyUsage !== undefined && !keyUsage.has('digitalSignature') && !keyUsage.has('nonRepudiation'))
    throw new PkiError('TIMESTAMP_SIGNER', `the key of ${describe(signer)} is not for signatures`);
}

function checkAttributes({ signerInfo, content }: TimeStampToken, signer: Certificate): void {
  const { attributes, digest } = signerInfo;
  const type = attributes.get(contentTypeOid);
  if (type === undefined || oid(type) !== tstInfoOid)
    throw new PkiError('TIMESTAMP_SIGNATURE', 'the signed attributes of a token do not say that it is one');
  const signed = attributes.get(messageDigestOid);
  if (signed === undefined || !sameBytes(octetString(signed), digestOf(digest, content)))
    throw new PkiError('TIMESTAMP_SIGNATURE', 'the signed digest of a token is not the one of its content');
  checkSigningCertificate(attributes, signer);
}

function digestOf(algorithm: string, data: Uint8Array): Uint8Array {
  return process.getBuiltinModule('node:crypto').hash(algorithm, data, 'buffer');
}
