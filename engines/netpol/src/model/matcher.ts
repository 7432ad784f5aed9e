import type { Bits } from '../sets/bits.ts';
import type { ClusterIndex } from './cluster-index.ts';

/** Chooses endpoints of a cluster. */
export interface EndpointMatcher {
  /** Equal for matchers that choose the same in every cluster; what a matcher chose is remembered by it. */
  readonly key: string;
  /** The endpoints, as their indexes. What it gives is not changed by anybody. */
  select(index: ClusterIndex): Bits;
}

/** Every endpoint. */
export const allEndpoints: EndpointMatcher = { key: '*', select: (index) => index.all };

/** No endpoint. */
export const noEndpoints: EndpointMatcher = { key: '!', select: (index) => index.none };

/** Endpoints that all of the matchers choose. */
export function allOf(...matchers: readonly EndpointMatcher[]): EndpointMatcher {
  const parts = matchers.filter((matcher) => matcher !== allEndpoints);
  const [only] = parts;
  if (only === undefined) return allEndpoints;
  if (parts.length === 1) return only;
  return {
    key: `(${parts.map(({ key }) => key).join('&')})`,
    select: (index) => parts.map((part) => index.select(part)).reduce((all, one) => all.and(one)),
  };
}

/** Endpoints that one of the matchers chooses. */
export function anyOf(...matchers: readonly EndpointMatcher[]): EndpointMatcher {
  const [only] = matchers;
  if (only === undefined) return noEndpoints;
  if (matchers.length === 1) return only;
  return {
    key: `(${matchers.map(({ key }) => key).join('|')})`,
    select: (index) => matchers.map((part) => index.select(part)).reduce((all, one) => all.or(one)),
  };
}

/** Endpoints that the matcher does not choose. */
export function noneOf(matcher: EndpointMatcher): EndpointMatcher {
  return { key: `!${matcher.key}`, select: (index) => index.select(matcher).not() };
}

/** Endpoints of one namespace. */
export function inNamespace(name: string): EndpointMatcher {
  return { key: `ns ${JSON.stringify(name)}`, select: (index) => index.inNamespace(name) };
}

/** Pods alone: interfaces of nodes and hosts outside stand in no namespace. */
export const inAnyNamespace: EndpointMatcher = noneOf(inNamespace(''));

/** Endpoints whose Pods share the node's network. */
export const hostNetworked: EndpointMatcher = { key: 'host', select: (index) => index.hostNetworked };

/** Pods with a network of their own. */
export const ownNetworked: EndpointMatcher = allOf(inAnyNamespace, noneOf(hostNetworked));

/** Whose labels a requirement is about. */
export type LabelOwner = 'pod' | 'namespace' | 'serviceAccount';

/** Endpoints that have a label, with the value where one is given. */
export function hasLabel(owner: LabelOwner, key: string, value?: string): EndpointMatcher {
  return {
    key: `${owner} ${JSON.stringify(value === undefined ? [key] : [key, value])}`,
    select: (index) => index.withLabel(owner, key, value),
  };
}

/** Endpoints that have a label with a value that passes a test, which `name` tells from all others. */
export function labelWhere(
  owner: LabelOwner,
  key: string,
  name: string,
  test: (value: string) => boolean,
): EndpointMatcher {
  return {
    key: `${owner} ${JSON.stringify([key, 'where', name])}`,
    select: (index) => {
      const passing = [...index.valuesOf(owner, key)].flatMap(([value, bits]) => (test(value) ? [bits] : []));
      return passing.reduce((all, bits) => all.or(bits), index.none);
    },
  };
}
