import { AttestationError } from '../errors.ts';

/** Who built: a name, and perhaps its version behind the `@`. */
export interface BuilderId {
  readonly name: string;
  readonly version: string | undefined;
}

/** @throws AttestationError BUILDER_INVALID */
export function readBuilderId(text: string): BuilderId {
  const [name = '', version, ...others] = text.split('@', 3);
  if (name === '' || version === '' || others.length > 0)
    throw new AttestationError('BUILDER_INVALID', `${text} is no id of a builder`);
  return { name, version };
}

/** True where the ids are of one builder, and of one version where `wanted` has one. Tags may stand without `refs/tags/` in it. */
export function isBuilder(actual: BuilderId, wanted: BuilderId): boolean {
  return actual.name === wanted.name && (wanted.version === undefined || isVersion(actual, wanted.version));
}

function isVersion({ version }: BuilderId, wanted: string): boolean {
  return version === wanted || version === `refs/tags/${wanted}`;
}

/** @throws AttestationError BUILDER_MISMATCH */
export function demandBuilder(actual: BuilderId, wanted: string): void {
  if (!isBuilder(actual, readBuilderId(wanted)))
    throw new AttestationError(
      'BUILDER_MISMATCH',
      `the provenance is of the builder ${builderText(actual)}, not of ${wanted}`,
    );
}

export function builderText({ name, version }: BuilderId): string {
  return version === undefined ? name : `${name}@${version}`;
}
