import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { loadInput } from '@keelson/manifests';
import { type Cluster, clusterOf, protocolNumber } from '@keelson/netpol';
import { parseAllDocuments } from 'yaml';
import { analysisOf, recordsOf, resourcesOfFiles } from './netpol-inputs.ts';
import { type Suite, Tally } from './suite.ts';

/** Checks of ClusterNetworkPolicy's own conformance tests, and every policy file read without a fault. */
export const suite: Suite = {
  name: 'network-policy-api',
  async run(dir) {
    const tally = new Tally();
    const checks = recordsOf(JSON.parse(readFileSync(join(dir, 'checks.json'), 'utf8')));
    for (const check of checks) await judgeCheck(dir, check, tally);
    await judgeFiles(dir, tally);
    return tally;
  },
};

async function judgeCheck(dir: string, check: JsonObject, tally: Tally): Promise<void> {
  const { test, step, manifests, client, server, protocol, port, allowed } = check;
  const id = `${test}: ${step}: ${client} > ${server} ${protocol} ${port}`;
  const files = (Array.isArray(manifests) ? manifests : []).map((name) =>
    join(dir, expandedName(dir, String(name))),
  );
  const resources = await resourcesOfFiles(files);
  const { analysis } = analysisOf(resources, { cluster: withAddresses(clusterOf(resources)) });
  const source = endpointOf(analysis.cluster, client);
  const destination = endpointOf(analysis.cluster, server);
  const number = protocolNumber(String(protocol));
  if (source < 0 || destination < 0 || number === undefined)
    tally.fail(id, 'an end or the protocol is not known');
  else if (analysis.allows(source, destination, number, Number(port)) === allowed) tally.pass();
  else tally.fail(id, `is not ${allowed === true ? 'allowed' : 'denied'}`);
}

/** A template stands beside its expansion, which is what can be read. */
function expandedName(dir: string, name: string): string {
  const expanded = name.replace(/\.yaml$/, '.expanded.yaml');
  const folder = expanded.slice(0, expanded.lastIndexOf('/'));
  return readdirSync(join(dir, folder)).includes(expanded.slice(folder.length + 1)) ? expanded : name;
}

/** The workload of a Pod that is named as `[namespace, workload-N]`. */
function endpointOf({ endpoints }: Cluster, pod: unknown): number {
  if (!Array.isArray(pod)) return -1;
  const [namespace, name] = pod.map(String);
  return endpoints.findIndex(
    (each) =>
      each.namespace === namespace && (each.name === name || `${each.name}-` === name?.replace(/\d+$/, '')),
  );
}

/** Pods have no addresses in the manifests; each gets one of a documentation range (RFC 5737). */
function withAddresses(cluster: Cluster): Cluster {
  const first = 0xc000_0200n;
  const endpoints = cluster.endpoints.map((endpoint, i) => ({
    ...endpoint,
    addresses: [{ family: 4 as const, value: first + BigInt(i + 1) }],
  }));
  return { ...cluster, endpoints };
}

async function judgeFiles(dir: string, tally: Tally): Promise<void> {
  const all = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  const expanded = new Set(all.map((name) => expandedName(dir, name)));
  for (const file of [...expanded].sort()) {
    const refused = parseAllDocuments(readFileSync(join(dir, file), 'utf8')).flatMap(
      ({ errors }) => errors,
    )[0];
    if (refused !== undefined) {
      tally.skip(file, `is not YAML: ${refused.message.split('\n')[0]}`);
      continue;
    }
    const { resources, errors } = await loadInput([join(dir, file)]);
    const problems = errorsOf(resources);
    const faults = [...errors.map(({ message }) => message), ...problems];
    if (faults.length === 0 && resources.length > 0) tally.pass();
    else tally.fail(file, faults[0] ?? 'holds no object');
  }
}

function errorsOf(resources: readonly Resource[]): string[] {
  const { problems } = analysisOf(resources);
  return problems
    .filter(({ level }) => level === 'error')
    .map(({ message, path }) => `${path.join('.')} ${message}`);
}
