import { decodeBase64, isKeelsonError, type JsonFields } from '@keelson/core';
import { pae } from '@keelson/envelopes';
import type { PublicKey } from '@keelson/pki';
import { readStatementHeader, type StatementHeader, statementPayloadType } from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { documentFields } from '../fields.ts';
import { type AttestationLimits, defaultAttestationLimits } from '../limits.ts';
import { predicateTypes } from './known-builders.ts';
import { holds } from './signature.ts';

/** What `gcloud artifacts docker images describe --show-provenance --format json` prints: nothing of it is verified. */
export interface CloudBuildDocument {
  /** The digest of the image, twice, as it stands outside of what is signed. */
  readonly image: { readonly digest: string; readonly qualified: string };
  readonly provenances: readonly JsonFields[];
}

/** A provenance of Google Cloud Build whose signature holds. */
export interface CloudBuildProvenance {
  /** All members, also those that are not signed. */
  readonly entry: JsonFields;
  readonly statement: StatementHeader;
  /** What was signed. */
  readonly signed: JsonFields;
  readonly predicate: JsonFields;
  readonly isVersion1: boolean;
}

const what = 'the provenance of Cloud Build';

/** @throws AttestationError PROVENANCE_INVALID, ATTESTATION_LIMIT */
export function readCloudBuild(
  document: Uint8Array,
  limits: AttestationLimits = defaultAttestationLimits,
): CloudBuildDocument {
  const fields = documentFields(document, 'the document', 'PROVENANCE_INVALID', limits);
  const image = fields.required('image_summary');
  const provenances = fields.required('provenance_summary').objects('provenance', limits.maxSignatures);
  if (provenances.length === 0) throw fields.invalid('provenance_summary.provenance', 'is empty');
  return {
    image: {
      digest: image.optionalText('digest') ?? '',
      qualified: image.optionalText('fully_qualified_digest') ?? '',
    },
    provenances,
  };
}

const keyPath =
  /^projects\/verified-builder\/locations\/([a-z0-9-]+)\/keyRings\/attestor\/cryptoKeys\/([A-Za-z-]+)\//;

/** How a key of Cloud Build signs: keys of regions over the payload alone, which was before DSSE; the others over the envelope. */
const formsOfKeys: ReadonlyMap<string, { readonly isPae: boolean; readonly isVersion1: boolean }> = new Map([
  ['builtByGCB', { isPae: false, isVersion1: false }],
  ['provenanceSigner', { isPae: true, isVersion1: false }],
  ['google-hosted-worker', { isPae: true, isVersion1: true }],
]);

/**
 * The first provenance of a document that a key of Cloud Build signed.
 *
 * @param keys by the name under which signatures have them: `projects/verified-builder/locations/…/cryptoKeyVersions/1`
 * @throws AttestationError PROVENANCE_UNSIGNED
 */
export function signedCloudBuild(
  { provenances }: CloudBuildDocument,
  keys: ReadonlyMap<string, PublicKey>,
  limits: AttestationLimits = defaultAttestationLimits,
): CloudBuildProvenance {
  const faults: string[] = [];
  for (const entry of provenances) {
    try {
      return signedProvenance(entry, keys, limits);
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      faults.push(error.message);
    }
  }
  throw new AttestationError(
    'PROVENANCE_UNSIGNED',
    `no provenance has a signature that holds: ${faults.join('; ')}`,
  );
}

function signedProvenance(
  entry: JsonFields,
  keys: ReadonlyMap<string, PublicKey>,
  limits: AttestationLimits,
): CloudBuildProvenance {
  const envelope = entry.required('envelope');
  const payloadType = envelope.text('payloadType');
  if (payloadType !== statementPayloadType) throw envelope.invalid('payloadType', `is ${payloadType}`);
  const payload = decodeBase64(envelope.text('payload'), 'any');
  if (payload === undefined) throw envelope.invalid('payload', 'is no base64');
  for (const signature of envelope.objects('signatures', limits.maxSignatures)) {
    const keyId = signature.optionalText('keyid') ?? '';
    const form = formsOfKeys.get(keyPath.exec(keyId)?.[2] ?? '');
    const key = keys.get(keyId);
    if (form === undefined || key === undefined) continue;
    const data = form.isPae ? pae(payloadType, payload) : payload;
    // Of several signatures one that is no base64 is one that does not hold, and spoils none of the others.
    const sig = decodeBase64(signature.optionalText('sig') ?? '', 'any');
    if (sig !== undefined && holds(key, data, sig))
      return provenanceFrom(entry, payload, form.isVersion1, limits);
  }
  throw envelope.invalid('signatures', 'has none that holds');
}

function provenanceFrom(
  entry: JsonFields,
  payload: Uint8Array,
  isVersion1: boolean,
  limits: AttestationLimits,
): CloudBuildProvenance {
  const statement = readStatementHeader(payload);
  const signed = documentFields(payload, what, 'PROVENANCE_INVALID', limits);
  if (statement.predicateType !== (isVersion1 ? predicateTypes.v1 : predicateTypes.v01))
    throw signed.invalid('predicateType', `is ${statement.predicateType}, which its key does not sign`);
  return { entry, statement, signed, predicate: signed.required('predicate'), isVersion1 };
}
