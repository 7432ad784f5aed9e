import { decodeBase64, equalJson, isKeelsonError, isObject, type JsonValue } from '@keelson/core';
import { type DsseEnvelope, EnvelopeError, pae, readEnvelope } from '@keelson/envelopes';
import { defaultScheme, type PublicKey, verifySignature } from '@keelson/pki';
import {
  type Artifact,
  artifactOfBytes,
  type Bundle,
  type BundleRequirements,
  bundleOfLayer,
  dsseMediaType,
  legacyAnnotations,
  readSimpleSigning,
  readStatementHeader,
  type StatementHeader,
  simpleSigningMediaType,
  statementPayloadType,
  type VerifiedBundle,
  verifyBundle,
} from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { documentFields } from '../fields.ts';
import { type AttestationLimits, beyond, defaultAttestationLimits } from '../limits.ts';
import type { TektonRun } from './run.ts';

/** What Tekton Chains wrote on a run. Nothing of it has been verified. */
export interface SignedPart {
  /** `taskrun-UID`, `pipelinerun-UID`, or the first digits of an image's digest. */
  readonly key: string;
  /** A Statement, or a simple-signing payload of an image. */
  readonly payload: Uint8Array;
  /** A DSSE envelope as JSON, or a signature over the payload. */
  readonly signature: Uint8Array;
  /** PEM; empty for signatures of a key. */
  readonly certificate: string;
  readonly chain: string;
}

const prefix = 'chains.tekton.dev/';

/**
 * Reads the signatures that Tekton Chains keeps in annotations of a run (storage `tekton`): `payload-KEY`, `signature-KEY`, `cert-KEY` and
 * `chain-KEY`, in base64.
 *
 * @throws AttestationError RUN_UNSIGNED where there is none, RUN_INVALID, ATTESTATION_LIMIT
 */
export function readSignedParts(
  { annotations }: TektonRun,
  limits: AttestationLimits = defaultAttestationLimits,
): readonly SignedPart[] {
  const start = `${prefix}signature-`;
  const keys = [...annotations.keys()]
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length));
  if (keys.length === 0)
    throw new AttestationError('RUN_UNSIGNED', 'the run has no annotation of Tekton Chains with a signature');
  if (keys.length > limits.maxSignedParts) throw beyond('the run', 'maxSignedParts', limits);
  return keys.map((key) => {
    const bytes = (kind: string) => bytesOf(annotations, `${prefix}${kind}-${key}`);
    const payload = bytes('payload');
    const signature = bytes('signature');
    if (payload.length === 0 || signature.length === 0)
      throw new AttestationError('RUN_UNSIGNED', `the payload or the signature of ${key} is missing`);
    return { key, payload, signature, certificate: textOf(bytes('cert')), chain: textOf(bytes('chain')) };
  });
}

