import { decodeBase64 } from '@keelson/core';
import type { Descriptor } from '@keelson/oci';
import { SigningError } from '../../errors.ts';
import { bytes, documentFields, int64 } from '../../fields.ts';
import { defaultSigningLimits, type SigningLimits } from '../../limits.ts';
import type { Bundle, BundleContent, BundleMaterial } from '../bundle.ts';
import { integratedTimeFrom, type LogEntry } from '../log-entry.ts';
import { certificatesInPem } from '../pem-certificates.ts';
import { readSignedEnvelope } from '../signed-envelope.ts';
import { simpleSigningMediaType } from './simple-signing.ts';

/** The type of attestations as cosign 1 and 2 keep them. */
export const dsseMediaType = 'application/vnd.dsse.envelope.v1+json';

/** Where cosign 1 and 2 keep what belongs to a signature: in annotations of its layer (sigstore/cosign, specs/SIGNATURE_SPEC.md). */
export const legacyAnnotations = Object.freeze({
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  bundle: 'dev.sigstore.cosign/bundle',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
});

/**
 * A signature or an attestation of cosign 1 or 2 as a bundle, so that one core verifies all forms.
 *
 * @param layer of the manifest at the `.sig` or `.att` tag
 * @param blob what the layer names, held against its digest already
 * @throws SigningError BUNDLE_INVALID, BUNDLE_UNSUPPORTED, LOG_ENTRY_INVALID, SIGNING_LIMIT
 */
export function bundleOfLayer(
  layer: Pick<Descriptor, 'mediaType' | 'annotations'>,
  blob: Uint8Array,
  limits: SigningLimits = defaultSigningLimits,
): Bundle {
  const { annotations } = layer;
  const timestamp = annotations.get(legacyAnnotations.timestamp) ?? '';
  const logged = annotations.get(legacyAnnotations.bundle) ?? '';
  return {
    version: '0.1',
    material: materialFrom(annotations, limits),
    logEntries: logged === '' ? [] : [entryFrom(logged, blob)],
    timestamps: timestamp === '' ? [] : [timestampFrom(timestamp)],
    ...(layer.mediaType === dsseMediaType ? { sentEnvelope: blob } : {}),
    content: contentFrom(layer, blob, limits),
  };
}

function contentFrom(
  layer: Pick<Descriptor, 'mediaType' | 'annotations'>,
  blob: Uint8Array,
  limits: SigningLimits,
): BundleContent {
  if (layer.mediaType === simpleSigningMediaType) {
    const signature = decodeBase64(layer.annotations.get(legacyAnnotations.signature) ?? '', 'any');
    if (signature === undefined || signature.length === 0)
      throw invalid(`the layer has no signature in ${legacyAnnotations.signature}`);
    return { kind: 'message', signature };
  }
  if (layer.mediaType !== dsseMediaType)
    throw new SigningError('BUNDLE_UNSUPPORTED', `the layer is of media type ${layer.mediaType}`);
  const { envelope, signature } = readSignedEnvelope(blob, 'the layer', limits);
  return { kind: 'dsse', envelope, signature: signature.sig };
}

function materialFrom(annotations: ReadonlyMap<string, string>, limits: SigningLimits): BundleMaterial {
  const certificate = annotations.get(legacyAnnotations.certificate) ?? '';
  if (certificate === '') return { kind: 'publicKey', hint: '' };
  const [leaf, ...others] = certificatesInPem(certificate, legacyAnnotations.certificate, limits);
  if (leaf === undefined) throw invalid(`${legacyAnnotations.certificate} has no certificate`);
  const chain = certificatesInPem(
    annotations.get(legacyAnnotations.chain) ?? '',
    legacyAnnotations.chain,
    limits,
  );
  return { kind: 'certificate', leaf, intermediates: [...others, ...chain] };
}

/** Rekor's answer as cosign kept it: `{SignedEntryTimestamp, Payload: {body, integratedTime, logIndex, logID}}`. */
function entryFrom(text: string, blob: Uint8Array): LogEntry {
  const fields = documentFields(text, legacyAnnotations.bundle, 'BUNDLE_INVALID');
  const payload = fields.required('Payload');
  const body = bytes(payload, 'body');
  const logId = payload.text('logID');
  if (!/^[0-9a-f]{64}$/.test(logId)) throw payload.invalid('logID', 'is no SHA-256 in hex');
  const named = documentFields(body, 'the log entry', 'LOG_ENTRY_INVALID');
  const kind = named.text('kind');
  const version = named.text('apiVersion');
  const integratedTime = integratedTimeFrom(payload);
  return {
    logIndex: int64(payload, 'logIndex'),
    logId: Buffer.from(logId, 'hex'),
    kind,
    version,
    ...(integratedTime === undefined ? {} : { integratedTime }),
    promise: bytes(fields, 'SignedEntryTimestamp'),
    body,
    // The first intoto entries keep the hash of the envelope as it was sent, which is what lies in the registry.
    ...(kind === 'intoto' && version === '0.0.1' ? { sent: blob } : {}),
  };
}

/** `{"SignedRFC3161Timestamp": base64}`. */
function timestampFrom(text: string): Uint8Array {
  return bytes(documentFields(text, legacyAnnotations.timestamp, 'BUNDLE_INVALID'), 'SignedRFC3161Timestamp');
}

function invalid(message: string): SigningError {
  return new SigningError('BUNDLE_INVALID', message);
}
