import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { ClusterIndex } from '../../model/cluster-index.ts';
import { allOf, anyOf, type EndpointMatcher, inNamespace, labelWhere } from '../../model/matcher.ts';
import type { PeerMatch } from '../../model/policy.ts';
import { namespaceNameLabel } from '../../model/read-cluster.ts';
import { Bits } from '../../sets/bits.ts';
import { cidrAt } from '../fields.ts';
import type { IstioContext } from './context.ts';
import { clusterDomain } from './mesh.ts';
import { matchesValue, patternsAt, textsAt, type ValuePattern } from './values.ts';

type PeerReader = (value: JsonValue | undefined, path: Path, context: IstioContext) => PeerMatch | undefined;

/** Fields of a source that tell peers; each may stand negated too. */
const sourceReaders: ReadonlyMap<string, PeerReader> = new Map<string, PeerReader>([
  ['principals', principalPeers],
  ['serviceAccounts', accountPeers],
  ['namespaces', namespacePeers],
  ['ipBlocks', blockPeers],
]);

/** Fields that tell something of a request, which is not known of peers. */
export const requestSources = [
  'requestPrincipals',
  'notRequestPrincipals',
  'remoteIpBlocks',
  'notRemoteIpBlocks',
];

/** Those that tell addresses: of a connection without requests, its own (Envoy's `remote_ip`). */
export const remoteFields: readonly string[] = ['remoteIpBlocks', 'notRemoteIpBlocks'];
/** The condition that says the same. */
export const remoteAddress = 'remote.ip';

export const sourceFields: readonly string[] = [
  ...[...sourceReaders.keys()].flatMap((field) => [field, negated(field)]),
  ...requestSources,
];