function bytesOf(annotations: ReadonlyMap<string, string>, name: string): Uint8Array {
  const bytes = decodeBase64(annotations.get(name) ?? '', 'any');
  if (bytes === undefined) throw new AttestationError('RUN_INVALID', `the annotation ${name} is no base64`);
  return bytes;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/**
 * Verifies what Tekton Chains signed with a key, and that it belongs to the run: the annotation is named after it, the payload beside the
 * envelope is the one inside, and provenance of SLSA 1 names the run.
 *
 * @returns the payload that was signed
 * @throws AttestationError RUN_SIGNATURE_WRONG, RUN_INVALID
 */
export function verifySignedPart(run: TektonRun, part: SignedPart, key: PublicKey): Uint8Array {
  const envelope = envelopeOf(part);
  const scheme = defaultScheme(key);
  const holds =
    envelope === undefined
      ? verifySignature(key, scheme, part.payload, part.signature)
      : envelope.signatures.some(({ sig }) =>
          verifySignature(key, scheme, pae(envelope.payloadType, envelope.payload), sig),
        );
  if (!holds) throw wrong(part, 'does not hold for the key');
  demandPayload(part, envelope);
  demandRun(run, part, envelope);
  return part.payload;
}

/** The payload beside an envelope is what people read. */
function demandPayload(part: SignedPart, envelope: DsseEnvelope | undefined): void {
  if (envelope !== undefined && !Buffer.from(part.payload).equals(envelope.payload))
    throw wrong(part, 'is over another payload than the one beside it');
}

/**
 * Verifies the same by what is asked of bundles: where a certificate signed, or where a log or a timestamp is asked for, which a run does
 * not keep. The statement is about whatever it says that it is about: whoever asks for an artifact looks for it among the subjects.
 *
 * @throws SigningError for the signature; AttestationError RUN_SIGNATURE_WRONG, RUN_INVALID
 */
export function verifyPartAsBundle(
  run: TektonRun,
  part: SignedPart,
  requirements: BundleRequirements,
): VerifiedBundle {
  const envelope = envelopeOf(part);
  const artifact =
    envelope === undefined ? artifactOfBytes(part.payload) : subjectOf(readStatementHeader(part.payload));
  const verified = verifyBundle(bundleOfPart(part), artifact, requirements);
  demandPayload(part, envelope);
  demandRun(run, part, envelope);
  return verified;
}

function subjectOf({ subjects: [subject] }: StatementHeader): Artifact {
  return {
    digest: (algorithm) => {
      const hex = subject?.digest.get(algorithm);
      return hex === undefined ? undefined : Buffer.from(hex, 'hex');
    },
  };
}

/**
 * What was signed as a Sigstore bundle, for verifyBundle.
 *
 * @throws AttestationError RUN_INVALID; SigningError
 */
export function bundleOfPart(part: SignedPart): Bundle {
  const annotations = new Map<string, string>([
    [legacyAnnotations.certificate, part.certificate],
    [legacyAnnotations.chain, part.chain],
  ]);
  if (envelopeOf(part) !== undefined)
    return bundleOfLayer({ mediaType: dsseMediaType, annotations }, part.signature);
  annotations.set(legacyAnnotations.signature, Buffer.from(part.signature).toString('base64'));
  return bundleOfLayer({ mediaType: simpleSigningMediaType, annotations }, part.payload);
}

/** Undefined for a signature that stands alone, as that of an image does. */
function envelopeOf({ key, signature }: SignedPart) {
  if (signature[0] !== 0x7b) return undefined;
  try {
    return readEnvelope(signature);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw new AttestationError('RUN_INVALID', `the signature of ${key}: ${error.message}`, { cause: error });
  }
}

/** What was taken from another run, or is of another kind than its annotation's name says, must not count for this one. */
function demandRun(run: TektonRun, part: SignedPart, envelope: DsseEnvelope | undefined): void {
  const [kind, ...rest] = part.key.split('-');
  if (kind !== 'taskrun' && kind !== 'pipelinerun') {
    if (envelope === undefined) demandImage(part);
    return;
  }
  if (kind !== run.kind.toLowerCase() || rest.join('-') !== run.uid)
    throw wrong(part, 'is that of another run');
  if (envelope?.payloadType !== statementPayloadType) throw wrong(part, 'is over no statement');
  const code = 'RUN_INVALID';
  const statement = documentFields(part.payload, 'the payload', code, defaultAttestationLimits);
  const id = invocationIdOf(statement.value('predicate'));
  if (id !== undefined && !equalJson(id, run.uid)) throw wrong(part, 'is about another run');
}

/** The annotation is named by the first digits of the image's digest. */
function demandImage(part: SignedPart): void {
  let digest: string;
  try {
    ({ digest } = readSimpleSigning(part.payload));
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    throw wrong(part, 'is over neither a statement nor an image');
  }
  if (!/^[0-9a-f]{12,}$/.test(part.key) || !digest.startsWith(`sha256:${part.key}`))
    throw wrong(part, `is over another image, ${digest}`);
}

/**
 * Whether a statement says of which run it is. Provenance of SLSA 0.2 does not: a statement of another run, copied to where one of this
 * run stands, holds as well.
 */
export function namesRun(statement: JsonValue, { uid }: TektonRun): boolean {
  return equalJson(invocationIdOf(isObject(statement) ? statement['predicate'] : undefined) ?? null, uid);
}

function invocationIdOf(predicate: JsonValue | undefined): JsonValue | undefined {
  const details = isObject(predicate) ? predicate['runDetails'] : undefined;
  const metadata = isObject(details) ? details['metadata'] : undefined;
  return isObject(metadata) ? metadata['invocationId'] : undefined;
}

function wrong({ key }: SignedPart, reason: string): AttestationError {
  return new AttestationError('RUN_SIGNATURE_WRONG', `the signature of ${key} ${reason}`);
}
