/** An image reference taken apart; `registry` and `repository` are filled in as container runtimes do. */
export interface ImageReference {
  /** As written. */
  readonly text: string;
  /** Host and port; `docker.io` when none is written. */
  readonly registry: string;
  /** Path in the registry; `library/` is put before one-word names of docker.io. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…`; decides over the tag. */
  readonly digest: string | undefined;
  /** True when the registry was written. */
  readonly hasRegistry: boolean;
}

// The grammar of distribution/reference, part by part so that every expression is linear.
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const hostLabel = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const ipv6 = /^\[[a-fA-F0-9:]+\](?::[0-9]+)?$/;
const tagText = /^\w[\w.-]{0,127}$/;
const digestText = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
/** Digests of algorithms that are known have one length only. */
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Longest repository name that registries take, registry included. */
const maxNameLength = 255;

/** Reads `[registry/]repository[:tag][@digest]`; undefined for what a runtime would refuse. */
export function parseImageReference(text: string): ImageReference | undefined {
  // A bare 64-digit identifier names no image: the reference grammar forbids it.
  if (text === '' || text.length > 4096 || /^[a-f0-9]{64}$/.test(text)) return undefined;
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return undefined;
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  if (tag !== undefined && !tagText.test(tag)) return undefined;
  const name = splitRegistry(colon < 0 ? rest : rest.slice(0, colon));
  if (name === undefined) return undefined;
  return { text, ...name, tag, digest };
}

function isDigest(text: string): boolean {
  if (!digestText.test(text)) return false;
  const [algorithm = '', hex = ''] = text.split(':');
  const length = Object.hasOwn(digestLengths, algorithm) ? digestLengths[algorithm] : undefined;
  return length === undefined || (hex.length === length && hex === hex.toLowerCase());
}

/** The first component is a registry when it looks like a host: a dot, a port, `localhost` or upper case. */
function splitRegistry(name: string) {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry =
    slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const path = hasRegistry ? name.slice(slash + 1) : name;
  if (path === '' || !path.split('/').every((part) => component.test(part))) return undefined;
  if (hasRegistry && !isHost(first)) return undefined;
  // docker.io answers under its old index name too.
  const registry = !hasRegistry || first === 'index.docker.io' ? 'docker.io' : first;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return registry.length + repository.length + 1 > maxNameLength
    ? undefined
    : { registry, repository, hasRegistry };
}

function isHost(text: string): boolean {
  if (text.startsWith('[')) return ipv6.test(text);
  const [host = '', port, ...more] = text.split(':');
  if (more.length > 0 || (port !== undefined && !/^[0-9]+$/.test(port))) return false;
  return host.split('.').every((label) => hostLabel.test(label));
}

/** `registry/repository[:tag][@digest]`, with the tag `latest` when neither tag nor digest is written. */
export function canonicalImageName(reference: ImageReference): string {
  const { registry, repository, tag, digest } = reference;
  const shownTag = tag ?? (digest === undefined ? 'latest' : undefined);
  const name = `${registry}/${repository}`;
  return name + (shownTag === undefined ? '' : `:${shownTag}`) + (digest === undefined ? '' : `@${digest}`);
}
