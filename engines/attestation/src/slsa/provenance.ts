import type { JsonFields } from '@keelson/core';
import { readStatementHeader, type StatementHeader } from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { documentFields } from '../fields.ts';
import { type AttestationLimits, defaultAttestationLimits } from '../limits.ts';
import { type BuildType, buildTypes, predicateTypes } from './known-builders.ts';

/** A SLSA provenance, of version 0.2 or 1 (slsa.dev/spec/v0.2/provenance, slsa.dev/spec/v1.2/build-provenance). */
export interface Provenance {
  readonly statement: StatementHeader;
  readonly predicate: JsonFields;
  readonly buildType: string;
  /** As the provenance names it; who signed it stands in the certificate. */
  readonly builderId: string;
  /** What the caller gave: invocation.parameters, or externalParameters. */
  readonly parameters: JsonFields | undefined;
  /** What the platform gave: invocation.environment, or internalParameters. */
  readonly environment: JsonFields | undefined;
  /** Addresses of the materials, or of the resolved dependencies; the source comes first. */
  readonly dependencies: readonly string[];
  /** What started the build: the repository and the path of its workflow. */
  readonly config: { readonly uri: string | undefined; readonly path: string | undefined };
  readonly invocationId: string | undefined;
  readonly startedOn: string | undefined;
  readonly finishedOn: string | undefined;
}

/**
 * Reads a SLSA provenance out of the payload of a verified envelope.
 *
 * @throws AttestationError PROVENANCE_INVALID, ATTESTATION_LIMIT; SigningError STATEMENT_INVALID
 */
export function readProvenance(
  payload: Uint8Array,
  limits: AttestationLimits = defaultAttestationLimits,
): Provenance {
  const statement = readStatementHeader(payload);
  const document = documentFields(payload, 'the provenance', 'PROVENANCE_INVALID', limits);
  const predicate = document.required('predicate');
  if (statement.predicateType === predicateTypes.v02) return version02(statement, predicate, limits);
  if (statement.predicateType === predicateTypes.v1) return version1(statement, predicate, limits);
  throw document.invalid('predicateType', `is ${statement.predicateType}, which is no SLSA provenance`);
}

function version02(statement: StatementHeader, predicate: JsonFields, limits: AttestationLimits): Provenance {
  const invocation = predicate.required('invocation');
  const metadata = predicate.object('metadata');
  const config = invocation.object('configSource');
  return {
    statement,
    predicate,
    buildType: predicate.text('buildType'),
    builderId: predicate.required('builder').text('id'),
    parameters: invocation.object('parameters'),
    environment: invocation.object('environment'),
    dependencies: urisOf(predicate, 'materials', limits),
    config: { uri: config?.optionalText('uri'), path: config?.optionalText('entryPoint') },
    invocationId: metadata?.optionalText('buildInvocationId'),
    startedOn: metadata?.optionalText('buildStartedOn'),
    finishedOn: metadata?.optionalText('buildFinishedOn'),
  };
}

function version1(statement: StatementHeader, predicate: JsonFields, limits: AttestationLimits): Provenance {
  const definition = predicate.required('buildDefinition');
  const details = predicate.required('runDetails');
  const parameters = definition.required('externalParameters');
  const metadata = details.object('metadata');
  const workflow = parameters.value('workflow');
  // Only some build types have a workflow among their parameters; in others it may be anything.
  const config =
    typeof workflow === 'object' && !Array.isArray(workflow) ? parameters.object('workflow') : undefined;
  const repository = config?.optionalText('repository');
  const ref = config?.optionalText('ref');
  return {
    statement,
    predicate,
    buildType: definition.text('buildType'),
    builderId: details.required('builder').text('id'),
    parameters,
    environment: definition.object('internalParameters'),
    dependencies: urisOf(definition, 'resolvedDependencies', limits),
    config: {
      uri: repository === undefined || ref === undefined ? undefined : `git+${repository}@${ref}`,
      path: config?.optionalText('path'),
    },
    invocationId: metadata?.optionalText('invocationId'),
    startedOn: metadata?.optionalText('startedOn'),
    finishedOn: metadata?.optionalText('finishedOn'),
  };
}

function urisOf(fields: JsonFields, name: string, limits: AttestationLimits): readonly string[] {
  return fields.objects(name, limits.maxArtifacts).map((dependency) => dependency.optionalText('uri') ?? '');
}

/**
 * How to read a provenance of this build type, if that builder makes it.
 *
 * @param builder the name of the builder, without a version
 * @throws AttestationError BUILD_TYPE_INVALID, BUILDER_INVALID
 */
export function buildTypeOf({ statement, buildType }: Provenance, builder: string): BuildType {
  const found = buildTypes.get(buildType)?.find((type) => type.predicateType === statement.predicateType);
  if (found === undefined)
    throw new AttestationError(
      'BUILD_TYPE_INVALID',
      `${buildType} in ${statement.predicateType} is a build type that keelson does not know`,
    );
  if (found.builders !== undefined && !found.builders.includes(builder))
    throw new AttestationError(
      'BUILDER_INVALID',
      `${builder} makes no provenance of build type ${buildType}`,
    );
  return found;
}
