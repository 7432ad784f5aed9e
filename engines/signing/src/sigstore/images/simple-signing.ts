import { isObject } from '@keelson/core';
import { SigningError } from '../../errors.ts';
import { documentFields } from '../../fields.ts';

/** The type of the payload that cosign 1 and 2 sign for an image (sigstore/cosign, specs/SIGNATURE_SPEC.md). */
export const simpleSigningMediaType = 'application/vnd.dev.cosign.simplesigning.v1+json';

/** What such a payload says (containers/image, signature: "simple signing"). */
export interface SimpleSigning {
  /** The digest of the image's manifest. */
  readonly digest: string;
  /** The repository at the time of the signature; an image may be moved, so it proves nothing. */
  readonly reference: string;
  /** The texts that the signer added. */
  readonly annotations: ReadonlyMap<string, string>;
}

/** @throws SigningError SIMPLE_SIGNING_INVALID */
export function readSimpleSigning(payload: Uint8Array): SimpleSigning {
  const fields = documentFields(payload, 'the signed payload', 'SIMPLE_SIGNING_INVALID');
  const critical = fields.required('critical');
  const type = critical.text('type');
  if (!signedTypes.has(type)) throw critical.invalid('type', `is ${type}`);
  const annotations = new Map<string, string>();
  const optional = fields.value('optional');
  if (optional !== undefined && !isObject(optional)) throw fields.invalid('optional', 'is no object');
  for (const [name, value] of Object.entries(optional ?? {}))
    if (typeof value === 'string') annotations.set(name, value);
  return {
    digest: critical.required('image').text('docker-manifest-digest'),
    reference: critical.required('identity').optionalText('docker-reference') ?? '',
    annotations,
  };
}

// The second is what containers/image writes; cosign takes both.
const signedTypes = new Set(['cosign container image signature', 'atomic container signature']);

/** The payload for an image. */
export function writeSimpleSigning({ digest, reference, annotations }: SimpleSigning): Uint8Array {
  const payload = {
    critical: {
      identity: { 'docker-reference': reference },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: annotations.size === 0 ? null : Object.fromEntries(annotations),
  };
  return Buffer.from(JSON.stringify(payload));
}

/** @throws SigningError ARTIFACT_MISMATCH */
export function demandImage(payload: SimpleSigning, digest: string): void {
  if (payload.digest !== digest)
    throw new SigningError(
      'ARTIFACT_MISMATCH',
      `the signature is of the image ${payload.digest}, not of ${digest}`,
    );
}
