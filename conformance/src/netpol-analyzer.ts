import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { loadInput } from '@keelson/manifests';
import {
  Connections,
  Connectivity,
  type ConnectivityOptions,
  type DiffReport,
  diffCsv,
  diffDot,
  diffMd,
  diffOf,
  diffTxt,
  explanationTxt,
  explanationWithExposureTxt,
  exposuresOf,
  type Focus,
  isAllowed,
  protocolNumber,
  type Report,
  reportCsv,
  reportDot,
  reportJson,
  reportMd,
  reportOf,
  reportTxt,
} from '@keelson/netpol';
import { recordsOf } from './netpol-inputs.ts';
import { type Suite, Tally } from './suite.ts';

/** Reports of who can reach whom, byte for byte but for the ends of lines. */
export const suite: Suite = {
  name: 'netpol-analyzer',
  async run(dir) {
    const tally = new Tally();
    const cases: JsonValue = JSON.parse(readFileSync(join(dir, 'cases.json'), 'utf8'));
    const inputs = new Inputs(join(dir, 'tests'));
    for (const each of recordsOf(cases)) {
      const id = `${each['id']} ${each['cmd']} ${each['dir'] ?? each['dir1']} ${each['format'] ?? ''}`;
      try {
        await judge(dir, id, each, inputs, tally);
      } catch (error) {
        tally.fail(id, error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
    }
    return tally;
  },
};

/** Objects of folders, each read once. */
class Inputs {
  readonly #dir: string;
  readonly #known = new Map<string, Promise<readonly Resource[]>>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  of(name: string): Promise<readonly Resource[]> {
    let known = this.#known.get(name);
    if (known === undefined) {
      known = loadInput([join(this.#dir, name)]).then(({ resources }) => resources.flatMap(asRead));
      this.#known.set(name, known);
    }
    return known;
  }
}

/** Kinds that the program that wrote the reports reads, by their name alone, with the group that is meant. */
const groupsByKind: ReadonlyMap<string, string> = new Map([
  ['Namespace', ''],
  ['Pod', ''],
  ['Service', ''],
  ['ReplicationController', ''],
  ['Deployment', 'apps'],
  ['DaemonSet', 'apps'],
  ['ReplicaSet', 'apps'],
  ['StatefulSet', 'apps'],
  ['Job', 'batch'],
  ['CronJob', 'batch'],
  ['Ingress', 'networking.k8s.io'],
  ['Route', 'route.openshift.io'],
  ['NetworkPolicy', 'networking.k8s.io'],
  ['AdminNetworkPolicy', 'policy.networking.k8s.io'],
  ['BaselineAdminNetworkPolicy', 'policy.networking.k8s.io'],
  ['UserDefinedNetwork', 'k8s.ovn.org'],
  ['ClusterUserDefinedNetwork', 'k8s.ovn.org'],
  ['NetworkAttachmentDefinition', 'k8s.cni.cncf.io'],
  ['MultiNetworkPolicy', 'k8s.cni.cncf.io'],
  ['VirtualMachine', 'kubevirt.io'],
]);

/** An object as that program takes it; nothing for kinds that it leaves out. */
function asRead(resource: Resource): Resource[] {
  const group = groupsByKind.get(resource.kind);
  if (group === undefined) return [];
  return [group === resource.group ? resource : { ...resource, group }];
}

/** How it sees the world: no IPv6, ranges of addresses that never mean Pods, all Pods in networks of their own. */
const world: ConnectivityOptions = {
  ipBlockMatchesPods: false,
  rangesMatchPods: false,
  anyNames: true,
  ownersAsWritten: true,
  families: [4],
  hostNetworkAlike: true,
};

async function judge(dir: string, id: string, each: JsonObject, inputs: Inputs, tally: Tally): Promise<void> {
  if (each['cmd'] === 'eval') {
    const got = await evaluated(each, inputs);
    if (got === each['expectAllowed']) tally.pass();
    else tally.fail(id, `is ${got ? 'allowed' : 'denied'}`);
    return;
  }
  const expected = readFileSync(join(dir, 'expected', String(each['expect'])), 'utf8');
  const got = each['cmd'] === 'diff' ? await diffText(each, inputs) : await listText(each, inputs);
  if (got === undefined) tally.fail(id, 'is not written yet');
  else if (flat(got) === flat(expected)) tally.pass();
  else tally.fail(id, firstDifference(expected, got));
}

async function evaluated(each: JsonObject, inputs: Inputs): Promise<boolean> {
  const connectivity = new Connectivity(await inputs.of(String(each['dir'])), { ...world, networks: true });
  return isAllowed(connectivity, {
    source: `${each['sourceNs']}/${each['sourcePod']}`,
    destination: `${each['destNs']}/${each['destPod']}`,
    protocol: protocolNumber(String(each['protocol']).toUpperCase()) ?? -1,
    port: Number(each['port']),
  });
}

const diffWriters: Readonly<Record<string, (report: DiffReport) => string>> = {
  txt: diffTxt,
  csv: diffCsv,
  md: diffMd,
  dot: diffDot,
};

async function diffText(each: JsonObject, inputs: Inputs): Promise<string | undefined> {
  const connections = new Connections();
  const options = { ...world, connections, networks: each['multipleNetworks'] === true };
  const first = new Connectivity(await inputs.of(String(each['dir1'])), options);
  const second = new Connectivity(await inputs.of(String(each['dir2'])), options);
  const diffs = diffOf(first, second);
  return diffWriters[String(each['format'])]?.({ diffs, connections, names: ['ref1', 'ref2'] });
}

function flat(text: string): string {
  return text.replaceAll(/[\r\n]/g, '');
}

async function listText(each: JsonObject, inputs: Inputs): Promise<string | undefined> {
  const connectivity = new Connectivity(await inputs.of(String(each['dir'])), listOptions(each));
  if (each['explain'] === true) return explainText(each, connectivity);
  const write = writers[String(each['format'])];
  return write?.(reportOf(connectivity, hasExposure(each) ? exposuresOf(connectivity) : undefined));
}

function explainText(each: JsonObject, connectivity: Connectivity): string {
  const only = each['explain-only'];
  if (only === 'allow' || only === 'deny') return explanationTxt(connectivity, only);
  return hasExposure(each)
    ? explanationWithExposureTxt(connectivity, exposuresOf(connectivity))
    : explanationTxt(connectivity);
}

const writers: Readonly<Record<string, (report: Report) => string>> = {
  txt: reportTxt,
  csv: reportCsv,
  md: reportMd,
  json: reportJson,
  dot: reportDot,
};

/** Exposure is not told where both ends are chosen, nor of several networks. */
function hasExposure(each: JsonObject): boolean {
  const { workloads = [], peers = [] } = focusOf(each);
  const isChosen = workloads.length > 0 && peers.length > 0;
  return each['exposure'] === true && !isChosen && each['multipleNetworks'] !== true;
}

function listOptions(each: JsonObject): ConnectivityOptions {
  const connection = typeof each['focus-conn'] === 'string' ? connectionOf(each['focus-conn']) : undefined;
  return {
    ...world,
    focus: focusOf(each),
    networks: each['multipleNetworks'] === true,
    ...(connection === undefined ? {} : { connection }),
  };
}

function focusOf(each: JsonObject): Focus {
  const direction = each['focus-direction'];
  return {
    workloads: textsOf(each['focusworkload']),
    peers: textsOf(each['focusworkload-peer']),
    ...(direction === 'ingress' || direction === 'egress' ? { direction } : {}),
  };
}

function connectionOf(text: string): { protocol: number; port: number } {
  const [protocol = '', port = ''] = text.split('-');
  return { protocol: protocolNumber(protocol.toUpperCase()) ?? -1, port: Number(port) };
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function firstDifference(expected: string, got: string): string {
  const gotLines = got.split(/\r?\n/);
  const expectedLines = expected.split(/\r?\n/);
  const at = expectedLines.findIndex((line, i) => line !== gotLines[i]);
  const where = at < 0 ? expectedLines.length : at;
  return `line ${where + 1}: ${JSON.stringify(expectedLines[where])} was expected, not ${JSON.stringify(gotLines[where])}`;
}
