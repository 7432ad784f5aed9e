import type { CertificateClaim, CertificateIdentity } from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { githubIssuer } from './known-builders.ts';

/** The workflow on GitHub that a certificate was issued to, and what started it (sigstore/fulcio, docs/oid-info.md). */
export interface WorkflowIdentity {
  /** The workflow that signed, which may be one that others call: `https://github.com/org/repo/.github/workflows/x.yml`. */
  readonly workflow: string;
  /** The ref of that workflow. */
  readonly ref: string;
  readonly commit: string | undefined;
  /** The repository whose event started the run: `org/repo`. */
  readonly repository: string;
  readonly sourceCommit: string;
  readonly sourceRef: string | undefined;
  readonly repositoryId: string | undefined;
  readonly ownerId: string | undefined;
  readonly event: string;
  /** The path in the repository of the workflow that was started. */
  readonly config: string | undefined;
  readonly runner: string | undefined;
  readonly run: { readonly id: string; readonly attempt: string } | undefined;
}

const github = 'https://github.com/';

/** @throws AttestationError CERTIFICATE_MISMATCH for a certificate that is of no workflow on GitHub, or contradicts itself */
export function workflowIdentityOf({ subjects, issuer, claims }: CertificateIdentity): WorkflowIdentity {
  if (issuer !== githubIssuer) throw invalid(`it was issued for ${issuer ?? 'nobody'}, not for GitHub`);
  const [subject = '', ...others] = subjects;
  const at = subject.lastIndexOf('@');
  if (others.length > 0 || !subject.startsWith(github) || at < 0 || at === subject.length - 1)
    throw invalid(`${subjects.join(', ') || 'nobody'} is no workflow`);
  const sourceUri = agreed(claims, 'sourceRepositoryUri', prefixed(claims.get('githubWorkflowRepository')));
  if (!sourceUri.startsWith(github)) throw invalid(`${sourceUri} is no repository on GitHub`);
  const sourceCommit = agreed(claims, 'sourceRepositoryDigest', claims.get('githubWorkflowSha'));
  agreed(claims, 'buildConfigDigest', sourceCommit);
  return {
    workflow: subject.slice(0, at),
    ref: subject.slice(at + 1),
    commit: claims.get('buildSignerDigest'),
    repository: sourceUri.slice(github.length),
    sourceCommit,
    sourceRef: sourceRefOf(claims),
    repositoryId: claims.get('sourceRepositoryIdentifier'),
    ownerId: claims.get('sourceRepositoryOwnerIdentifier'),
    event: agreed(claims, 'buildTrigger', claims.get('githubWorkflowTrigger')),
    config: configOf(claims.get('buildConfigUri'), sourceUri),
    runner: claims.get('runnerEnvironment'),
    run: runOf(claims.get('runInvocationUri'), sourceUri),
  };
}

function prefixed(repository: string | undefined): string | undefined {
  return repository === undefined ? undefined : github + repository;
}

/** A claim that older certificates have under another number; where both stand they must agree. */
function agreed(
  claims: ReadonlyMap<CertificateClaim, string>,
  name: CertificateClaim,
  older: string | undefined,
): string {
  const value = claims.get(name);
  if (value !== undefined && older !== undefined && value !== older)
    throw invalid(`it has two values of ${name}: ${value} and ${older}`);
  const found = value ?? older;
  if (found === undefined || found === '') throw invalid(`it lacks ${name}`);
  return found;
}

/** Undefined where neither number has it, as for a run that is of no ref. */
function sourceRefOf(claims: ReadonlyMap<CertificateClaim, string>): string | undefined {
  const older = claims.get('githubWorkflowRef');
  return claims.has('sourceRepositoryRef') || older !== undefined
    ? agreed(claims, 'sourceRepositoryRef', older)
    : undefined;
}

function configOf(uri: string | undefined, repository: string): string | undefined {
  if (uri === undefined) return undefined;
  const [path = '', ref, ...others] = uri.split('@', 3);
  if (ref === undefined || others.length > 0 || !path.startsWith(`${repository}/`))
    throw invalid(`${uri} is no workflow of ${repository}`);
  return path.slice(repository.length + 1);
}

function runOf(uri: string | undefined, repository: string): WorkflowIdentity['run'] {
  if (uri === undefined) return undefined;
  const prefix = `${repository}/actions/runs/`;
  const [, id, attempt] = /^([0-9]{1,20})\/attempts\/([0-9]{1,20})$/.exec(uri.slice(prefix.length)) ?? [];
  if (!uri.startsWith(prefix) || id === undefined || attempt === undefined)
    throw invalid(`${uri} is no run of ${repository}`);
  return { id, attempt };
}

function invalid(reason: string): AttestationError {
  return new AttestationError(
    'CERTIFICATE_MISMATCH',
    `the certificate is of no workflow on GitHub: ${reason}`,
  );
}
