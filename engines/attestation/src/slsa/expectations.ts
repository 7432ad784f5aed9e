import type { Artifact } from '@keelson/signing';
import { subjectsOf } from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { demandVersion, gitUriOf, nameOfRef, readGitUri } from './git.ts';
import type { BuildType } from './known-builders.ts';
import type { Provenance } from './provenance.ts';
import { branchRefOf, inputsOf, sourceOf, tagRefOf, triggerOf } from './trigger.ts';

/** What is asked of the source of a build. Only `source` must be given. */
export interface SourceExpectations {
  /** The repository: `github.com/org/repo`, or as a URI. It is compared as a whole. */
  readonly source: string;
  readonly branch?: string;
  readonly tag?: string;
  /** `v1`, `v1.2` or `v1.2.3`: the parts that are given must be those of the tag. */
  readonly versionedTag?: string;
  /** Inputs of a build that somebody started by hand, all of which must be as given. */
  readonly inputs?: ReadonlyMap<string, string>;
}

/**
 * Holds what a provenance says against what is asked for.
 *
 * @throws AttestationError with the code of the first thing that is otherwise
 */
export function demandExpectations(
  provenance: Provenance,
  type: BuildType,
  artifact: Artifact,
  expected: SourceExpectations,
): void {
  demandSource(provenance, type, expected.source);
  if (subjectsOf(provenance.statement, artifact).length === 0)
    throw new AttestationError('SUBJECT_MISMATCH', 'the provenance is about other artifacts');
  if (expected.branch !== undefined)
    demandName('BRANCH_MISMATCH', nameOfRef('heads', branchRefOf(provenance, type)), expected.branch);
  if (expected.tag !== undefined)
    demandName('TAG_MISMATCH', nameOfRef('tags', tagRefOf(provenance, type)), expected.tag);
  if (expected.versionedTag !== undefined)
    demandVersion(nameOfRef('tags', tagRefOf(provenance, type)), expected.versionedTag);
  if (expected.inputs !== undefined && expected.inputs.size > 0)
    demandInputs(provenance, type, expected.inputs);
}

function demandName(code: 'BRANCH_MISMATCH' | 'TAG_MISMATCH', actual: string, wanted: string): void {
  if (actual !== wanted) throw new AttestationError(code, `${actual} was built, not ${wanted}`);
}

/** The repository must be the one that is asked for in what started the build and in what was built, and both of one ref. */
function demandSource(provenance: Provenance, type: BuildType, wanted: string): void {
  const repository = gitUriOf(wanted);
  const [trigger, source] = [triggerOf(provenance, type), sourceOf(provenance)];
  const [started, built] = [readGitUri(trigger), readGitUri(source)];
  for (const uri of [started, built])
    if (uri.repository !== repository)
      throw new AttestationError(
        'SOURCE_MISMATCH',
        `the build is of ${uri.repository}, not of ${repository}`,
      );
  if (started.ref === undefined || (built.ref === undefined && type.mayLackRef !== true))
    throw new AttestationError('PROVENANCE_INVALID', 'the provenance names its source without a ref');
  if (built.ref !== undefined && source !== trigger)
    throw new AttestationError(
      'PROVENANCE_INVALID',
      `the provenance says that ${trigger} started the build and that ${source} was built`,
    );
}

function demandInputs(provenance: Provenance, type: BuildType, wanted: ReadonlyMap<string, string>): void {
  const inputs = inputsOf(provenance, type);
  for (const [name, value] of wanted)
    if (inputs.value(name) !== value)
      throw new AttestationError('INPUTS_MISMATCH', `the build was not started with ${name}=${value}`);
}
