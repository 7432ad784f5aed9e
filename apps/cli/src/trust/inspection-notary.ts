import { isKeelsonError } from '@keelson/core';
import type { CheckedReferrer, Digest, ImageSource, LoadedManifest } from '@keelson/oci';
import { nameToString } from '@keelson/pki';
import {
  defaultSigningLimits,
  type NotaryFormat,
  notarySignaturesAmong,
  readNotaryEnvelope,
  readNotarySignature,
  readPayload,
  SigningError,
  type SigningScheme,
  type TargetDescriptor,
} from '@keelson/signing';
import { isoTime } from './times.ts';

/** A signature of the Notary Project beside an image, as it is written there. */
export interface InspectedNotarySignature {
  readonly kind: 'signature';
  readonly manifest: Digest;
  readonly form: NotaryFormat;
  /** The signer's name in the certificate, and who issued that. */
  readonly subjects: readonly [name: string];
  readonly certificateIssuer: string;
  readonly certificateValidity: readonly [from: string, to: string];
  readonly scheme: SigningScheme;
  /** The signer's own word. */
  readonly signingTime: string;
  readonly expiry?: string;
  readonly timestamps: number;
  readonly target: TargetDescriptor;
  readonly annotations: Readonly<Record<string, string>>;
  readonly verified:
    | { readonly state: 'refused'; readonly code: string; readonly reason: string }
    | { readonly state: 'not-verified'; readonly reason: string };
}

export interface NotaryInspection {
  readonly signatures: readonly InspectedNotarySignature[];
  readonly unreadable: readonly { readonly manifest: Digest; readonly fault: Error }[];
}

/** The signatures of the Notary Project among what refers to an image. One that cannot be read hides none of the others. */
export async function inspectNotary(
  source: ImageSource,
  image: LoadedManifest,
  referrers: readonly CheckedReferrer[],
): Promise<NotaryInspection> {
  const { found, unreadable: malformed } = notarySignaturesAmong(referrers);
  const signatures: InspectedNotarySignature[] = [];
  const unreadable = [...malformed];
  let left = defaultSigningLimits.maxStoredBytes;
  for (const stored of found) {
    const { manifest, layer } = stored;
    left -= layer.size;
    try {
      if (left < 0)
        throw new SigningError(
          'SIGNING_LIMIT',
          `the signatures of the image have more than maxStoredBytes (${defaultSigningLimits.maxStoredBytes}) bytes`,
        );
      const bytes = await readNotarySignature(source, stored);
      signatures.push(inspectSignature(manifest, bytes, layer.mediaType, image));
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      unreadable.push({ manifest, fault: error });
    }
  }
  return { signatures, unreadable };
}

/** What can be read has the form of a signature, and holds for its own certificate: whether that is trusted, a trust policy says. */
function inspectSignature(
  manifest: Digest,
  bytes: Uint8Array,
  mediaType: string,
  image: LoadedManifest,
): InspectedNotarySignature {
  const { format, attributes, chain, payload, timestamp } = readNotaryEnvelope(bytes, mediaType);
  const { target, userMetadata } = readPayload(payload);
  const [leaf] = chain;
  if (leaf === undefined) throw new SigningError('NOTARY_CHAIN_INVALID', 'the signature has no certificate');
  const { signingTime, expiry, scheme } = attributes;
  return {
    kind: 'signature',
    manifest,
    form: format,
    subjects: [nameToString(leaf.subject)],
    certificateIssuer: nameToString(leaf.issuer),
    certificateValidity: [isoTime(leaf.notBefore), isoTime(leaf.notAfter)],
    scheme,
    signingTime: isoTime(signingTime),
    ...(expiry === undefined ? {} : { expiry: isoTime(expiry) }),
    timestamps: timestamp === undefined ? 0 : 1,
    target,
    annotations: Object.fromEntries(userMetadata),
    verified:
      target.digest === image.digest && target.size === image.size && target.mediaType === image.mediaType
        ? {
            state: 'not-verified',
            reason:
              'the signature is of this image and of its certificate; whether that is to be trusted, keelson verify --with notation tells',
          }
        : {
            state: 'refused',
            code: 'ARTIFACT_MISMATCH',
            reason: `it is of ${target.digest}, another artifact`,
          },
  };
}
