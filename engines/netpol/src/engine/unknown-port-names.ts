import type { PolicyProblem } from '../model/policy.ts';
import type { Analysis } from './analysis.ts';
import type { CompiledRule } from './compile.ts';

/** Names of ports that none of the Pods that a rule is about has. Rules that are about no Pod say nothing of names. */
export function unknownPortNames(rule: CompiledRule, { cluster }: Pick<Analysis, 'cluster'>): string[] {
  const { named } = rule.rule.connections;
  if (named.length === 0) return [];
  const ends = (rule.rule.direction === 'ingress' ? rule.subjects : rule.peers).members();
  const destinations = ends.flatMap((each) => cluster.endpoints[each] ?? []);
  if (destinations.length === 0) return [];
  const ports = destinations.flatMap((each) => each.ports);
  return named
    .filter(
      ({ name, protocol }) =>
        !ports.some((port) => port.name === name && (protocol === undefined || protocol === port.protocol)),
    )
    .map(({ name }) => name);
}

export function unknownPortText(name: string): string {
  return `names the port ${name}, which no Pod that the rule is about has: it allows nothing there`;
}

/** Every name once at its rule, as a cluster takes it without a word. */
export function portNameProblems(analysis: Analysis): PolicyProblem[] {
  const rules = analysis.tiers.flatMap((tier) => [...tier.rules.ingress, ...tier.rules.egress]);
  const problems = rules
    .filter(({ policy }) => policy.isImplied !== true)
    .flatMap((compiled) =>
      unknownPortNames(compiled, analysis).map((name): [string, PolicyProblem] => {
        const { resource } = compiled.policy;
        const { path } = compiled.rule;
        const key = JSON.stringify([resource.kind, resource.namespace ?? '', resource.name, path, name]);
        return [key, { level: 'warning', resource, path, message: unknownPortText(name) }];
      }),
    );
  return [...new Map(problems).values()];
}
