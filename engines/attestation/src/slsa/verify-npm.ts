import {
  type Artifact,
  type Bundle,
  SigningError,
  type VerifiedBundle,
  verifyBundle,
} from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { type BuilderId, demandBuilder, isBuilder, readBuilderId } from './builder-id.ts';
import { demandExpectations, type SourceExpectations } from './expectations.ts';
import { demandConfirmed } from './forgeable.ts';
import { isRelease, nameOfRef } from './git.ts';
import { npmBuilders, packageDelegator } from './known-builders.ts';
import {
  demandNpmStatements,
  demandPublished,
  type NpmAttestations,
  type RegistryKey,
  readNpmPublication,
} from './npm-attestations.ts';
import { buildTypeOf, readProvenance } from './provenance.ts';
import {
  demandRepository,
  type SignatureRequirements,
  type VerifiedBuild,
  verifyWorkflowSignature,
} from './verify-build.ts';
import type { WorkflowIdentity } from './workflow-identity.ts';

/** What is asked of an npm package. */
export interface NpmExpectations extends SourceExpectations {
  /** Must be given: `https://github.com/actions/runner/github-hosted`, or a builder for which a delegator signs. */
  readonly builderId?: string;
  readonly packageName?: string;
  readonly packageVersion?: string;
}

export interface VerifiedNpmPackage extends VerifiedBuild {
  readonly publication: VerifiedBundle;
}

/**
 * Verifies where an npm package was built and that its registry published it.
 *
 * @param artifact the package's file
 * @throws SigningError for the signatures, AttestationError for what they say
 */
export function verifyNpmPackage(
  attestations: NpmAttestations,
  artifact: Artifact,
  requirements: SignatureRequirements,
  registryKeys: readonly RegistryKey[],
  expected: NpmExpectations,
): VerifiedNpmPackage {
  const build = verifyNpmBuild(attestations.provenance, artifact, requirements, expected);
  const publication = verifyPublication(attestations.publication, artifact, requirements, registryKeys);
  demandNpmStatements(attestations);
  const published = readNpmPublication(publication.payload ?? new Uint8Array());
  demandPublished(published, artifact);
  const built = packageOf(build.provenance.statement.subjects.map(({ name = '' }) => name));
  if (built.name !== published.name)
    throw new AttestationError(
      'PACKAGE_NAME_MISMATCH',
      `the package was built as ${built.name} and published as ${published.name}`,
    );
  for (const { name, version } of [built, published]) {
    if (expected.packageName !== undefined && name !== expected.packageName)
      throw new AttestationError(
        'PACKAGE_NAME_MISMATCH',
        `the package is ${name}, not ${expected.packageName}`,
      );
    if (expected.packageVersion !== undefined && version !== expected.packageVersion)
      throw new AttestationError(
        'PACKAGE_VERSION_MISMATCH',
        `the package is of version ${version ?? 'none'}, not ${expected.packageVersion}`,
      );
  }
  return { ...build, publication };
}

function verifyNpmBuild(
  bundle: Bundle,
  artifact: Artifact,
  requirements: SignatureRequirements,
  expected: NpmExpectations,
): VerifiedBuild {
  const { signature, workflow, payload } = verifyWorkflowSignature(bundle, artifact, requirements);
  demandRepository(workflow, expected.source);
  if (expected.builderId === undefined)
    throw new AttestationError('BUILDER_INVALID', 'the builder of an npm package must be asked for');
  const isDelegated = isDelegator(workflow);
  if (!isDelegated) demandRunner(workflow, expected.builderId);
  const wanted = readBuilderId(expected.builderId);
  const provenance = readProvenance(payload);
  const type = buildTypeOf(provenance, isDelegated ? workflow.workflow : wanted.name);
  const builder = readBuilderId(provenance.builderId);
  if (isDelegated || !isSameRunner(builder, wanted)) demandBuilder(builder, expected.builderId);
  demandExpectations(provenance, type, artifact, expected);
  if (!isDelegated) demandConfirmed(provenance, workflow);
  return { builder, workflow, provenance, signature };
}

function isDelegator({ workflow, ref, runner }: WorkflowIdentity): boolean {
  if (workflow !== packageDelegator) return false;
  if (!isRelease(nameOfRef('tags', ref), false))
    throw new AttestationError('REF_INVALID', `the builder is at ${ref}, which is no release: vX.Y.Z`);
  if (runner === 'self-hosted')
    throw new AttestationError('BUILDER_MISMATCH', 'the builder ran on a host that is not GitHub’s');
  return true;
}

/** The workflow of the package itself built: all that can be asked for is whose host it ran on. */
function demandRunner({ runner }: WorkflowIdentity, builderId: string): void {
  const hosts = new Map<string, string>([
    [npmBuilders.legacy, 'github-hosted'],
    [npmBuilders.hosted, 'github-hosted'],
    [npmBuilders.selfHosted, 'self-hosted'],
  ]);
  const host = hosts.get(builderId);
  if (host === undefined)
    throw new AttestationError('BUILDER_UNSUPPORTED', `${builderId} is no builder of npm packages`);
  if (runner === undefined)
    throw new AttestationError('BUILDER_UNSUPPORTED', 'the certificate does not say on whose host was built');
  if (runner !== host)
    throw new AttestationError('BUILDER_MISMATCH', `was built on a host that is ${runner}, not ${host}`);
}

/** Older provenance names the runner alone where GitHub's hosts are meant. */
function isSameRunner(actual: BuilderId, wanted: BuilderId): boolean {
  const full = ({ name, version }: BuilderId): BuilderId => ({
    name: name === npmBuilders.legacy ? npmBuilders.hosted : name,
    version,
  });
  return isBuilder(full(actual), full(wanted));
}

/** The registry's key must have been valid when the log took the signature. */
function verifyPublication(
  bundle: Bundle,
  artifact: Artifact,
  requirements: SignatureRequirements,
  keys: readonly RegistryKey[],
): VerifiedBundle {
  const hint = bundle.material.kind === 'publicKey' ? bundle.material.hint : '';
  const named = keys.filter(({ id }) => id === hint);
  if (named.length === 0)
    throw new SigningError('SIGNATURE_WRONG', `the key ${hint} is none of the registry`);
  let fault: unknown;
  for (const { key, validity } of named) {
    try {
      const verified = verifyBundle(bundle, artifact, { ...requirements, signer: { kind: 'key', key } });
      const isValid = verified.times.every(
        (time) => (validity.start ?? 0) <= time && time <= (validity.end ?? Number.POSITIVE_INFINITY),
      );
      if (isValid && verified.times.length > 0) return verified;
      fault = new SigningError('SIGNATURE_WRONG', `the key ${hint} was not valid when the registry signed`);
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

/** `pkg:npm/%40scope/name@1.2.3` (package-url/purl-spec). */
function packageOf(subjects: readonly string[]): {
  readonly name: string;
  readonly version: string | undefined;
} {
  const [purl = '', ...others] = subjects;
  const [, path = '', version] = /^pkg:npm\/([^@?#]+)(?:@([^@?#]+))?$/.exec(purl) ?? [];
  const name = decoded(path);
  if (others.length > 0 || name === undefined || name === '')
    throw new AttestationError('PROVENANCE_INVALID', `${purl || 'no subject'} is no package of npm`);
  return { name, version: version === undefined ? undefined : decoded(version) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
