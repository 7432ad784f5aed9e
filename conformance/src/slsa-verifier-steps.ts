import {
  type CloudBuildDocument,
  type CloudBuildProvenance,
  demandCloudBuilder,
  demandCloudSource,
  demandCloudSubject,
  demandImageSummary,
  demandNpmStatements,
  demandPublished,
  readBuilderId,
  readCloudBuild,
  readNpmAttestations,
  readNpmPublication,
  type SignatureRequirements,
  signedCloudBuild,
} from '@keelson/attestation';
import { JsonFields, parseJsonBytes } from '@keelson/core';
import {
  artifactOfDigest,
  exactly,
  matching,
  readBundle,
  readStatementHeader,
  SigningError,
  verifyBundle,
} from '@keelson/signing';
import type { Row, Trust } from './slsa-verifier.ts';

/** The signature alone, over whatever the statement is about. */
export function judgeSignature(row: Row, trust: Trust): void {
  const bundle = readBundle(row.document);
  if (bundle.content.kind !== 'dsse') throw new Error('the bundle has no envelope');
  try {
    verifyBundle(bundle, artifactOfDigest(`sha256:${subjectOf(bundle.content.envelope.payload)}`), {
      ...requirementsOf(trust, 1),
      signer: {
        kind: 'identities',
        identities: [
          {
            subject: matching('https://github\\.com/.*'),
            issuer: exactly('https://token.actions.githubusercontent.com'),
          },
        ],
      },
    });
  } catch (error) {
    // The statement is read once everything about the signature holds, and one without a predicate type is refused then.
    if (!(error instanceof SigningError && error.code === 'STATEMENT_INVALID')) throw error;
  }
}

function subjectOf(payload: Uint8Array): string {
  const [subject] = JSON.parse(Buffer.from(payload).toString()).subject;
  return subject.digest.sha256;
}

export function judgeNpmStep(row: Row, trust: Trust, id: string): void {
  const attestations = readNpmAttestations(row.document);
  if (id.startsWith('npm-unit-headers-')) {
    demandNpmStatements(attestations);
    return;
  }
  if (id.startsWith('npm-unit-publish-subject-')) {
    const { content } = attestations.publication;
    if (content.kind !== 'dsse') throw new Error('the bundle has no envelope');
    demandPublished(
      readNpmPublication(content.envelope.payload),
      artifactOfDigest(`sha512:${row.text('hash')}`),
    );
    return;
  }
  const { content } = attestations.provenance;
  if (content.kind !== 'dsse') throw new Error('the bundle has no envelope');
  const [subject] = readStatementHeader(content.envelope.payload).subjects;
  verifyBundle(attestations.provenance, artifactOfDigest(`sha512:${subject?.digest.get('sha512')}`), {
    ...requirementsOf(trust, 1),
    signer: { kind: 'identities', identities: [{ subject: matching('.*'), issuer: matching('.*') }] },
  });
}

/** Rows of one step alone: those of builder and source do not look at the signature, which is of another fixture. */
export function judgeCloudBuildStep(row: Row, trust: Trust, id: string): void {
  const document = readCloudBuild(row.document);
  const step = id.slice('gcb-unit-'.length).replace(/-\d+$/, '');
  if (step === 'signature' || step === 'parse') {
    signedCloudBuild(document, trust.cloudBuildKeys);
    return;
  }
  if (step === 'summary') {
    demandImageSummary(document.image, `sha256:${row.text('hash')}`);
    return;
  }
  const provenance = unsignedCloudBuild(document);
  if (step === 'subject') demandCloudSubject(provenance, artifactOfDigest(`sha256:${row.text('hash')}`));
  else if (step === 'builder') demandCloudBuilder(provenance, row.text('builderId'));
  else if (step === 'source')
    demandCloudSource(provenance, readBuilderId(row.text('builderId') ?? ''), row.text('source') ?? '');
  else throw new Error(`${step} is no step that is known`);
}

/** What the first entry says, signed or not. */
function unsignedCloudBuild({ provenances }: CloudBuildDocument): CloudBuildProvenance {
  const [entry] = provenances;
  if (entry === undefined) throw new Error('the document has no provenance');
  const payload = Buffer.from(entry.required('envelope').text('payload'), 'base64');
  const fault = (message: string) => new Error(message);
  const signed = new JsonFields(parseJsonBytes(payload), 'the payload', { invalid: fault, tooMany: fault });
  const statement = readStatementHeader(payload);
  const isVersion1 = statement.predicateType === 'https://slsa.dev/provenance/v1';
  return { entry, statement, signed, predicate: signed.required('predicate'), isVersion1 };
}

export function requirementsOf({ trustedRoot }: Trust, logEntries: number): SignatureRequirements {
  return { trustedRoot, logEntries, timestamps: 0, certificateLogged: true };
}
