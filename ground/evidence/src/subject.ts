import type { KeelsonError } from '@keelson/core';
import { type EvidenceErrorCode, evidenceError } from './error.ts';

/** What names an object in a cluster or in a source; cluster-scoped objects have an empty namespace. */
export interface ObjectName {
  /** API group; empty for core. */
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * What a fact is about. Identity is what the thing itself keeps, never a local alias:
 *
 * | form | a |
 * |---|---|
 * | `oci:sha256:…` | image content: index, manifest, config or layer |
 * | `pkg:…` | package, by purl; `pkg:oci/…` is a name that `resolves-to` content |
 * | `spiffe://…` | workload identity |
 * | `k8s:<cluster>/<group>/<Kind>/<namespace>/<name>` | object; the cluster is the UID of its kube-system namespace |
 * | `k8s:source:<repository>/<path>/<group>/<Kind>/<namespace>/<name>` | object that stands in a file |
 * | `component:<cluster>/<node>/<component>` | kubelet, kube-apiserver … |
 * | `file:<path>` | file |
 * | `vulnerability:<id>` | CVE, GHSA … |
 * | `network:<peer>` | CIDR, DNS name, `internet`, or `pods`: the cluster's network of Pods |
 */
export type Subject =
  | { readonly type: 'oci'; readonly digest: string }
  | { readonly type: 'package'; readonly purl: string }
  | { readonly type: 'workload-identity'; readonly id: string }
  | ({ readonly type: 'object'; readonly cluster: string } & ObjectName)
  | ({ readonly type: 'source-object'; readonly repository: string; readonly path: string } & ObjectName)
  | {
      readonly type: 'component';
      readonly cluster: string;
      readonly node: string;
      readonly component: string;
    }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'vulnerability'; readonly id: string }
  | { readonly type: 'network'; readonly peer: string };

/** Digests by algorithm and number of hex digits (OCI image spec, "Registered algorithms"). */
const digestGrammar = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
const purlGrammar = /^pkg:[a-zA-Z][a-zA-Z0-9.-]*\/[^\s]+$/;
const spiffeGrammar = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/[a-zA-Z0-9._-]+)*$/;
const maxIdentityLength = 16_384;

/** Identity of a subject. Parts of `k8s:`, `component:` and `file:` forms are percent-encoded. */
export function formatSubject(subject: Subject): string {
  switch (subject.type) {
    case 'oci':
      return `oci:${subject.digest}`;
    case 'package':
      return subject.purl;
    case 'workload-identity':
      return subject.id;
    case 'object':
      return `k8s:${encode(subject.cluster)}/${formatObjectName(subject)}`;
    case 'source-object':
      return `k8s:source:${encode(subject.repository)}/${encodePath(subject.path)}/${formatObjectName(subject)}`;
    case 'component':
      return `component:${[subject.cluster, subject.node, subject.component].map(encode).join('/')}`;
    case 'file':
      return `file:${encodePath(subject.path)}`;
    case 'vulnerability':
      return `vulnerability:${encode(subject.id)}`;
    case 'network':
      return `network:${encode(subject.peer)}`;
  }
}

/** `<group>/<Kind>/<namespace>/<name>`, the part of an object's identity that is the same in every cluster. */
export function formatObjectName({ group, kind, namespace, name }: ObjectName): string {
  return [group, kind, namespace, name].map(encode).join('/');
}

/** Reads an identity; throws `EVIDENCE_SUBJECT` for anything that is none. */
export function parseSubject(identity: string): Subject {
  const subject = identity.length > maxIdentityLength ? undefined : read(identity);
  if (subject === undefined) throw invalid(identity);
  return subject;
}

/** The one spelling of an identity; throws `EVIDENCE_SUBJECT` for anything that is none. */
export function canonicalIdentity(identity: string): string {
  return formatSubject(parseSubject(identity));
}

/** True for texts that `parseSubject` takes. */
export function isSubjectIdentity(identity: string): boolean {
  return identity.length <= maxIdentityLength && read(identity) !== undefined;
}

