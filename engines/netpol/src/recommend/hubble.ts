import { isObject, type JsonObject } from '@keelson/core';
import type { Labels } from '../model/cluster.ts';
import { namespaceNameLabel } from '../model/read-cluster.ts';
import type { FlowEnd, ReadFlow } from './flow.ts';
import { isName, labelsFrom, numberIn, objectIn, ownerOfPod, textIn, textsIn } from './flow-fields.ts';

const seen: ReadonlySet<string> = new Set(['FORWARDED', 'REDIRECTED', 'AUDIT', 'TRACED']);
/** Verdicts that tell neither that something passed nor that it was denied. */
const silent: ReadonlySet<string> = new Set(['ERROR', 'TRANSLATED', 'VERDICT_UNKNOWN']);
const podLabelPrefix = 'k8s:';
const namespaceLabelPrefix = 'k8s:io.cilium.k8s.namespace.labels.';
/** Labels that Cilium adds to a Pod's own. */
const addedPrefixes = ['k8s:io.cilium.', 'k8s:io.kubernetes.pod.namespace'];

/** Whether an object is a flow of Hubble, alone or in the envelope of `hubble observe -o jsonpb`. */
export function isHubble(value: JsonObject): boolean {
  const flow = isObject(value['flow']) ? value['flow'] : value;
  return typeof flow['verdict'] === 'string' || otherEvents.some((name) => isObject(value[name]));
}

/** What streams of Hubble hold beside flows (`GetFlowsResponse`). */
const otherEvents = ['lost_events', 'node_status', 'agent_event', 'debug_event'];

/** A flow of Hubble (`flow.proto`); undefined for one that lacks its ends. */
export function readHubble(value: JsonObject): ReadFlow | undefined {
  if (isObject(value['lost_events'])) return { lost: numberIn(value['lost_events'], 'num_events_lost') || 1 };
  if (otherEvents.some((name) => isObject(value[name]))) return 'skipped';
  const flow = isObject(value['flow']) ? value['flow'] : value;
  const verdict = textIn(flow, 'verdict');
  const allowed = seen.has(verdict);
  if (silent.has(verdict)) return 'skipped';
  if (!allowed && verdict !== 'DROPPED') return undefined;
  const [protocol, header] = layer4(flow);
  if (isAnswer(flow, protocol, header)) return 'skipped';
  const ip = objectIn(flow, 'IP', 'ip');
  const source = endOf(objectIn(flow, 'source'), textIn(ip, 'source'), textsIn(flow['source_names']));
  const destination = endOf(
    objectIn(flow, 'destination'),
    textIn(ip, 'destination'),
    textsIn(flow['destination_names']),
  );
  if (source === undefined || destination === undefined || protocol === '') return undefined;
  const namespaces = new Map([
    ...namespaceLabels(objectIn(flow, 'source')),
    ...namespaceLabels(objectIn(flow, 'destination')),
  ]);
  const port = numberIn(header, 'destination_port');
  const audited = verdict === 'AUDIT' ? { audited: true } : {};
  return { source, destination, protocol, port, allowed, namespaces, count: 1, ...audited };
}

function layer4(flow: JsonObject): [protocol: string, header: JsonObject] {
  const [entry] = Object.entries(objectIn(flow, 'l4'));
  const [protocol, header] = entry ?? ['', {}];
  return [protocol, isObject(header) ? header : {}];
}

/** Answers follow from connection tracking and need no rule. Where Hubble does not know, TCP's flags tell. */
function isAnswer(flow: JsonObject, protocol: string, header: JsonObject): boolean {
  const isReply = flow['is_reply'] ?? flow['reply'];
  if (isReply === true) return true;
  if (textIn(objectIn(flow, 'l7'), 'type') === 'RESPONSE') return true;
  if (isReply === false || protocol !== 'TCP') return false;
  const flags = objectIn(header, 'flags');
  return flags['ACK'] === true && flags['SYN'] === true;
}

function endOf(end: JsonObject, address: string, names: string[]): FlowEnd | undefined {
  const labels = textsIn(end['labels']);
  const namespace = textIn(end, 'namespace');
  const reserved = labels.find((label) => label.startsWith('reserved:'))?.slice('reserved:'.length);
  if (namespace !== '') {
    const pod = textIn(end, 'pod_name');
    const workload = Array.isArray(end['workloads']) ? end['workloads'].find(isObject) : undefined;
    const name = (workload === undefined ? '' : textIn(workload, 'name')) || ownerOfPod(pod);
    if (!isName(name) || !isName(namespace)) return undefined;
    const own = labels
      .filter((label) => label.startsWith(podLabelPrefix))
      .filter((label) => !addedPrefixes.some((prefix) => label.startsWith(prefix)))
      .map((label) => label.slice(podLabelPrefix.length));
    const kind = workload === undefined ? 'Pod' : textIn(workload, 'kind') || 'Pod';
    return {
      type: 'workload',
      namespace,
      name,
      kind,
      labels: labelsFrom(own),
      ...(address === '' ? {} : { address }),
    };
  }
  if (reserved !== undefined && !reserved.startsWith('world'))
    return { type: 'host', name: reserved, ...(address === '' ? {} : { address }) };
  return address === '' ? undefined : { type: 'address', address, names: names.filter(isName) };
}

function namespaceLabels(end: JsonObject): [string, Labels][] {
  const name = textIn(end, 'namespace');
  if (name === '') return [];
  const written = textsIn(end['labels'])
    .filter((label) => label.startsWith(namespaceLabelPrefix))
    .map((label) => label.slice(namespaceLabelPrefix.length));
  return [[name, labelsFrom([...written, `${namespaceNameLabel}=${name}`])]];
}
