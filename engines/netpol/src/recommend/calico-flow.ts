import { isObject, type JsonObject } from '@keelson/core';
import type { FlowEnd, ReadFlow } from './flow.ts';
import { isName, labelsFrom, numberIn, ownerOfPod, textIn, textsIn } from './flow-fields.ts';

/** Whether an object is a flow of Calico: of Whisker, Goldmane or a flow log of Calico Enterprise. */
export function isCalicoFlow(value: JsonObject): boolean {
  return typeof value['action'] === 'string' && typeof value['reporter'] === 'string';
}

const protocols: ReadonlyMap<string, string> = new Map([
  ['6', 'TCP'],
  ['17', 'UDP'],
  ['132', 'SCTP'],
  ['1', 'ICMPv4'],
  ['58', 'ICMPv6'],
]);

/** A flow of Calico; undefined for one that lacks its ends. */
export function readCalicoFlow(value: JsonObject): ReadFlow | undefined {
  const action = textIn(value, 'action').toLowerCase();
  if (action !== 'allow' && action !== 'deny') return 'skipped';
  const source = endOf(value, 'source');
  const destination = endOf(value, 'dest');
  const written = textIn(value, 'protocol', 'proto') || String(numberIn(value, 'protocol', 'proto'));
  const protocol = protocols.get(written) ?? written.toUpperCase();
  if (source === undefined || destination === undefined || protocol === '' || protocol === '0')
    return undefined;
  return {
    source,
    destination,
    protocol,
    port: numberIn(value, 'dest_port'),
    allowed: action === 'allow',
    count: Math.max(1, numberIn(value, 'num_flows', 'num_connections_started')),
  };
}

/** Names that Calico gives to hosts outside that it knows no more of. */
const networks: ReadonlySet<string> = new Set(['pub', 'pvt', 'public network', 'private network']);

function endOf(value: JsonObject, side: 'source' | 'dest'): FlowEnd | undefined {
  const namespace = textIn(value, `${side}_namespace`).replace(/^-$/, '');
  const name = textIn(value, `${side}_name_aggr`, `${side}_name`);
  const address = textIn(value, `${side}_ip`).replace(/^-$/, '');
  const type = textIn(value, `${side}_type`);
  if (type === 'hep') return { type: 'host', name, ...(address === '' ? {} : { address }) };
  if (type === 'net' || type === 'ns' || networks.has(name.toLowerCase()) || namespace === '') {
    if (address !== '') return { type: 'address', address, names: domainsOf(value, side) };
    if (name === '' || networks.has(name.toLowerCase()) || name === '-') {
      const reason = 'the log tells no address of the network outside';
      return { type: 'unknown', reason };
    }
    return { type: 'host', name };
  }
  if (name === '' || name === '-') return undefined;
  const owner = ownerOfPod(name);
  if (!isName(owner) || !isName(namespace)) return undefined;
  const labels = labelsOf(value, side);
  return {
    type: 'workload',
    namespace,
    name: owner,
    kind: 'Pod',
    labels,
    ...(address === '' ? {} : { address }),
  };
}

/** `k=v | k=v` of Whisker, a list of Goldmane, `{labels: [...]}` of Enterprise. */
function labelsOf(value: JsonObject, side: string): Map<string, string> {
  const labels = value[`${side}_labels`];
  if (typeof labels === 'string') return labelsFrom(labels.split('|').map((each) => each.trim()));
  const texts = textsIn(isObject(labels) ? labels['labels'] : labels);
  return labelsFrom(texts.filter((text) => !text.startsWith('projectcalico.org/')));
}

function domainsOf(value: JsonObject, side: string): string[] {
  return side === 'dest' ? textsIn(value['dest_domains']).filter(isName) : [];
}
