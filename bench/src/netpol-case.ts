import { type JsonObject, SourceText } from '@keelson/core';
import { type Resource, resourcesOf } from '@keelson/kubernetes';
import { readManifestText } from '@keelson/manifests';
import {
  Analysis,
  Connections,
  Connectivity,
  clusterOf,
  explanationTxt,
  type Policy,
  readPolicies,
  reportOf,
  reportTxt,
} from '@keelson/netpol';
import { stringifyYaml } from '@keelson/yaml';
import { peakMb } from './in-process.ts';
import { generateCluster } from './netpol-generate.ts';

type Figures = Record<string, number | boolean>;

/** What is measured, from a generated cluster. */
const cases: Readonly<Record<string, (objects: readonly JsonObject[]) => Figures>> = {
  /** From objects to what is allowed between each two workloads. */
  relation: (objects) => {
    const resources = asResources(objects);
    return measured(() => countPairs(analysisOf(resources)));
  },
  /** From YAML text to the same. */
  text: (objects) => {
    const text = objects.map((object) => stringifyYaml(object)).join('---\n');
    return measured(() => {
      const { resources } = readManifestText(new SourceText('generated.yaml', text));
      return { bytes: text.length, ...countPairs(analysisOf(resources)) };
    });
  },
  /** From objects to the report of all pairs as text. */
  list: (objects) => {
    const resources = asResources(objects);
    return measured(() => ({ characters: reportTxt(reportOf(new Connectivity(resources))).length }));
  },
  explain: (objects) => {
    const resources = asResources(objects);
    return measured(() => ({ characters: explanationTxt(new Connectivity(resources)).length }));
  },
  /** One policy is written anew where all pairs are known: until they are known again. */
  change: (objects) => {
    const before = analysisOf(asResources(objects));
    const { open } = countPairs(before);
    const middle = before.policies.length >> 1;
    const old = before.policies[middle];
    if (old === undefined) throw new Error('no policy to change');
    const spec = {
      podSelector: {},
      ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.128/25' } }, { podSelector: {} }] }],
    };
    const written = asResources([{ ...old.resource.object, spec }]);
    let after = before;
    let touched = new Set<number>();
    let openThen = 0;
    const figures = measured(() => {
      const { policies } = readPolicies(written, before.connections);
      after = before.with(before.policies.toSpliced(middle, 1, ...policies));
      touched = endpointsOf(before, [old, ...policies]);
      openThen = openAround(after, touched);
      return { touched: touched.size };
    });
    const difference = openThen - openAround(before, touched);
    const anew = new Analysis(after.cluster, after.policies, after.connections);
    return { ...figures, difference, isRight: countPairs(anew).open - open === difference };
  },
};

/** One measurement in a process of its own, since what it keeps in memory is part of it: `CASE WORKLOADS POLICIES`. */
const [name = '', ...sizes] = process.argv.slice(2);
const [workloads = 0, policies = 0] = sizes.map(Number);
const figures = cases[name]?.(generateCluster(workloads, policies));
if (figures === undefined) throw new Error(`no case ${name}`);
console.log(JSON.stringify({ case: name, workloads, policies, ...figures }));

/** CPU and wall of some work, seconds, and the process's highest memory when it is done. */
function measured(work: () => Figures): Figures {
  const start = performance.now();
  const before = process.cpuUsage();
  const figures = work();
  const { user, system } = process.cpuUsage(before);
  const wallSeconds = (performance.now() - start) / 1000;
  return { ...figures, cpuSeconds: (user + system) / 1e6, wallSeconds, peakMb: peakMb() };
}

function analysisOf(resources: readonly Resource[]): Analysis {
  const connections = new Connections();
  return new Analysis(clusterOf(resources), readPolicies(resources, connections).policies, connections);
}

function countPairs(analysis: Analysis): { pairs: number; open: number } {
  const { endpointCount } = analysis;
  let open = 0;
  analysis.forEachSource((source, row) => {
    if (source >= endpointCount) return;
    for (let destination = 0; destination < endpointCount; destination++) if (row[destination] !== 0) open++;
  });
  return { pairs: endpointCount * (endpointCount - 1), open };
}

function endpointsOf(analysis: Analysis, policies: readonly Policy[]): Set<number> {
  const all = Array.from({ length: analysis.endpointCount }, (_, endpoint) => endpoint);
  return new Set(all.filter((endpoint) => policies.some((policy) => analysis.selects(policy, endpoint))));
}

/** Open pairs that start or end at one of some endpoints. */
function openAround(analysis: Analysis, endpoints: ReadonlySet<number>): number {
  let open = 0;
  const isOpen = (source: number, destination: number) =>
    source !== destination &&
    analysis.connections.intersection(
      analysis.allowedAt('egress', source, destination),
      analysis.allowedAt('ingress', destination, source),
    ) !== 0;
  for (const endpoint of endpoints) {
    for (let other = 0; other < analysis.endpointCount; other++) {
      if (isOpen(endpoint, other)) open++;
      if (!endpoints.has(other) && isOpen(other, endpoint)) open++;
    }
  }
  return open;
}

function asResources(objects: readonly JsonObject[]): Resource[] {
  const origin = {
    file: 'generated',
    locate: () => ({ file: 'generated', line: 1, column: 1, path: [], missing: true }),
  };
  return objects.flatMap((object) => resourcesOf(object, origin).resources);
}
