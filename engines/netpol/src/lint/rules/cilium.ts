import { isObject, type JsonValue } from '@keelson/core';
import type { CompiledRule } from '../../engine/compile.ts';
import { directions } from '../../model/policy.ts';
import { type LintContext, policyName } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';

function items(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function isEmptyRule(value: JsonValue): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

export const ciliumEmptyRule: LintRule = {
  id: 'cilium-policy-empty-rule',
  severity: 'medium',
  title: 'An empty rule of Cilium allows nothing, where that of a NetworkPolicy allows everything',
  check: (context) => {
    const isMixed = context
      .specsOf('networking.k8s.io', 'NetworkPolicy')
      .some(({ spec }) => directions.some((direction) => items(spec[direction]).some(isEmptyRule)));
    return context
      .specsOf('cilium.io', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy')
      .flatMap(({ resource, spec }) =>
        directions.flatMap((direction): LintHit[] => {
          const rules = items(spec[direction]);
          const at = rules.findIndex(isEmptyRule);
          // Alone it is the usual way to write a default deny.
          if (at < 0 || (rules.length === 1 && !isMixed && !resource.name.includes('allow'))) return [];
          const field = direction === 'ingress' ? 'fromEntities' : 'toEntities';
          return [
            {
              resource,
              path: ['spec', direction, at],
              message: `is empty, so it allows nothing; ${field}: [all] allows everything`,
            },
          ];
        }),
      );
  },
};

export const requestRuleDefeated: LintRule = {
  id: 'network-policy-requests-open',
  severity: 'high',
  title: 'A rule about requests is of no use beside one that allows the whole port',
  check: (context) =>
    context.analysis.tiers.flatMap(({ rules }) =>
      directions.flatMap((direction) => {
        const allowing = rules[direction].filter(({ verdict }) => verdict === 'allow');
        const limited = allowing.filter((rule) => isLimited(context, rule));
        context.spend(limited.length * allowing.length);
        return limited.flatMap((rule): LintHit[] => {
          const broad = allowing.find((other) => other !== rule && defeats(context, other, rule));
          if (broad === undefined) return [];
          const message = `lets some requests through only, but a rule of ${policyName(broad.policy)} lets all of them through`;
          return [{ resource: rule.policy.resource, path: rule.rule.path, message }];
        });
      }),
    ),
};

function isLimited({ connections }: LintContext, rule: CompiledRule): boolean {
  return rule.connections.some((set) => connections.anyRequest(set) !== set);
}

/** Whether the broader rule allows all requests of what the other limits, for someone that both are about. */
function defeats({ connections }: LintContext, broad: CompiledRule, limited: CompiledRule): boolean {
  if (broad.subjects.and(limited.subjects).isEmpty() || broad.peers.and(limited.peers).isEmpty())
    return false;
  return limited.connections.some((set, i) => {
    const whole = broad.connections[broad.connections.length === 1 ? 0 : i] ?? 0;
    return set !== 0 && connections.contains(whole, connections.anyRequest(set));
  });
}
