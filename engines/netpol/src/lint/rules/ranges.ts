import { isObject, type JsonValue, type Path } from '@keelson/core';
import type { PeerMatch, Policy, Rule } from '../../model/policy.ts';
import { type AddressRange, formatAddress, isAddress, parseCidr } from '../../sets/addresses.ts';
import { type LintContext, metadataAddresses } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';
import { peerPath } from './selection.ts';

const tcp = 6;
const http = 80;

type Addresses = PeerMatch & { type: 'addresses' };

/** Peers by address of allowing rules that are about somebody. */
function addressPeers(context: LintContext): { policy: Policy; rule: Rule; peer: Addresses; path: Path }[] {
  return context.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) =>
      rule.verdict !== 'allow'
        ? []
        : rule.peers.flatMap((peer, i) =>
            peer.type === 'addresses' ? [{ policy, rule, peer, path: peerPath(policy, rule, i) }] : [],
          ),
    ),
  );
}

function has({ family, low, high }: AddressRange, address: (typeof metadataAddresses)[number]): boolean {
  return family === address.family && low <= address.value && address.value <= high;
}

export const metadataReachable: LintRule = {
  id: 'network-policy-allows-metadata',
  severity: 'medium',
  title: 'A wide range of addresses lets Pods reach the metadata service of the cloud',
  check: (context) =>
    addressPeers(context).flatMap(({ policy, rule, peer, path }): LintHit[] =>
      metadataIn(context, policy, rule, peer).map((address) => {
        const text = formatAddress(address.family, address.value);
        const bits = address.family === 4 ? 32 : 128;
        const isBlock = path.length > rule.path.length && policy.kind === 'NetworkPolicy';
        const value = [`${text}/${bits}`];
        const fix = {
          description: `take ${text} out of the range`,
          optIn: true,
          patch: [
            peer.except.length === 0
              ? { op: 'add' as const, path: [...path, 'ipBlock', 'except'], value }
              : {
                  op: 'add' as const,
                  path: [...path, 'ipBlock', 'except', peer.except.length],
                  value: `${text}/${bits}`,
                },
          ],
        };
        const message = `includes ${text}, where clouds give credentials to whoever asks`;
        return { resource: policy.resource, path, message, ...(isBlock ? { fix } : {}) };
      }),
    ),
};

/** Addresses of metadata services that a peer of an allowing rule of egress opens. */
function metadataIn(
  context: LintContext,
  policy: Policy,
  { direction, connections }: Rule,
  { ranges, except }: Addresses,
): (typeof metadataAddresses)[number][] {
  if (direction !== 'egress' || !context.connections.has(connections.fixed, tcp, http)) return [];
  return metadataAddresses.filter((address) => {
    const range = ranges.find((each) => has(each, address));
    // Who writes the one address means it.
    if (range === undefined || range.low === range.high || except.some((each) => has(each, address)))
      return false;
    return isReached(context, policy, address);
  });
}

function isReached(
  { analysis, connections, ...context }: LintContext,
  policy: Policy,
  address: (typeof metadataAddresses)[number],
): boolean {
  const peer = analysis.peerOfAddress(address);
  const subjects = context.index.select(policy.subject);
  if (peer === undefined || subjects.isEmpty()) return peer !== undefined;
  return subjects
    .members()
    .some((subject) => connections.has(analysis.allowedAt('egress', subject, peer), tcp, http));
}

/** Shorter prefixes are wide: a sixteenth of IPv4, and what a registry hands out of IPv6. */
const narrowest = { 4: 1n << 28n, 6: 1n << 104n } as const;

export const wideRange: LintRule = {
  id: 'network-policy-wide-range',
  severity: 'low',
  title: 'A wide range of addresses is allowed at every port',
  check: (context) =>
    addressPeers(context).flatMap(({ policy, rule, peer, path }): LintHit[] => {
      const isAnyPort = context.connections.hasAllOf(rule.connections.fixed, tcp);
      const wide = peer.ranges.find(({ family, low, high }) => high - low + 1n > narrowest[family]);
      if (!isAnyPort || wide === undefined || peer.except.length > 0) return [];
      // What is reachable in it is the graver finding.
      if (rule.direction === 'egress' && metadataIn(context, policy, rule, peer).length > 0) return [];
      const message = 'is a wide range of addresses, and the rule names no ports';
      return [{ resource: policy.resource, path, message }];
    }),
};

/** Fields of all dialects that hold ranges of addresses. */
const rangeFields: ReadonlySet<string> = new Set([
  'cidr',
  'except',
  'networks',
  'nets',
  'notNets',
  'toCIDR',
  'fromCIDR',
  'externalCIDRs',
]);
const policyGroups: ReadonlySet<string> = new Set([
  'networking.k8s.io',
  'policy.networking.k8s.io',
  'cilium.io',
  'projectcalico.org',
  'crd.projectcalico.org',
]);

export const hostBits: LintRule = {
  id: 'network-policy-host-bits',
  severity: 'low',
  title: 'A range of addresses has bits beyond its prefix',
  check: ({ resources }) =>
    resources
      .filter(({ group }) => policyGroups.has(group))
      .flatMap((resource) =>
        textsAt(resource.object['spec'], ['spec'], false).flatMap(({ text, path }): LintHit[] => {
          const mended = withoutHostBits(text);
          if (mended === undefined) return [];
          const message = `${text} has bits beyond its prefix, which do not count: it means ${mended}`;
          const fix = {
            description: `write ${mended}`,
            patch: [{ op: 'replace' as const, path, value: mended }],
          };
          return [{ resource, path, message, fix }];
        }),
      ),
};

/** The texts below fields that hold ranges. */
function textsAt(value: JsonValue | undefined, path: Path, isRange: boolean): { text: string; path: Path }[] {
  if (typeof value === 'string') return isRange ? [{ text: value, path }] : [];
  if (Array.isArray(value)) return value.flatMap((each, i) => textsAt(each, [...path, i], isRange));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => textsAt(each, [...path, key], rangeFields.has(key)));
}

function withoutHostBits(text: string): string | undefined {
  const [address = '', prefix = ''] = text.split('/');
  const width = address.includes(':') ? 128 : 32;
  if (!isAddress(address) || !/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > width) return undefined;
  const range = parseCidr(text);
  return range.hasHostBits ? `${formatAddress(range.family, range.low)}/${prefix}` : undefined;
}
