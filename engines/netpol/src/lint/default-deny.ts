import type { JsonObject } from '@keelson/core';
import type { Direction } from '../model/policy.ts';
import type { LintFix } from './finding.ts';

const words: Readonly<Record<Direction, string>> = { ingress: 'Ingress', egress: 'Egress' };

/**
 * The policies that a namespace begins with: one that denies what no other allows, and beside it one that lets Pods ask DNS
 * where egress is denied.
 */
export function defaultDeny(namespace: string, directions: readonly Direction[]): LintFix {
  const policyTypes = directions.map((direction) => words[direction]);
  const deny = policyOf(namespace, `default-deny`, { podSelector: {}, policyTypes });
  const isEgress = directions.includes('egress');
  return {
    description: `deny the ${directions.join(' and ')} of ${namespace} that no policy allows${isEgress ? ', but for DNS' : ''}`,
    patch: [],
    objects: isEgress ? [deny, dnsAllowed(namespace)] : [deny],
    optIn: true,
  };
}

function dnsAllowed(namespace: string): JsonObject {
  return policyOf(namespace, 'allow-dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [dnsRule()],
  });
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
