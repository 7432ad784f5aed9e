import type { JsonObject } from '@keelson/core';
import { Connectivity } from '../../connectivity/connectivity.ts';
import { peerText } from '../../connectivity/peers.ts';
import { ConnectionTexts } from '../../formats/connection-text.ts';
import { networkPolicy, pod, resources } from '../../testing/resources.ts';
import { entryPointsOf } from '../entry-points.ts';

/** Entry points in a line each: `Kind name@ports Gateways => workload : targets [who : what is let in; …]`, then codes of notes. */
export function lines(objects: readonly JsonObject[]): string[] {
  const read = resources(...objects);
  const connectivity = new Connectivity(read, { families: [4] });
  const texts = new ConnectionTexts(connectivity.connections);
  return entryPointsOf(read, connectivity).flatMap((entry) => {
    const head = [`${entry.kind} ${entry.name}@${entry.ports.join('+')}`, ...entry.gateways].join(' ');
    const notes = entry.notes.map(({ code }) => ` !${code}`).join('');
    if (entry.destinations.length === 0) return [`${head} => nothing${notes}`];
    return entry.destinations.map(({ workload, targets, admissions }) => {
      const from = admissions.map(({ peer, connections }) => {
        const what = connections === targets ? '' : ` : ${texts.of(connections)}`;
        return `${peerText(peer).replace('0.0.0.0-255.255.255.255[External]', 'all')}${what}`;
      });
      return `${head} => ${workload.peer.name} : ${texts.of(targets)} [${from.join('; ')}]${notes}`;
    });
  });
}

export const ports = [
  { name: 'http', containerPort: 8080 },
  { name: 'dns', containerPort: 5353, protocol: 'UDP' },
];
export const web = pod('web', { app: 'web' }, { ports });
const standard = [{ name: 'main', port: 80, targetPort: 'http' }];

export function service(spec: JsonObject, name = 'web', namespaceName = 'default'): JsonObject {
  const metadata = { name, namespace: namespaceName };
  const own = { selector: { app: 'web' }, ports: standard };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { ...own, ...spec } };
}

/** Seen by the cluster only. */
export const within = service({});
export const controller = '{ingress-controller}';
export const closed = networkPolicy('closed', { podSelector: {}, policyTypes: ['Ingress'] });
