import { AttestationError } from '../errors.ts';

/** A repository and what of it, as SLSA writes it: `git+https://github.com/org/repo@refs/heads/main` (SPDX download location). */
export interface GitUri {
  readonly repository: string;
  readonly ref: string | undefined;
}

/** @throws AttestationError PROVENANCE_INVALID */
export function readGitUri(uri: string): GitUri {
  if (!uri.startsWith('git+'))
    throw new AttestationError('PROVENANCE_INVALID', `${uri} is no address of a git repository`);
  const at = uri.indexOf('@');
  return at < 0
    ? { repository: uri, ref: undefined }
    : { repository: uri.slice(0, at), ref: uri.slice(at + 1) };
}

/** A repository as somebody writes it who asks for it, in the form of SLSA. */
export function gitUriOf(source: string): string {
  if (source.startsWith('git+')) return source;
  return source.includes('://') ? `git+${source}` : `git+https://${source}`;
}

/**
 * The name behind `refs/heads/` or `refs/tags/`.
 *
 * @throws AttestationError REF_INVALID for a ref of another kind
 */
export function nameOfRef(kind: 'heads' | 'tags', ref: string): string {
  const prefix = `refs/${kind}/`;
  const name = ref.startsWith(prefix) ? ref.slice(prefix.length) : '';
  if (name === '')
    throw new AttestationError(
      'REF_INVALID',
      `${ref === '' ? 'no ref' : ref} is no ${kind === 'tags' ? 'tag' : 'branch'}`,
    );
  return name;
}

/** A version of Semantic Versioning behind a `v`; minor and patch may be left out (golang.org/x/mod/semver). */
interface Version {
  readonly major: string;
  readonly minor: string | undefined;
  readonly patch: string | undefined;
  readonly prerelease: string;
  readonly build: string;
}

const number = '(0|[1-9][0-9]*)';
const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const versionForm = new RegExp(
  `^v${number}(?:\\.${number}(?:\\.${number}(-${identifiers})?(\\+${identifiers})?)?)?$`,
);
const maxVersionLength = 256;

function readVersion(tag: string): Version | undefined {
  const [, major, minor, patch, prerelease = '', build = ''] =
    (tag.length <= maxVersionLength && versionForm.exec(tag)) || [];
  if (major === undefined || hasLeadingZero(prerelease)) return undefined;
  return { major, minor, patch, prerelease, build };
}

function hasLeadingZero(prerelease: string): boolean {
  return prerelease
    .slice(1)
    .split('.')
    .some((part) => /^0[0-9]+$/.test(part));
}

/** `vX.Y.Z`, as builders are released. With `takesPrereleases` also `vX.Y.Z-…`. */
export function isRelease(tag: string, takesPrereleases: boolean): boolean {
  const version = readVersion(tag);
  return (
    version?.patch !== undefined && version.build === '' && (takesPrereleases || version.prerelease === '')
  );
}

/**
 * Holds the parts of a version that are given against a tag, whose missing parts are 0.
 *
 * @throws AttestationError VERSION_INVALID, VERSIONED_TAG_MISMATCH
 */
export function demandVersion(tag: string, wanted: string): void {
  const [actual, asked] = [readVersion(tag), readVersion(wanted)];
  if (actual === undefined) throw noVersion(tag);
  if (asked === undefined) throw noVersion(wanted);
  const isSame =
    actual.major === asked.major &&
    (asked.minor === undefined || (actual.minor ?? '0') === asked.minor) &&
    (asked.patch === undefined ||
      ((actual.patch ?? '0') === asked.patch && actual.prerelease === asked.prerelease));
  if (!isSame)
    throw new AttestationError('VERSIONED_TAG_MISMATCH', `the tag ${tag} is not of version ${wanted}`);
}

function noVersion(tag: string): AttestationError {
  return new AttestationError('VERSION_INVALID', `${tag} is no version: vX, vX.Y or vX.Y.Z`);
}
