import type { JsonObject, JsonValue } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { problemText } from '../../dialects/fields.ts';
import { unknownPortNames, unknownPortText } from '../../engine/unknown-port-names.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import type { LintContext } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';

const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'];
const typeNames = { ingress: 'Ingress', egress: 'Egress' } as const;

function items(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

export const ruleWithoutType: LintRule = {
  id: 'network-policy-rules-without-effect',
  severity: 'medium',
  title: 'A policy has rules for a direction that its types leave out',
  check: (context) => rulesWithoutType(context.specsOf('networking.k8s.io', 'NetworkPolicy'), 'policyTypes'),
};

export const calicoRuleWithoutType: LintRule = {
  id: 'calico-policy-rules-without-effect',
  severity: 'medium',
  title: 'A policy of Calico has rules for a direction that its types leave out',
  check: (context) =>
    rulesWithoutType(context.specsOf(calicoGroups, 'NetworkPolicy', 'GlobalNetworkPolicy'), 'types'),
};

function rulesWithoutType(
  policies: readonly { resource: Resource; spec: JsonObject }[],
  field: 'policyTypes' | 'types',
): LintHit[] {
  return policies.flatMap(({ resource, spec }) =>
    (['ingress', 'egress'] as const).flatMap((direction): LintHit[] => {
      const types = items(spec[field]);
      const type = typeNames[direction];
      if (types.length === 0 || types.includes(type) || items(spec[direction]).length === 0) return [];
      const message = `has rules, but ${field} lacks ${type}: they do nothing, and all ${direction} is allowed`;
      const patch = [{ op: 'add' as const, path: ['spec', field, types.length], value: type }];
      return [
        {
          resource,
          path: ['spec', direction],
          message,
          fix: { description: `add ${type} to ${field}`, patch, optIn: true },
        },
      ];
    }),
  );
}

export const calicoWithoutTypes: LintRule = {
  id: 'calico-policy-without-types',
  severity: 'low',
  title: 'A policy of Calico has no types, so what it is about follows from its rules',
  check: (context) =>
    context.specsOf(calicoGroups, 'NetworkPolicy', 'GlobalNetworkPolicy').flatMap(({ resource, spec }) => {
      if (items(spec['types']).length > 0) return [];
      const egress = items(spec['egress']).length > 0;
      const ingress = items(spec['ingress']).length > 0 || !egress;
      const value = [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])];
      const message = `has no types, so it is about ${value.join(' and ')} alone, as its rules are`;
      const patch = [{ op: 'add' as const, path: ['spec', 'types'], value }];
      return [{ resource, path: ['spec'], message, fix: { description: 'write the types', patch } }];
    }),
};

export const unknownPortName: LintRule = {
  id: 'network-policy-port-name-unknown',
  severity: 'medium',
  title: 'No Pod that a rule is about has a port of that name',
  check: (context) =>
    context.policies.flatMap((policy) => policy.rules.flatMap((rule) => portNameHits(context, policy, rule))),
};

function portNameHits(context: LintContext, { resource }: Policy, rule: Rule): LintHit[] {
  const compiled = context.compiled.get(rule);
  const names = compiled === undefined ? [] : unknownPortNames(compiled, context);
  return names.map((name) => ({ resource, path: rule.path, message: unknownPortText(name) }));
}

export const invalidPolicy: LintRule = {
  id: 'network-policy-invalid',
  severity: 'high',
  title: 'A policy is not what a cluster takes, or fails closed',
  check: ({ problems }) =>
    problems
      .filter(({ level }) => level === 'error')
      .map((problem) => ({ resource: problem.resource, path: problem.path, message: problemText(problem) })),
};

export const equalPriority: LintRule = {
  id: 'network-policy-equal-priority',
  severity: 'high',
  title: 'Two policies of one priority are about the same Pods, and which goes first is not defined',
  check: (context) => {
    const admin = context.policies.filter(({ resource }) => resource.group === 'policy.networking.k8s.io');
    return admin.flatMap((policy, i) =>
      admin.slice(0, i).flatMap((other): LintHit[] => {
        const isSame = policy.tier.name === other.tier.name && policy.order === other.order;
        if (!isSame || policy.kind !== other.kind || !overlap(context, policy, other)) return [];
        const message = `has the priority of ${other.name}, which is about some of the same Pods`;
        return [{ resource: policy.resource, path: ['spec', 'priority'], message }];
      }),
    );
  },
};

function overlap(context: LintContext, a: Policy, b: Policy): boolean {
  if (a.subject.key === b.subject.key) return true;
  return !context.subjectsOf(a).and(context.subjectsOf(b)).isEmpty();
}
