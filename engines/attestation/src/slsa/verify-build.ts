import {
  type Artifact,
  type Bundle,
  type BundleRequirements,
  exactly,
  matching,
  type VerifiedBundle,
  verifyBundle,
} from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { type BuilderId, builderText, demandBuilder, isBuilder, readBuilderId } from './builder-id.ts';
import { demandExpectations, type SourceExpectations } from './expectations.ts';
import { gitUriOf, isRelease, nameOfRef, readGitUri } from './git.ts';
import {
  type BuildKind,
  type BuildType,
  delegatedBuilders,
  delegators,
  githubIssuer,
  trustedWorkflows,
} from './known-builders.ts';
import { buildTypeOf, type Provenance, readProvenance } from './provenance.ts';
import { sourceOf, triggerOf } from './trigger.ts';
import { type WorkflowIdentity, workflowIdentityOf } from './workflow-identity.ts';

/** What is asked of a build on GitHub. */
export interface BuildExpectations extends SourceExpectations {
  readonly kind: BuildKind;
  /**
   * The workflow that built: a name, or `name@v1.2.3`; for GitHub's attestations also `name@refs/heads/main`. Without it the workflow must be one of those that are known to separate themselves
   * from the source that they build.
   */
  readonly builderId?: string;
  /** Repositories (`org/repo`) for which workflows may build that are no release: the tests of builders themselves. */
  readonly unreleasedBuildersFor?: ReadonlySet<string>;
}

/** How the signature is to be verified: by a certificate that a workflow on GitHub got. */
export type SignatureRequirements = Omit<BundleRequirements, 'signer'>;

/** A build that is as asked for. */
export interface VerifiedBuild {
  readonly builder: BuilderId;
  readonly workflow: WorkflowIdentity;
  readonly provenance: Provenance;
  readonly signature: VerifiedBundle;
}

/**
 * Verifies where an artifact was built, and by what, from a Sigstore bundle over a SLSA provenance (or over GitHub's artifact attestation,
 * which is one). Who built is read from the certificate, never from the provenance alone.
 *
 * @throws SigningError for the signature, AttestationError for what it says
 */
export function verifyBuild(
  bundle: Bundle,
  artifact: Artifact,
  requirements: SignatureRequirements,
  expected: BuildExpectations,
): VerifiedBuild {
  const { signature, workflow, payload } = verifyWorkflowSignature(bundle, artifact, requirements);
  const { builder, isDelegator } = builderOf(workflow, expected);
  demandRepository(workflow, expected.source);
  const provenance = readProvenance(payload);
  const type = buildTypeOf(provenance, builder.name);
  const named = readBuilderId(provenance.builderId);
  if (isDelegator) demandDelegated(named, provenance, expected);
  else demandBuilder(named, builderText(builder));
  demandExpectations(provenance, type, artifact, expected);
  if (expected.kind === 'github-attestation') demandCertifiedRef(provenance, type, workflow);
  return { builder: isDelegator ? named : builder, workflow, provenance, signature };
}

/** Any workflow on GitHub; which one is judged from what it is. */
const anyWorkflow: BundleRequirements['signer'] = {
  kind: 'identities',
  identities: [{ subject: matching('https://github\\.com/.+'), issuer: exactly(githubIssuer) }],
};

/** @throws SigningError; AttestationError CERTIFICATE_MISMATCH, PROVENANCE_INVALID */
export function verifyWorkflowSignature(
  bundle: Bundle,
  artifact: Artifact,
  requirements: SignatureRequirements,
): {
  readonly signature: VerifiedBundle;
  readonly workflow: WorkflowIdentity;
  readonly payload: Uint8Array;
} {
  const signature = verifyBundle(bundle, artifact, { ...requirements, signer: anyWorkflow });
  const { identity, payload } = signature;
  if (identity === undefined || payload === undefined)
    throw new AttestationError('PROVENANCE_INVALID', 'what was signed is no provenance');
  return { signature, workflow: workflowIdentityOf(identity), payload };
}

