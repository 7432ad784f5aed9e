import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { resourcesOf } from '@keelson/kubernetes';
import { type Analysis, parseAddress, protocolNumbers, qualifiedName } from '@keelson/netpol';
import { analysisOf, peersByName } from '../netpol-inputs.ts';
import { type Cluster, endsOf, objectsOf } from './netpol-cluster.ts';
import { oracleCluster, probedPorts } from './netpol-clusters.ts';
import { nftRules } from './netpol-rules.ts';

const probe = fileURLToPath(new URL('../../oracle/netpol-probe.py', import.meta.url));
/** What the probes run in: network and mounts of their own, by user namespaces where the user is not root. */
const privileges = process.getuid?.() === 0 ? ['-n', '-m'] : ['-r', '-n', '-m'];

/**
 * Asks a Linux kernel about generated clusters, and the engine about the same: `[CLUSTERS] [FIRST SEED]`. Exit 1 where they do not
 * agree, or a probe was lost.
 */
export async function run([clusters = '12', first = '1']: readonly string[]): Promise<number> {
  const missing = missingPrivilege();
  if (missing !== undefined) {
    console.log(`not run: ${missing}`);
    return 0;
  }
  const started = performance.now();
  const kernel = new Kernel();
  let probes = 0;
  let wrong = 0;
  for (let i = 0; i < Number(clusters); i++) {
    const seed = Number(first) + i;
    const cluster = oracleCluster(seed);
    const { passed, lost } = await kernel.ask(cluster);
    const faults = [
      ...lost.map((name) => `${name}: lost`),
      ...differences(cluster, new Set(passed), new Set(lost)),
    ];
    const count = pairsOf(cluster).length * probedPorts.length * protocols.length;
    probes += count;
    wrong += faults.length;
    const kinds = kindsOf(cluster);
    console.log(
      `seed ${seed}: ${kinds}: ${count} probes, ${passed.length} passed, ${faults.length} disagreements`,
    );
    for (const fault of faults.slice(0, 10)) console.log(`  ${fault}`);
  }
  await kernel.end();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${probes} probes in ${clusters} clusters, ${wrong} disagreements, ${seconds} s`);
  return wrong === 0 ? 0 : 1;
}

const protocols = ['TCP', 'UDP', 'SCTP'] as const;

/** Ends that are probed from each other, by their numbers: all but those outside among themselves. */
function pairsOf(cluster: Cluster): (readonly [from: number, to: number])[] {
  const ends = endsOf(cluster).map((_, i) => i);
  const isOutside = (end: number) => end >= cluster.pods.length;
  return ends.flatMap((from) =>
    ends.flatMap((to) => (from === to || (isOutside(from) && isOutside(to)) ? [] : [[from, to] as const])),
  );
}

function kindsOf({ family, policies, clusterPolicies, calico, cilium = [] }: Cluster): string {
  const kinds = [
    [policies.length, 'NetworkPolicies'],
    [clusterPolicies.length, 'ClusterNetworkPolicies'],
    [calico.length, 'policies of Calico'],
    [cilium.length, 'policies of Cilium'],
  ] as const;
  const present = kinds.filter(([count]) => count > 0);
  return [`IPv${family}`, ...present.map(([count, kind]) => `${count} ${kind}`)].join(', ');
}

/** Why the kernel cannot be asked here. */
export function missingPrivilege(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  for (const program of ['unshare', 'ip', 'nft', 'python3']) {
    const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
    if (error !== undefined) return `the program ${program} is not there`;
  }
  const steps = 'mount -t tmpfs tmpfs /run && ip netns add try && nft list ruleset';
  const { status, stderr } = spawnSync('unshare', [...privileges, 'sh', '-c', steps], { encoding: 'utf8' });
  return status === 0 ? undefined : `no right to make network namespaces: ${stderr.trim()}`;
}

/** A kernel with namespaces of its own, which are gone when it ends. */
class Kernel {
  readonly #process = spawn('unshare', [...privileges, 'python3', probe], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  readonly #lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  async ask(cluster: Cluster): Promise<{ passed: string[]; lost: string[] }> {
    const question = {
      family: cluster.family,
      ends: endsOf(cluster),
      outside: cluster.outside.length,
      ports: probedPorts,
      rules: nftRules(cluster),
    };
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error('the probes ended before their time');
    return JSON.parse(value);
  }

  async end(): Promise<void> {
    this.#process.stdin.end();
    await this.#lines.next();
  }
}

/** Probes of which the engine says otherwise, asked one by one and by the rows of all pairs. */
function differences(cluster: Cluster, passed: ReadonlySet<string>, lost: ReadonlySet<string>): string[] {
  const origin = {
    file: 'generated',
    locate: () => ({ file: 'generated', line: 1, column: 1, path: [], missing: true }),
  };
  const resources = objectsOf(cluster).flatMap((object) => resourcesOf(object, origin).resources);
  const { analysis, problems } = analysisOf(resources, { ipBlockMatchesPods: cluster.cilium === undefined });
  const faults = problems
    .filter(({ level }) => level === 'error')
    .map(({ message }) => `refused: ${message}`);
  const rows = rowsOf(analysis);
  const byName = peersByName(analysis);
  const peers = [
    ...cluster.pods.map((pod) => byName.get(qualifiedName(pod)) ?? -1),
    ...cluster.outside.map((address) => analysis.peerOfAddress(parseAddress(address)) ?? -1),
  ];
  for (const [from, to] of pairsOf(cluster)) {
    const [source = -1, destination = -1] = [peers[from], peers[to]];
    for (const protocol of protocols) {
      for (const port of probedPorts) {
        const name = `${from} ${to} ${protocol} ${port}`;
        if (lost.has(name)) continue;
        const number = protocolNumbers[protocol];
        const single = analysis.allows(source, destination, number, port);
        const inRow = analysis.connections.has(rows[source]?.[destination] ?? 0, number, port);
        const text = passed.has(name) ? 'the kernel lets it through' : 'the kernel refuses it';
        if (single !== passed.has(name)) faults.push(`${name}: ${text}`);
        if (inRow !== single) faults.push(`${name}: the row of all pairs says otherwise`);
      }
    }
  }
  return faults;
}

function rowsOf(analysis: Analysis): Uint32Array[] {
  const rows: Uint32Array[] = [];
  analysis.forEachSource((_, row) => rows.push(row.slice()));
  return rows;
}
