import type { JsonObject } from '@keelson/core';
import type { Direction } from '../model/policy.ts';
import type { LintFix } from './finding.ts';

const words: Readonly<Record<Direction, string>> = { ingress: 'Ingress', egress: 'Egress' };

/**
 * The policies that a namespace begins with, under names that none of it has: one that denies what no other allows, and beside it one that lets Pods ask DNS
 * where egress is denied.
 */
export function defaultDeny(
  namespace: string,
  directions: readonly Direction[],
  taken: ReadonlySet<string> = new Set(),
): LintFix {
  const policyTypes = directions.map((direction) => words[direction]);
  const deny = policyOf(namespace, freeName('default-deny', taken), { podSelector: {}, policyTypes });
  const isEgress = directions.includes('egress');
  return {
    description: `deny the ${directions.join(' and ')} of ${namespace} that no policy allows${isEgress ? ', but for DNS' : ''}`,
    patch: [],
    objects: isEgress ? [deny, policyOf(namespace, freeName('allow-dns', taken), dnsAllowed())] : [deny],
    optIn: true,
  };
}

function dnsAllowed(): JsonObject {
  return { podSelector: {}, policyTypes: ['Egress'], egress: [dnsRule()] };
}

/** The name, or one with a number behind it where policies have it already. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  return free;
}

/** A rule of egress to DNS anywhere in the cluster. */
export function dnsRule(): JsonObject {
  return {
    to: [{ namespaceSelector: {} }],
    ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })),
  };
}

function policyOf(namespace: string, name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}