/**
 * The builder by the certificate.
 *
 * @throws AttestationError BUILDER_UNTRUSTED, REF_INVALID
 */
function builderOf(
  workflow: WorkflowIdentity,
  { kind, builderId, unreleasedBuildersFor }: BuildExpectations,
): { readonly builder: BuilderId; readonly isDelegator: boolean } {
  const builder: BuilderId = { name: workflow.workflow, version: workflow.ref };
  const trusted = trustedWorkflows[kind];
  const isDelegator = delegators.includes(builder.name) && trusted.includes(builder.name);
  const isTrusted =
    builderId === undefined
      ? trusted.includes(builder.name)
      : isDelegator || isBuilder(builder, readBuilderId(builderId));
  if (!isTrusted)
    throw new AttestationError(
      'BUILDER_UNTRUSTED',
      `${builderText(builder)} built, ${builderId === undefined ? 'which is not trusted by itself' : `not ${builderId}`}`,
    );
  // A workflow of one's own that attests may be asked for at a branch, if it is asked for by that name.
  const isAsked = kind === 'github-attestation' && builderId === builderText(builder);
  if (!isAsked) demandReleased(workflow.ref, unreleasedBuildersFor?.has(workflow.repository) === true);
  return { builder, isDelegator };
}

/** A builder counts at a release only: what a branch holds changes under the feet of those who trust it. */
function demandReleased(ref: string, isOfTests: boolean): void {
  if (isOfTests && ref === 'refs/heads/main') return;
  if (!isRelease(nameOfRef('tags', ref), isOfTests))
    throw new AttestationError('REF_INVALID', `the builder is at ${ref}, which is no release: vX.Y.Z`);
}

/** A workflow that attests for itself writes what it likes of the ref that it was started for; the certificate has it from GitHub. */
function demandCertifiedRef(provenance: Provenance, type: BuildType, { sourceRef }: WorkflowIdentity): void {
  const { ref } = readGitUri(triggerOf(provenance, type));
  if (ref !== sourceRef)
    throw new AttestationError(
      'CERTIFICATE_MISMATCH',
      `the provenance is of ${ref ?? 'no ref'}, and the certificate of ${sourceRef ?? 'none'}`,
    );
}

/** @throws AttestationError SOURCE_MISMATCH */
export function demandRepository({ repository }: WorkflowIdentity, source: string): void {
  if (`git+https://github.com/${repository}` !== gitUriOf(source))
    throw new AttestationError('SOURCE_MISMATCH', `the build was started by ${repository}, not by ${source}`);
}

/** The builder that stands in the provenance, for which a delegator signed. */
function demandDelegated(
  named: BuilderId,
  provenance: Provenance,
  { builderId, unreleasedBuildersFor }: BuildExpectations,
): void {
  const repository = /^git\+https:\/\/github\.com\/([^@]+)/.exec(sourceOf(provenance))?.[1];
  const isOfTests = repository !== undefined && unreleasedBuildersFor?.has(repository) === true;
  demandDelegatedRelease(named, isOfTests);
  if (builderId !== undefined) demandBuilder(named, builderId);
  else if (!named.name.startsWith(delegatedBuilders))
    throw new AttestationError(
      'BUILDER_INVALID',
      `${named.name} is no builder that is trusted without being asked for`,
    );
}

/** JReleaser has a tag for each language: `v1.2.3-java`. */
const jreleaser = 'https://github.com/jreleaser/release-action/';

function demandDelegatedRelease({ name, version = '' }: BuilderId, isOfTests: boolean): void {
  if (!name.startsWith(jreleaser)) {
    if (isOfTests && version === 'refs/heads/main') return;
    if (isRelease(nameOfRef('tags', version), false)) return;
  } else {
    const tag = nameOfRef('tags', version);
    if (tag.endsWith('-java') && isRelease(tag.slice(0, -'-java'.length), false)) return;
  }
  throw new AttestationError('REF_INVALID', `the builder is at ${version}, which is no release: vX.Y.Z`);
}
