import { terminalSafe } from '@keelson/core';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Exposure, ExposureItem, NamedConnections } from '../connectivity/exposure.ts';
import { compareTexts } from '../connectivity/peers.ts';
import { anyPod } from '../connectivity/representatives.ts';
import type { Direction, LabelRequirement, LabelSelector, PodSelectors } from '../model/policy.ts';
import { namespaceNameLabel } from '../model/read-cluster.ts';
import { protocolName } from '../sets/protocols.ts';
import { allConnectionsText, ConnectionTexts, noConnectionsText } from './connection-text.ts';
import type { Row } from './rows.ts';

/** What is exposed to whom, as texts. */
export interface ExposureRow {
  workload: string;
  peer: string;
  connections: string;
}

export interface ExposureRows {
  egress: readonly ExposureRow[];
  ingress: readonly ExposureRow[];
  /** `WORKLOAD is not protected on DIRECTION`. */
  unprotected: readonly string[];
}

export const entireCluster = 'entire-cluster';

/** Exposure to Pods to come, and to the addresses outside that rows of the report tell of. */
export function exposureRowsOf(
  connectivity: Connectivity,
  exposures: readonly Exposure[],
  rows: readonly Row[],
): ExposureRows {
  const texts = new ExposureTexts(connectivity);
  const side = (direction: Direction) => {
    const outside = outsideRows(rows, direction);
    const found = exposures.flatMap(({ workload, [direction]: { items } }): ExposureRow[] => [
      ...items.map((item) => {
        return { workload: workload.text, peer: peerOf(item), connections: texts.of(item) };
      }),
      ...(outside.get(workload.text) ?? []),
    ]);
    return found.sort((a, b) => compareTexts(a.workload, b.workload) || compareTexts(a.peer, b.peer));
  };
  const unprotected = exposures.flatMap(({ workload, ingress, egress }) => [
    ...(ingress.isProtected ? [] : [`${workload.text} is not protected on Ingress`]),
    ...(egress.isProtected ? [] : [`${workload.text} is not protected on Egress`]),
  ]);
  return { egress: side('egress'), ingress: side('ingress'), unprotected: unprotected.sort(compareTexts) };
}

function outsideRows(rows: readonly Row[], direction: Direction): ReadonlyMap<string, ExposureRow[]> {
  const found = rows.flatMap(({ source, destination, connections }) => {
    const [workload, peer] = direction === 'egress' ? [source, destination] : [destination, source];
    return peer.endsWith('[External]') ? [{ workload, peer, connections }] : [];
  });
  return Map.groupBy(found, ({ workload }) => workload);
}

function peerOf({ to }: ExposureItem): string {
  if (to === undefined || to.key === anyPod.key) return entireCluster;
  return `${bracketed(namespaceText(to.selectors))}/[${podText(to.selectors)}]`;
}

function bracketed({ text, isName }: { text: string; isName: boolean }): string {
  return isName ? text : `[${text}]`;
}

/** The namespaces of Pods to come: a name where only the name is asked for. */
export function namespaceText({ namespaces }: PodSelectors): { text: string; isName: boolean } {
  const [only] = namespaces.labels;
  if (namespaces.expressions.length === 0 && namespaces.labels.length === 1 && only !== undefined) {
    if (only[0] === namespaceNameLabel) return { text: only[1], isName: true };
  }
  const text = selectorText(namespaces);
  return { text: text === '' ? 'all namespaces' : `namespace with {${text}}`, isName: false };
}

export function podText({ pods }: PodSelectors): string {
  const text = selectorText(pods);
  return text === '' ? 'all pods' : `pod with {${text}}`;
}

function selectorText({ labels, expressions }: LabelSelector): string {
  const plain = labels.map(([key, value]) => `${key}=${value}`);
  const asked = [...plain.sort(compareTexts), ...expressions.map(requirementText).sort(compareTexts)];
  return terminalSafe(asked.join(','));
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  return `{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`;
}

/** Texts of connections, with the names of ports behind the numbers of their protocol. */
export class ExposureTexts {
  readonly #texts: ConnectionTexts;

  constructor({ connections }: Connectivity) {
    this.#texts = new ConnectionTexts(connections);
  }

  of({ connections, names }: NamedConnections): string {
    const numbers = this.#texts.of(connections);
    if (names.length === 0 || numbers === allConnectionsText) return numbers;
    // A rule for administrators names a port of any protocol: the protocol's place is left empty.
    const byProtocol = Map.groupBy(names, ({ protocol }) => {
      return protocol === undefined ? '' : protocolName(protocol);
    });
    const protocols = new Set(['SCTP', 'TCP', 'UDP', ...byProtocol.keys()]);
    const parts = [...protocols].flatMap((protocol) => {
      const own = (byProtocol.get(protocol) ?? []).map(({ name }) => name).sort(compareTexts);
      const ports = [this.#texts.ports(connections, protocol), ...own].filter((each) => each !== '');
      return ports.length === 0 ? [] : [`${protocol} ${ports.join(',')}`];
    });
    return parts.length === 0 ? noConnectionsText : parts.sort(compareTexts).join(',');
  }
}
