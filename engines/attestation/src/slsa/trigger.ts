import type { JsonFields } from '@keelson/core';
import { AttestationError } from '../errors.ts';
import { type GitUri, readGitUri } from './git.ts';
import type { BuildType } from './known-builders.ts';
import type { Provenance } from './provenance.ts';

/** The repository and ref whose event started the build. */
export function triggerOf(provenance: Provenance, type: BuildType): string {
  if (type.trigger === 'variables') return workflowRefOf(environmentOf(provenance));
  const { uri } = provenance.config;
  if (uri === undefined || uri === '') throw lacks(provenance, 'what started the build');
  return uri;
}

/** `org/repo/path/to/workflow.yml@ref` */
function workflowRefOf(environment: JsonFields): string {
  const text = environment.text('GITHUB_WORKFLOW_REF');
  const [path = '', ref, ...others] = text.split('@', 3);
  const [owner = '', repository = '', ...file] = path.split('/');
  if (ref === undefined || ref === '' || others.length > 0 || repository === '' || file.length === 0)
    throw environment.invalid('GITHUB_WORKFLOW_REF', `is ${text}, which is no workflow`);
  return `git+https://github.com/${owner}/${repository}@${ref}`;
}

/** What was built: the first of the dependencies. */
export function sourceOf(provenance: Provenance): string {
  const [uri = ''] = provenance.dependencies;
  if (uri === '') throw lacks(provenance, 'its source among the dependencies');
  return uri;
}

/** The tag that was built, as a ref; empty where it was none. */
export function tagRefOf(provenance: Provenance, type: BuildType): string {
  const ref = refOf(provenance, type);
  return ref.startsWith('refs/heads/') ? '' : ref;
}

/** The branch that was built, as a ref; where a tag was built the branch that the event names, or nothing. */
export function branchRefOf(provenance: Provenance, type: BuildType): string {
  const ref = refOf(provenance, type);
  if (!ref.startsWith('refs/tags/') || type.ref === 'trigger') return ref;
  return branchOfTag(environmentOf(provenance), type);
}

function refOf(provenance: Provenance, type: BuildType): string {
  const ref =
    type.ref === 'variables'
      ? environmentOf(provenance).text(spelled('github_ref', type))
      : uriOf(provenance, type).ref;
  if (ref === undefined || !/^refs\/(?:heads|tags)\/./.test(ref))
    throw lacks(provenance, 'the ref of its source');
  return ref;
}

function uriOf(provenance: Provenance, type: BuildType): GitUri {
  return readGitUri(type.ref === 'source' ? sourceOf(provenance) : triggerOf(provenance, type));
}

// Events of GitHub (docs.github.com, webhook events and payloads): a push says from which branch a tag was made, a release for which.
function branchOfTag(environment: JsonFields, type: BuildType): string {
  const base = environment.optionalText(spelled('github_base_ref', type)) ?? '';
  if (base !== '') return base;
  const payload = environment.required(spelled('github_event_payload', type));
  const event = environment.text(spelled('github_event_name', type));
  if (event === 'push') return payload.optionalText('base_ref') ?? '';
  if (event === 'release') return `refs/heads/${payload.required('release').text('target_commitish')}`;
  return '';
}

/** The inputs of a build that somebody started by hand. */
export function inputsOf(provenance: Provenance, type: BuildType): JsonFields {
  const environment = environmentOf(provenance);
  const event = environment.text(spelled('github_event_name', type));
  if (event !== 'workflow_dispatch')
    throw new AttestationError('INPUTS_MISMATCH', `the build was started by ${event}, which has no inputs`);
  return environment.required(spelled('github_event_payload', type)).required('inputs');
}

function environmentOf(provenance: Provenance): JsonFields {
  if (provenance.environment === undefined) throw lacks(provenance, 'the parameters of its platform');
  return provenance.environment;
}

function spelled(name: string, { spelling }: BuildType): string {
  return spelling === 'upper' ? name.toUpperCase() : name;
}

function lacks({ predicate }: Provenance, what: string): Error {
  return predicate.invalid('', `lacks ${what}`);
}
