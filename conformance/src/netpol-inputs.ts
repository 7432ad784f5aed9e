import { isObject, type JsonObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { loadInput } from '@keelson/manifests';
import {
  Analysis,
  type Cluster,
  Connections,
  clusterOf,
  type PolicyProblem,
  qualifiedName,
  type ReadOptions,
  readPolicies,
} from '@keelson/netpol';

/** The objects of files, all of which have to be readable. */
export async function resourcesOfFiles(files: readonly string[]): Promise<readonly Resource[]> {
  const { resources, errors } = await loadInput(files);
  const [first] = errors;
  if (first !== undefined) throw first;
  return resources;
}

/** An analysis of the policies among objects, in a cluster of their own or in another. */
export function analysisOf(
  resources: readonly Resource[],
  { cluster = clusterOf(resources), ...options }: ReadOptions & { cluster?: Cluster } = {},
): { analysis: Analysis; problems: readonly PolicyProblem[] } {
  const connections = new Connections();
  const { policies, problems } = readPolicies(resources, connections, options);
  return { analysis: new Analysis(cluster, policies, connections), problems };
}

/** Endpoints of an analysis by `namespace/name`, or by the name alone of what stands in no namespace. */
export function peersByName({ cluster }: Analysis): ReadonlyMap<string, number> {
  return new Map(cluster.endpoints.map((endpoint, i) => [qualifiedName(endpoint), i]));
}

export function recordsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter((each) => isObject(each)) : [];
}
