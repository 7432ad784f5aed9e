import { type EndpointMatcher, hasLabel } from '../model/matcher.ts';

/** Key of the label that the endpoint of a host outside is given here, with the host; no Pod can have it. */
export const hostLabel = 'istio:host';

/** Hosts outside that ServiceEntries name: only a mesh knows them. */
export const outsideHosts: EndpointMatcher = hasLabel('pod', hostLabel);
