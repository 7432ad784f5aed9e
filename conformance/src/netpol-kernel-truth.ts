import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonValue } from '@keelson/core';
import { type Analysis, protocolNumber } from '@keelson/netpol';
import { analysisOf, peersByName, resourcesOfFiles } from './netpol-inputs.ts';
import { type Suite, Tally } from './suite.ts';

/** Verdicts of a Linux kernel: every pair of Pods, protocol and port of generated clusters. */
export const suite: Suite = {
  name: 'netpol-kernel-truth',
  async run(dir) {
    const tally = new Tally();
    const clusters = readdirSync(dir).filter((name) => name.endsWith('.truth.json'));
    for (const name of clusters.sort()) {
      const truth: JsonValue = JSON.parse(readFileSync(join(dir, name), 'utf8'));
      const resources = await resourcesOfFiles([join(dir, name.replace('.truth.json', '.yaml'))]);
      judgeCluster(name, truth, analysisOf(resources).analysis, tally);
    }
    tally.notes.push(`${clusters.length} clusters, ${tally.passed + tally.failed} probes`);
    return tally;
  },
};

function judgeCluster(name: string, truth: JsonValue, analysis: Analysis, tally: Tally): void {
  if (!isObject(truth)) throw new Error(`${name} is not an object`);
  const { ports, protocols, pods, allowed } = truth;
  if (!Array.isArray(ports) || !Array.isArray(protocols) || !Array.isArray(pods) || !isObject(allowed))
    throw new Error(`${name} lacks ports, protocols, pods or allowed`);
  const peers = peersByName(analysis);
  const ends = pods.map((pod) => ({ pod: String(pod), peer: peers.get(String(pod)) ?? -1 }));
  for (const from of ends) {
    for (const to of ends) {
      if (from.pod === to.pod) continue;
      const through = allowed[`${from.pod} > ${to.pod}`];
      const expected = new Set(Array.isArray(through) ? through : []);
      for (const protocol of protocols) {
        for (const port of ports) {
          const number = protocolNumber(String(protocol)) ?? -1;
          const got = analysis.allows(from.peer, to.peer, number, Number(port));
          if (got === expected.has(`${protocol} ${port}`)) tally.pass();
          else
            tally.fail(
              `${name} ${from.pod} > ${to.pod} ${protocol} ${port}`,
              `the kernel ${got ? 'refused' : 'let through'} it`,
            );
        }
      }
    }
  }
}
