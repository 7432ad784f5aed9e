import type { JsonObject } from '@keelson/core';
import { type Resource, resourcesOf } from '@keelson/kubernetes';
import { Analysis, Connections, clusterOf, readPolicies } from '@keelson/netpol';
import { peakMb } from './in-process.ts';
import { generateCluster } from './netpol-generate.ts';

/** One measurement in a process of its own, since what it keeps in memory is part of it: `WORKLOADS POLICIES`. */
const [workloads = 0, policies = 0] = process.argv.slice(2).map(Number);
const resources = asResources(generateCluster(workloads, policies));
const before = process.cpuUsage();
const connections = new Connections();
const read = readPolicies(resources, connections);
const analysis = new Analysis(clusterOf(resources), read.policies, connections);
let pairs = 0;
let open = 0;
analysis.forEachSource((source, row) => {
  if (source >= analysis.endpointCount) return;
  for (let destination = 0; destination < analysis.endpointCount; destination++) {
    if (destination === source) continue;
    pairs++;
    if (row[destination] !== 0) open++;
  }
});
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({ workloads, policies, pairs, open, cpuSeconds: (user + system) / 1e6, peakMb: peakMb() }),
);

function asResources(objects: readonly JsonObject[]): Resource[] {
  const origin = {
    file: 'generated',
    locate: () => ({ file: 'generated', line: 1, column: 1, path: [], missing: true }),
  };
  return objects.flatMap((object) => resourcesOf(object, origin).resources);
}