function read(identity: string): Subject | undefined {
  const colon = identity.indexOf(':');
  const rest = identity.slice(colon + 1);
  switch (colon < 0 ? '' : identity.slice(0, colon)) {
    case 'oci':
      return digestGrammar.test(rest) ? { type: 'oci', digest: rest } : undefined;
    case 'pkg':
      return purlGrammar.test(identity) ? { type: 'package', purl: identity } : undefined;
    case 'spiffe':
      return isSpiffe(identity) ? { type: 'workload-identity', id: identity } : undefined;
    case 'k8s':
      return rest.startsWith('source:') ? readSourceObject(rest.slice('source:'.length)) : readObject(rest);
    case 'component':
      return readComponent(rest);
    case 'file': {
      const path = decodePath(rest.split('/'));
      return path === undefined || path === '' ? undefined : { type: 'file', path };
    }
    case 'vulnerability': {
      const id = decode(rest);
      return id === undefined || id === '' ? undefined : { type: 'vulnerability', id };
    }
    case 'network': {
      const peer = decode(rest);
      return peer === undefined || peer === '' ? undefined : { type: 'network', peer };
    }
    default:
      return undefined;
  }
}

/** SPIFFE-ID section 2: no empty or relative path segments. */
function isSpiffe(identity: string): boolean {
  return (
    identity.length <= 2048 && spiffeGrammar.test(identity) && !/\/\.{1,2}(?:\/|$)/.test(identity.slice(9))
  );
}

function readObject(rest: string): Subject | undefined {
  const [cluster, ...name] = rest.split('/').map(decode);
  const object = readObjectName(name);
  return cluster === undefined || cluster === '' || object === undefined
    ? undefined
    : { type: 'object', cluster, ...object };
}

function readSourceObject(rest: string): Subject | undefined {
  const segments = rest.split('/');
  if (segments.length < 6) return undefined;
  const repository = decode(segments[0] ?? '');
  const path = decodePath(segments.slice(1, -4));
  const object = readObjectName(segments.slice(-4).map(decode));
  if (repository === undefined || path === undefined || object === undefined) return undefined;
  return { type: 'source-object', repository, path, ...object };
}

function readObjectName(parts: readonly (string | undefined)[]): ObjectName | undefined {
  const [group, kind, namespace, name] = parts;
  if (parts.length !== 4 || kind === undefined || kind === '') return undefined;
  if (group === undefined || namespace === undefined || name === undefined) return undefined;
  return { group, kind, namespace, name };
}

function readComponent(rest: string): Subject | undefined {
  const parts = rest.split('/').map(decode);
  const [cluster, node, component] = parts;
  if (parts.length !== 3 || cluster === undefined || node === undefined) return undefined;
  return component === undefined || component === ''
    ? undefined
    : { type: 'component', cluster, node, component };
}

/** A part of an identity in its one spelling (RFC 3986, unreserved characters stand as they are). */
function encode(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(/[!'()*]/g, encodeReserved);
}

function encodeReserved(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function encodePath(path: string): string {
  return path.split('/').map(encode).join('/');
}

function decode(part: string): string | undefined {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** A path of segments; one that holds an encoded slash is refused, since it would read as two. */
function decodePath(segments: readonly string[]): string | undefined {
  const parts = segments.map(decode);
  if (parts.some((part) => part === undefined || part.includes('/'))) return undefined;
  return parts.join('/');
}

function invalid(identity: string): KeelsonError<EvidenceErrorCode> {
  const shown = identity.length > 80 ? `${identity.slice(0, 80)}…` : identity;
  return evidenceError('EVIDENCE_SUBJECT', `not the identity of a subject: ${JSON.stringify(shown)}`);
}

/**
 * Identity without what differs between two places that hold the same thing: no cluster, no repository and no
 * file. Fingerprints hang on it. Other subjects are the same everywhere.
 */
export function placelessIdentity(subject: Subject): string {
  if (subject.type === 'object' || subject.type === 'source-object') return formatObjectName(subject);
  if (subject.type === 'component') return `component/${encode(subject.component)}`;
  return formatSubject(subject);
}

/** The subject with its cluster's alias (a context's name) turned into the cluster's own name. */
export function resolveAlias(subject: Subject, clusters: ReadonlyMap<string, string>): Subject {
  if (subject.type !== 'object' && subject.type !== 'component') return subject;
  const cluster = clusters.get(subject.cluster);
  return cluster === undefined ? subject : { ...subject, cluster };
}

/** True for subjects that only name content: a tag, a mirror, an OCI purl. Names resolve to content at a time. */
export function isName(subject: Subject): boolean {
  return subject.type === 'package' && /^pkg:oci\//i.test(subject.purl);
}
