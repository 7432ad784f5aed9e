import { AttestationError } from '../errors.ts';
import { predicateTypes } from './known-builders.ts';
import type { Provenance } from './provenance.ts';
import type { WorkflowIdentity } from './workflow-identity.ts';

/**
 * Holds a provenance that the workflow wrote itself against its certificate. Whoever can change such a workflow can write what he likes, so
 * every claim must stand in the certificate too, and one that cannot be found there is refused.
 *
 * @throws AttestationError CERTIFICATE_MISMATCH, CLAIM_UNVERIFIABLE
 */
export function demandConfirmed(provenance: Provenance, workflow: WorkflowIdentity): void {
  const isVersion1 = provenance.statement.predicateType === predicateTypes.v1;
  if (isVersion1) confirmVersion1(provenance, workflow);
  else confirmVersion02(provenance, workflow);
  confirmRun(provenance.invocationId, workflow, isVersion1);
  if (provenance.startedOn !== undefined || provenance.finishedOn !== undefined)
    throw unverifiable('when it began and ended');
  const [subject, ...others] = provenance.statement.subjects;
  if (others.length > 0 || subject?.digest.has('sha512') !== true)
    throw unverifiable('more than one artifact, or one without its SHA-512');
  if (provenance.dependencies.length !== 1) throw unverifiable('other dependencies than its source');
  if (provenance.config.path !== undefined)
    confirm('the path of the workflow', provenance.config.path, workflow.config);
}

function confirmVersion02({ predicate, environment }: Provenance, workflow: WorkflowIdentity): void {
  confirmAll(
    environment?.names() ?? [],
    (name) => environment?.text(name),
    new Map([
      ['GITHUB_EVENT_NAME', workflow.event],
      ['GITHUB_REF', workflow.sourceRef],
      ['GITHUB_REPOSITORY', workflow.repository],
      ['GITHUB_REPOSITORY_ID', workflow.repositoryId],
      ['GITHUB_REPOSITORY_OWNER_ID', workflow.ownerId],
      ['GITHUB_RUN_ATTEMPT', workflow.run?.attempt],
      ['GITHUB_RUN_ID', workflow.run?.id],
      ['GITHUB_SHA', workflow.sourceCommit],
      ['GITHUB_WORKFLOW_REF', `${workflow.workflow.slice('https://github.com/'.length)}@${workflow.ref}`],
      ['GITHUB_WORKFLOW_SHA', workflow.commit],
    ]),
  );
  const metadata = predicate.object('metadata');
  const completeness = metadata?.object('completeness');
  const claims = [
    metadata?.optionalBoolean('reproducible'),
    ...['parameters', 'environment', 'materials'].map((name) => completeness?.optionalBoolean(name)),
  ];
  if (claims.includes(true)) throw unverifiable('that it is complete or reproducible');
  for (const part of [predicate.required('invocation').object('parameters'), predicate.object('buildConfig')])
    if (part !== undefined && part.names().length > 0) throw unverifiable(part.place(''));
}

function confirmVersion1({ environment }: Provenance, workflow: WorkflowIdentity): void {
  const github = environment?.required('github');
  confirmAll(
    github?.names() ?? [],
    (name) => github?.text(name),
    new Map([
      ['event_name', workflow.event],
      ['repository_id', workflow.repositoryId],
      ['repository_owner_id', workflow.ownerId],
    ]),
  );
}

function confirmAll(
  names: readonly string[],
  textOf: (name: string) => string | undefined,
  known: ReadonlyMap<string, string | undefined>,
): void {
  for (const name of names) {
    if (!known.has(name)) throw unverifiable(name);
    confirm(name, textOf(name), known.get(name));
  }
}

/** `<id>-<attempt>`, or the address of the run. */
function confirmRun(invocation: string | undefined, { run }: WorkflowIdentity, isAddress: boolean): void {
  if (invocation === undefined || invocation === '') return;
  const form = isAddress
    ? /^https:\/\/github\.com\/[^/]+\/[^/]+\/actions\/runs\/([0-9]+)\/attempts\/([0-9]+)$/
    : /^([0-9]+)-([0-9]+)$/;
  const [, id, attempt] = form.exec(invocation) ?? [];
  confirm('the number of the run', id ?? invocation, run?.id);
  confirm('the attempt of the run', attempt, run?.attempt);
}

function confirm(what: string, claimed: string | undefined, certified: string | undefined): void {
  if (certified === undefined || claimed !== certified)
    throw new AttestationError(
      'CERTIFICATE_MISMATCH',
      `${what} is ${claimed ?? 'missing'} in the provenance, and ${certified ?? 'missing'} in the certificate`,
    );
}

function unverifiable(what: string): AttestationError {
  return new AttestationError('CLAIM_UNVERIFIABLE', `the provenance says ${what}, which nothing confirms`);
}
