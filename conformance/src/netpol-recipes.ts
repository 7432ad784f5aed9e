import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { loadInput } from '@keelson/manifests';
import { type Analysis, type Cluster, isAddress, lint, parseAddress, protocolNumber } from '@keelson/netpol';
import { analysisOf, peersByName, recordsOf, resourcesOfFiles } from './netpol-inputs.ts';
import { type Suite, Tally } from './suite.ts';

/** Small policies that people copy: single connections in a world of Pods, and files that are fragments only. */
export const suite: Suite = {
  name: 'netpol-recipes',
  async run(dir) {
    const tally = new Tally();
    const { world, checks }: { world: JsonObject; checks: JsonValue } = JSON.parse(
      readFileSync(join(dir, 'checks.json'), 'utf8'),
    );
    const cluster = worldOf(world);
    const byPolicy = Map.groupBy(recordsOf(checks), ({ policy }) => String(policy));
    for (const [file, asked] of byPolicy) {
      const resources = await resourcesOfFiles([join(dir, file)]);
      const { analysis, problems } = analysisOf(resources, { cluster });
      const { findings } = lint(resources, { cluster });
      const remarks = [...problems, ...findings].map(({ message }) => message);
      if (remarks.length === 0) tally.pass();
      else tally.fail(file, remarks.join('; '));
      for (const check of asked) judgeCheck(file, check, analysis, tally);
    }
    await judgeFragments(dir, new Set(byPolicy.keys()), tally);
    return tally;
  },
};

function judgeCheck(file: string, check: JsonObject, analysis: Analysis, tally: Tally): void {
  const { from, to, protocol, port, allowed } = check;
  const id = `${file} ${from} > ${to} ${protocol} ${port}`;
  const source = peerOf(analysis, String(from));
  const destination = peerOf(analysis, String(to));
  const number = protocolNumber(String(protocol));
  if (source === undefined || destination === undefined || number === undefined)
    tally.fail(id, 'an end or the protocol is not known');
  else if (analysis.allows(source, destination, number, Number(port)) === allowed) tally.pass();
  else tally.fail(id, `is not ${allowed === true ? 'allowed' : 'denied'}`);
}

function peerOf(analysis: Analysis, text: string): number | undefined {
  return isAddress(text) ? analysis.peerOfAddress(parseAddress(text)) : peersByName(analysis).get(text);
}

/** Files without connections are fragments of a policy: none becomes an object, and nothing breaks. */
async function judgeFragments(dir: string, judged: ReadonlySet<string>, tally: Tally): Promise<void> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  for (const file of files.filter((name) => !judged.has(name))) {
    const { resources } = await loadInput([join(dir, file)]);
    if (resources.length === 0) tally.pass();
    else tally.fail(file, 'was taken for an object');
  }
}

function worldOf(world: JsonObject): Cluster {
  const namespaces = recordsOf(world['namespaces']).map(({ name, labels }) => {
    return [String(name), { name: String(name), labels: labelsOf(labels) }] as const;
  });
  const endpoints = recordsOf(world['pods']).map(({ namespace, name, labels, ip }) => ({
    namespace: String(namespace),
    name: String(name),
    kind: 'Pod',
    labels: labelsOf(labels),
    ports: [],
    addresses: [parseAddress(String(ip))],
    hostNetwork: false,
    serviceAccount: 'default',
  }));
  return { namespaces: new Map(namespaces), endpoints };
}

function labelsOf(value: JsonValue | undefined): Map<string, string> {
  return new Map(Object.entries(isObject(value) ? value : {}).map(([key, label]) => [key, String(label)]));
}