export function negated(field: string): string {
  return `not${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

/** Conditions on the source by key, and the field of a source that says the same. */
const conditionFields: ReadonlyMap<string, string> = new Map([
  ['source.principal', 'principals'],
  ['source.serviceAccount', 'serviceAccounts'],
  ['source.namespace', 'namespaces'],
  ['source.ip', 'ipBlocks'],
  [remoteAddress, 'ipBlocks'],
]);

/** Peers that meet all that a source says of them; undefined where it says nothing of peers. */
export function sourcePeers(source: JsonObject, path: Path, context: IstioContext): PeerMatch | undefined {
  const parts = [...sourceReaders].flatMap(([field, read]) => {
    const not = negated(field);
    return [
      read(source[field], [...path, field], context) ?? [],
      inverse(read(source[not], [...path, not], context)) ?? [],
    ].flat();
  });
  return allPeers(parts);
}

/** Peers whose address meets what a source says of those that requests tell; undefined where it says nothing. */
export function remotePeers(source: JsonObject, path: Path, context: IstioContext): PeerMatch | undefined {
  const [field = '', not = ''] = remoteFields;
  const parts = [
    blockPeers(source[field], [...path, field], context) ?? [],
    inverse(blockPeers(source[not], [...path, not], context)) ?? [],
  ].flat();
  return allPeers(parts);
}

/** Peers that meet a condition; undefined for conditions that are not on peers. */
export function conditionPeers(
  condition: JsonObject,
  path: Path,
  context: IstioContext,
): PeerMatch | undefined {
  const { key, values, notValues } = condition;
  const read = sourceReaders.get(conditionFields.get(String(key)) ?? '');
  if (read === undefined) return undefined;
  const parts = [
    read(values, [...path, 'values'], context) ?? [],
    inverse(read(notValues, [...path, 'notValues'], context)) ?? [],
  ].flat();
  return allPeers(parts);
}

export function allPeers(parts: readonly PeerMatch[]): PeerMatch | undefined {
  const [only, ...others] = parts;
  return only === undefined || others.length === 0 ? only : { type: 'all', peers: parts };
}

function inverse(peer: PeerMatch | undefined): PeerMatch | undefined {
  return peer === undefined ? undefined : { type: 'not', peer };
}

/** Chooses endpoints by their identity, and tells whether it chooses one of which nothing else is known. */
interface IdentityMatcher extends EndpointMatcher {
  hasIdentity(namespace: string, account: string): boolean;
}

export function isIdentity(matcher: EndpointMatcher): matcher is IdentityMatcher {
  return 'hasIdentity' in matcher;
}

/** Workloads of the mesh that are chosen by their identity. */
function identityPeers(
  chosen: EndpointMatcher,
  hasIdentity: IdentityMatcher['hasIdentity'],
  { inMesh }: IstioContext,
): PeerMatch {
  const matcher: IdentityMatcher = { ...allOf(inMesh, chosen), hasIdentity };
  return { type: 'endpoints', matcher };
}

function namespacePeers(
  value: JsonValue | undefined,
  path: Path,
  context: IstioContext,
): PeerMatch | undefined {
  const patterns = patternsAt(value, path);
  if (patterns === undefined) return undefined;
  const matcher = anyOf(...patterns.map((pattern) => namespacesLike(pattern)));
  return identityPeers(
    context.chosen(path, 'namespace', matcher),
    (namespace) => patterns.some((pattern) => matchesValue(pattern, namespace)),
    context,
  );
}

function namespacesLike(pattern: ValuePattern): EndpointMatcher {
  if (pattern.type === 'exact') return inNamespace(pattern.text);
  return labelWhere('namespace', namespaceNameLabel, JSON.stringify(pattern), (name) =>
    matchesValue(pattern, name),
  );
}

/** Identities are told as `cluster.local/ns/<namespace>/sa/<service account>`. */
function principalPeers(
  value: JsonValue | undefined,
  path: Path,
  context: IstioContext,
): PeerMatch | undefined {
  const patterns = patternsAt(value, path);
  if (patterns === undefined) return undefined;
  const each = patterns.map((pattern) => ({
    key: `principal ${JSON.stringify(pattern)}`,
    test: (namespace: string, account: string) =>
      matchesValue(pattern, `${clusterDomain}/ns/${namespace}/sa/${account}`),
  }));
  return accountsWhere(each, path, context);
}

/** Service accounts are told as `<namespace>/<name>`, or as a name in the policy's namespace. */
function accountPeers(
  value: JsonValue | undefined,
  path: Path,
  context: IstioContext,
): PeerMatch | undefined {
  const texts = textsAt(value, path);
  if (texts === undefined) return undefined;
  const each = texts.map((text) => {
    const full = text.includes('/') ? text : `${context.namespace}/${text}`;
    const test = (namespace: string, account: string) => `${namespace}/${account}` === full;
    return { key: `account ${full}`, test };
  });
  return accountsWhere(each, path, context);
}

function accountsWhere(
  each: readonly { key: string; test: IdentityMatcher['hasIdentity'] }[],
  path: Path,
  context: IstioContext,
): PeerMatch {
  const matcher = anyOf(...each.map(({ key, test }) => identitiesWhere(key, test)));
  return identityPeers(
    context.chosen(path, 'serviceAccount', matcher),
    (namespace, account) => each.some(({ test }) => test(namespace, account)),
    context,
  );
}

function identitiesWhere(
  key: string,
  test: (namespace: string, account: string) => boolean,
): EndpointMatcher {
  const select = ({ all, cluster }: ClusterIndex) => {
    const found = cluster.endpoints.flatMap(({ namespace, serviceAccount }, i) =>
      serviceAccount !== '' && test(namespace, serviceAccount) ? i : [],
    );
    return Bits.of(all.size, found);
  };
  return { key: `istio ${key}`, select };
}

function blockPeers(value: JsonValue | undefined, path: Path, context: IstioContext): PeerMatch | undefined {
  const texts = textsAt(value, path);
  if (texts === undefined) return undefined;
  const ranges = texts.map((text, i) => cidrAt(text, [...path, i], { single: true }));
  return { type: 'addresses', ranges, except: [], endpoints: context.addressesMatchPods };
}
