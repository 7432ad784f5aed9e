import { decodeBase64 } from '@keelson/core';
import { type PublicKey, readPublicKey } from '@keelson/pki';
import {
  type Artifact,
  type Bundle,
  readBundle,
  readStatementHeader,
  type StatementHeader,
  statementPayloadType,
  subjectsOf,
  type ValidityPeriod,
} from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { documentFields } from '../fields.ts';
import { type AttestationLimits, defaultAttestationLimits } from '../limits.ts';
import { predicateTypes } from './known-builders.ts';

/** The type of npm's statement that it published a package (npm/attestation, specs/publish); a version follows. */
const publishType = 'https://github.com/npm/attestation/tree/main/specs/publish/';
const provenanceTypes: ReadonlySet<string> = new Set([predicateTypes.v02, predicateTypes.v1]);

const isPublishType = (type: string): boolean => type.startsWith(publishType);
const isProvenanceType = (type: string): boolean => provenanceTypes.has(type);

/** What a registry of npm keeps beside a package: nothing of it is verified. */
export interface NpmAttestations {
  /** Signed by the workflow that built. */
  readonly provenance: Bundle;
  /** Signed by the registry. */
  readonly publication: Bundle;
}

/**
 * Reads the answer of a registry to `/-/npm/v1/attestations/<package>@<version>`.
 *
 * @throws AttestationError NPM_ATTESTATIONS_INVALID, ATTESTATION_LIMIT; SigningError for a bundle
 */
export function readNpmAttestations(
  document: Uint8Array,
  limits: AttestationLimits = defaultAttestationLimits,
): NpmAttestations {
  const what = 'the attestations of the package';
  const fields = documentFields(document, what, 'NPM_ATTESTATIONS_INVALID', limits);
  const attestations = fields.objects('attestations', limits.maxSignatures);
  const only = (isWanted: (type: string) => boolean, name: string): Bundle => {
    const [found, ...others] = attestations.filter((each) => isWanted(each.text('predicateType')));
    const bundle = found?.value('bundle');
    if (bundle === undefined || others.length > 0)
      throw fields.invalid('attestations', `does not have exactly one ${name}`);
    return readBundle(bundle);
  };
  return {
    provenance: only(isProvenanceType, 'provenance'),
    publication: only(isPublishType, 'statement of the registry'),
  };
}

/**
 * Holds what the bundles contain against what the registry says that they are.
 *
 * @throws AttestationError PROVENANCE_INVALID
 */
export function demandNpmStatements({ provenance, publication }: NpmAttestations): void {
  demandStatement(provenance, isProvenanceType);
  demandStatement(publication, isPublishType);
}

function demandStatement({ content }: Bundle, isWanted: (type: string) => boolean): void {
  const type =
    content.kind === 'dsse' && content.envelope.payloadType === statementPayloadType
      ? statementOf(content.envelope.payload).predicateType
      : 'no statement';
  if (!isWanted(type))
    throw new AttestationError('PROVENANCE_INVALID', `an attestation of the package is ${type}`);
}

function statementOf(payload: Uint8Array): StatementHeader {
  try {
    return readStatementHeader(payload);
  } catch (error) {
    throw new AttestationError('PROVENANCE_INVALID', 'an attestation of the package is no Statement', {
      cause: error,
    });
  }
}

/** What the registry says that it published. */
export interface NpmPublication {
  readonly name: string;
  readonly version: string;
  readonly statement: StatementHeader;
}

/** @throws AttestationError PROVENANCE_INVALID, ATTESTATION_LIMIT */
export function readNpmPublication(
  payload: Uint8Array,
  limits: AttestationLimits = defaultAttestationLimits,
): NpmPublication {
  const statement = statementOf(payload);
  const what = 'the statement of the registry';
  const predicate = documentFields(payload, what, 'PROVENANCE_INVALID', limits).required('predicate');
  return { statement, name: predicate.text('name'), version: predicate.text('version') };
}

/** @throws AttestationError SUBJECT_MISMATCH */
export function demandPublished({ statement }: NpmPublication, artifact: Artifact): void {
  if (subjectsOf(statement, artifact).length === 0)
    throw new AttestationError('SUBJECT_MISMATCH', 'the registry published another package');
}

/** A key of a registry, by its id. */
export interface RegistryKey {
  readonly id: string;
  readonly key: PublicKey;
  readonly validity: ValidityPeriod;
}

/**
 * Reads the keys that registries sign attestations with, as Sigstore's TUF repository hands them out (its target `keys.json` of the npm registry).
 *
 * @throws AttestationError NPM_ATTESTATIONS_INVALID, ATTESTATION_LIMIT; PkiError for a key that is none
 */
export function readRegistryKeys(
  document: Uint8Array,
  limits: AttestationLimits = defaultAttestationLimits,
): readonly RegistryKey[] {
  const what = 'the keys of the registry';
  const fields = documentFields(document, what, 'NPM_ATTESTATIONS_INVALID', limits);
  return fields
    .objects('keys', limits.maxKeys)
    .filter((each) => each.optionalText('keyUsage') === 'npm:attestations')
    .map((each) => {
      const key = each.required('publicKey');
      const period = key.object('validFor');
      const time = (name: string): number | undefined => {
        const text = period?.optionalText(name);
        const at = text === undefined ? undefined : Date.parse(text);
        if (Number.isNaN(at)) throw key.invalid(`validFor.${name}`, 'is no time');
        return at;
      };
      const bytes = decodeBase64(key.text('rawBytes'), 'any');
      if (bytes === undefined) throw key.invalid('rawBytes', 'is no base64');
      return {
        id: each.text('keyId'),
        key: readPublicKey(bytes),
        validity: { start: time('start'), end: time('end') },
      };
    });
}
