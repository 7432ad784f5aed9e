import { type Digest, parseDigest } from './digest.ts';
import { OciError } from './errors.ts';

/** A repository in a registry, and what of it. Without tag and digest, `latest` is meant where one image is. */
export interface RegistryReference {
  readonly kind: 'registry';
  /** Host and perhaps port; `docker.io` for Docker Hub. */
  readonly registry: string;
  /** In full: `library/nginx` for `nginx`. */
  readonly repository: string;
  readonly tag?: string;
  /** Counts more than the tag. */
  readonly digest?: Digest;
}

/** An OCI image layout: a folder, or a tar archive of one. */
export interface LayoutReference {
  readonly kind: 'oci' | 'oci-archive';
  readonly path: string;
  /** Annotation `org.opencontainers.image.ref.name` of the image in the layout. */
  readonly name?: string;
  readonly digest?: Digest;
}

/** A tar archive of `docker save`. */
export interface DockerArchiveReference {
  readonly kind: 'docker-archive';
  readonly path: string;
  /** Name and tag of the image in the archive. */
  readonly name?: string;
}

/** A folder as `skopeo copy … dir:` makes: `manifest.json`, and blobs by the digits of their digest. */
export interface DirectoryReference {
  readonly kind: 'dir';
  readonly path: string;
}

export type ImageReference =
  | RegistryReference
  | LayoutReference
  | DockerArchiveReference
  | DirectoryReference;

const component = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const host =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const spelling = /^(oci|oci-archive|docker-archive|dir|docker|registry):(.*)$/s;
/** distribution's bound on a name. */
const maxNameLength = 255;

/**
 * Reads a reference: `nginx`, `ghcr.io/a/b:tag@sha256:…` (distribution's grammar, with Docker's short names), `oci:PATH[:NAME]`,
 * `oci:PATH@DIGEST`, `oci-archive:…`, `docker-archive:PATH[:NAME:TAG]`, `dir:PATH`; `docker://…` and `oci://…` stand for a registry.
 *
 * @throws OciError REFERENCE_INVALID, DIGEST_INVALID, DIGEST_UNSUPPORTED
 */
export function parseReference(text: string): ImageReference {
  const [, kind, rest = ''] = spelling.exec(text) ?? [];
  if (rest.startsWith('//') && (kind === 'docker' || kind === 'oci' || kind === 'registry'))
    return parseRegistryReference(rest.slice(2));
  switch (kind) {
    case 'oci':
    case 'oci-archive':
      return layoutReference(text, kind, rest);
    case 'docker-archive': {
      const [path, name] = splitPath(text, rest);
      return { kind, path, ...(name === undefined ? {} : { name }) };
    }
    case 'dir':
      if (rest === '') throw invalid(text, 'it has no path');
      return { kind, path: rest };
    default:
      return parseRegistryReference(text);
  }
}

function layoutReference(text: string, kind: 'oci' | 'oci-archive', rest: string): LayoutReference {
  const at = /@(?=[a-z0-9+._-]+:[0-9a-f]{32,}$)/.exec(rest)?.index;
  const [path, name] = splitPath(text, at === undefined ? rest : rest.slice(0, at));
  return {
    kind,
    path,
    ...(name === undefined ? {} : { name }),
    ...(at === undefined ? {} : { digest: parseDigest(rest.slice(at + 1)) }),
  };
}

/** The name stands behind the first colon, but for that of a drive (`C:\image`). */
function splitPath(text: string, rest: string): [path: string, name: string | undefined] {
  const from = /^[A-Za-z]:[\\/]/.test(rest) ? 2 : 0;
  const colon = rest.indexOf(':', from);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const name = colon < 0 ? undefined : rest.slice(colon + 1);
  if (path === '') throw invalid(text, 'it has no path');
  if (name === '') throw invalid(text, 'it has no name behind the colon');
  return [path, name];
}

/** @throws OciError REFERENCE_INVALID, DIGEST_INVALID, DIGEST_UNSUPPORTED */
export function parseRegistryReference(text: string): RegistryReference {
  if (text.length > 2 * maxNameLength + 512) throw invalid(text, 'it is too long');
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : parseDigest(text.slice(at + 1));
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const hasTag = colon >= 0 && !isBareHost(named, colon);
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagPattern.test(tag))
    throw invalid(text, `${JSON.stringify(tag.slice(0, 160))} is no tag`);
  const { registry, repository } = nameOf(text, hasTag ? named.slice(0, colon) : named);
  return {
    kind: 'registry',
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** `[::1]` alone: its colons divide no tag. */
function isBareHost(named: string, colon: number): boolean {
  return named.startsWith('[') && colon < named.indexOf(']');
}

function nameOf(text: string, name: string): Pick<RegistryReference, 'registry' | 'repository'> {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  // Docker's rule of what is a host: a dot, a port, upper case, or localhost.
  const hasHost = first !== '' && (/[.:[]/.test(first) || first === 'localhost' || /[A-Z]/.test(first));
  const registry = hasHost ? first : 'docker.io';
  if (!host.test(registry)) throw invalid(text, `${JSON.stringify(first)} is no host`);
  const path = hasHost ? name.slice(slash + 1) : name;
  const isHub = registry === 'docker.io' || registry === 'index.docker.io';
  const repository = isHub && !path.includes('/') ? `library/${path}` : path;
  if (/^[0-9a-f]{64}$/.test(name)) throw invalid(text, 'a name cannot be 64 hexadecimal digits');
  checkRepository(text, path);
  if (repository.length > maxNameLength)
    throw invalid(text, `its name is longer than ${maxNameLength} characters`);
  return { registry: isHub ? 'docker.io' : registry, repository };
}

function checkRepository(text: string, path: string): void {
  const wrong = path.split('/').find((step) => !component.test(step));
  if (wrong === undefined) return;
  const why = wrong.toLowerCase() !== wrong && component.test(wrong.toLowerCase()) ? ': use lower case' : '';
  throw invalid(text, `${JSON.stringify(wrong.slice(0, 160))} cannot stand in a name${why}`);
}

/** The reference in full; `parseReference` gives the same for it. */
export function formatReference(reference: ImageReference): string {
  if (reference.kind !== 'registry') {
    const name =
      reference.kind === 'dir' || reference.name === undefined
        ? reference.path
        : `${reference.path}:${reference.name}`;
    const digest = 'digest' in reference ? `@${reference.digest}` : '';
    return `${reference.kind}:${name}${digest}`;
  }
  const { registry, repository, tag, digest } = reference;
  const behind = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  return `${registry}/${repository}${behind}`;
}

/** The host to ask: Docker Hub answers under another name than its own. */
export function registryHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

function invalid(text: string, reason: string): OciError {
  return new OciError(
    'REFERENCE_INVALID',
    `${JSON.stringify(text.slice(0, 256))} is no image reference: ${reason}`,
  );
}
