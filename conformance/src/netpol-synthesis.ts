import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { type Resource, resourcesOf } from '@keelson/kubernetes';
import { loadInput } from '@keelson/manifests';
import {
  Analysis,
  Connections,
  clusterOf,
  dnsAtPods,
  type Policy,
  readPolicies,
  type Synthesis,
  synthesise,
} from '@keelson/netpol';
import { parse } from 'yaml';
import { recordsOf } from './netpol-inputs.ts';
import { type Suite, Tally } from './suite.ts';

/** Applications and the policies that their manifests need; each expected file is a case. */
export const suite: Suite = {
  name: 'netpol-synthesis',
  async run(dir) {
    const tally = new Tally();
    const applications = readdirSync(dir).filter((name) => statSync(join(dir, name)).isDirectory());
    for (const application of applications.sort()) await judgeApplication(dir, application, tally);
    tally.notes.push(`${applications.length} applications`);
    return tally;
  },
};

async function judgeApplication(dir: string, application: string, tally: Tally): Promise<void> {
  const folder = join(dir, application);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(ya?ml|json)$/.test(name),
  );
  const isExpected = (name: string) => name.startsWith('expected_');
  const manifests = files.filter((name) => !isExpected(name)).map((name) => join(folder, name));
  // Files that are no manifests, as templates, stand among those of an application; upstream goes on without them too.
  const { resources: objects, errors } = await loadInput(manifests);
  for (const error of errors) tally.notes.push(`${application}: ${error.format()}`);
  for (const name of files.filter(isExpected).sort()) {
    const id = `${application}/${name}`;
    const expected: JsonValue = parse(readFileSync(join(folder, name), 'utf8'));
    const documents = isObject(expected) ? recordsOf(expected['items']) : recordsOf(expected);
    const arePolicies = documents.every(({ spec }) => isObject(spec));
    const dnsRules = [dnsAtPods(arePolicies ? dnsPortOf(documents) : 53)];
    const synthesis = synthesise(objects, { dnsRules });
    const misses = arePolicies
      ? policyMisses(objects, synthesis, documents)
      : connectionMisses(objects, synthesis, documents);
    if (misses.length === 0) tally.pass();
    else tally.fail(id, misses.slice(0, 5).join('; '));
  }
}

/** The upstream command is told the port of DNS on its command line, which only the expected rule records. */
function dnsPortOf(policies: readonly JsonObject[]): number {
  const rules = policies.flatMap(({ spec }) => (isObject(spec) ? recordsOf(spec['egress']) : []));
  const ports = rules.flatMap((rule) => recordsOf(rule['ports']));
  const port = ports.find(({ protocol }) => protocol === 'UDP')?.['port'];
  return typeof port === 'number' ? port : 53;
}

/** Pairs that the two sets of policies do not allow the same. */
function policyMisses(
  application: readonly Resource[],
  { policies }: Synthesis,
  expected: readonly JsonObject[],
): string[] {
  const connections = new Connections();
  const cluster = clusterOf(application);
  const read = (objects: readonly JsonObject[]): readonly Policy[] =>
    readPolicies(objects.flatMap(resourcesOfObject), connections).policies;
  const right = new Analysis(cluster, read(expected), connections);
  const ours = new Analysis(cluster, read(policies), connections);
  const misses: string[] = [];
  for (let source = 0; source < right.peerCount; source++) {
    for (let destination = 0; destination < right.peerCount; destination++) {
      if (source >= right.endpointCount && destination >= right.endpointCount) continue;
      if (right.between(source, destination) !== ours.between(source, destination))
        misses.push(`${nameOf(right, source)} > ${nameOf(right, destination)} differs`);
    }
  }
  return misses;
}

/** Listed connections that were not found, and found ones that are not listed or that the policies deny. */
function connectionMisses(
  application: readonly Resource[],
  { policies, connections }: Synthesis,
  expected: readonly JsonObject[],
): string[] {
  const listed = expected.map(({ source, target, link }) => [source, target, link].map(nameIn).join(' > '));
  const found = connections.map(({ source, target, service }) =>
    [typeof source === 'string' ? '' : source.name, target.name, service.name].join(' > '),
  );
  const missing = listed.filter((each) => !found.includes(each)).map((each) => `${each} is missing`);
  const more = found.filter((each) => !listed.includes(each)).map((each) => `${each} is not listed`);
  const sets = new Connections();
  const read = readPolicies(policies.flatMap(resourcesOfObject), sets);
  const analysis = new Analysis(clusterOf(application), read.policies, sets);
  const byName = new Map(analysis.cluster.endpoints.map(({ name }, i) => [name, i]));
  const denied = expected.flatMap(({ source, target, link }) => {
    const from = nameIn(source) === '' ? analysis.endpointCount : byName.get(nameIn(source));
    const to = byName.get(nameIn(target));
    const [port] = isObject(link) && isObject(link['resource']) ? recordsOf(link['resource']['network']) : [];
    const number = Number(port?.['target_port'] ?? port?.['port']);
    const isAllowed = from !== undefined && to !== undefined && analysis.allows(from, to, 6, number);
    return isAllowed ? [] : [`${nameIn(source)} > ${nameIn(target)} ${number} is denied`];
  });
  return [...missing, ...more, ...denied];
}

function nameIn(value: JsonValue | undefined): string {
  const resource = isObject(value) ? value['resource'] : undefined;
  const name = isObject(resource) ? resource['name'] : undefined;
  return typeof name === 'string' ? name : '';
}

function nameOf(analysis: Analysis, peer: number): string {
  return analysis.endpointOf(peer)?.name ?? `addresses ${peer - analysis.endpointCount}`;
}

function resourcesOfObject(object: JsonObject): Resource[] {
  const locate = () => ({ file: 'policies', line: 1, column: 1, path: [], missing: true });
  return [...resourcesOf(object, { file: 'policies', locate }).resources];
}
