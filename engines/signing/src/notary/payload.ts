import { createObject, type JsonObject, stringifyJson } from '@keelson/core';
import { type Descriptor, descriptorFrom } from '@keelson/oci';
import { SigningError } from '../errors.ts';
import { documentFields } from '../fields.ts';
import { reservedPrefix } from './attributes.ts';
import { asSigningError } from './faults.ts';

/** What a signature names: an image's manifest, or a blob. */
export type TargetDescriptor = Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;

/** The payload of a signature: what was signed, and what its signer says of it. */
export interface NotaryPayload {
  readonly target: TargetDescriptor;
  /** The annotations that users add; those of the Notary Project are left out. */
  readonly userMetadata: ReadonlyMap<string, string>;
}

/** @throws SigningError NOTARY_ENVELOPE_INVALID */
export function readPayload(bytes: Uint8Array): NotaryPayload {
  const fields = documentFields(bytes, 'the payload', 'NOTARY_ENVELOPE_INVALID');
  const { annotations, ...target } = asSigningError('NOTARY_ENVELOPE_INVALID', 'the payload', () =>
    descriptorFrom(fields.value('targetArtifact'), 'targetArtifact'),
  );
  const userMetadata = new Map([...annotations].filter(([name]) => !name.startsWith(reservedPrefix)));
  return { target, userMetadata };
}

/**
 * The payload that names an artifact.
 *
 * @throws SigningError NOTARY_REQUEST_INVALID for metadata whose name is not for users
 */
export function writePayload(
  target: TargetDescriptor,
  userMetadata: ReadonlyMap<string, string>,
): Uint8Array {
  const artifact = createObject();
  if (userMetadata.size > 0) artifact['annotations'] = annotationsOf(userMetadata);
  artifact['digest'] = target.digest;
  artifact['mediaType'] = target.mediaType;
  artifact['size'] = target.size;
  return Buffer.from(stringifyJson({ targetArtifact: artifact }));
}

function annotationsOf(userMetadata: ReadonlyMap<string, string>): JsonObject {
  const annotations = createObject();
  for (const name of [...userMetadata.keys()].sort()) {
    if (name === '' || name.startsWith(reservedPrefix))
      throw new SigningError(
        'NOTARY_REQUEST_INVALID',
        `the metadata ${JSON.stringify(name)} cannot be signed: names that begin with ${reservedPrefix} are reserved`,
      );
    annotations[name] = userMetadata.get(name) ?? '';
  }
  return annotations;
}
