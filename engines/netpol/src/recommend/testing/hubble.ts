import type { JsonObject } from '@keelson/core';
import { FlowReader } from '../read-flows.ts';

/** The flows of a log, and what is told of it. */
export function read(...lines: readonly string[]) {
  const reader = new FlowReader();
  for (const line of lines) reader.add(line);
  const { problems, notes } = reader.endLog();
  return { flows: reader.flows(), problems, notes };
}

/** A line of Hubble. */
export function hubble(source: JsonObject, destination: JsonObject, more: JsonObject = {}): string {
  return JSON.stringify({
    verdict: 'FORWARDED',
    IP: { source: '10.0.0.1', destination: '10.0.0.2' },
    l4: { TCP: { source_port: 40_000, destination_port: 8080 } },
    source,
    destination,
    is_reply: false,
    ...more,
  });
}

/** An end of a flow in the namespace `shop`. */
export const end = (name: string, ...labels: string[]): JsonObject => ({
  namespace: 'shop',
  pod_name: `${name}-6b7c9d8f5-abcde`,
  labels: labels.map((label) => `k8s:${label}`),
});
export const web = end('web', 'app=web', 'pod-template-hash=1');
export const api = end('api', 'app=api');
