import type { Inventory, ProgramContext, Programs, Violation } from '@keelson/checks';
import { isObject } from '@keelson/core';
import { placedIn, type Resource, schemaProblems } from '@keelson/kubernetes';
import { LintContext, type LintHit, type LintRule, lintRules } from '@keelson/netpol';
import { textAt, titleOf } from '../fields.ts';
import type { Program } from '../program.ts';

/** What a check leaves out since another one tells it; its `toldBy` names that one. */
const told: Readonly<Record<string, (hit: LintHit, inventory: Inventory) => boolean>> = {
  // What has the wrong shape cannot be read as a policy either.
  'network-policy-invalid': ({ resource }) => schemaProblems(resource).length > 0,
  'network-policy-not-enforced': (_, inventory) => inventory.ofKind('ConfigMap').some(configuresFlannel),
  'network-policy-wide-range': ({ resource, path }) =>
    path[1] === 'ingress' && allAddresses.has(textAt(resource.object, [...path, 'ipBlock', 'cidr']) ?? ''),
};
const allAddresses = new Set(['0.0.0.0/0', '::/0']);

function configuresFlannel({ object }: Resource): boolean {
  const { data } = object;
  const texts = isObject(data) ? Object.values(data) : [];
  return texts.some((text) => typeof text === 'string' && /"type"[ \t]*:[ \t]*"flannel"/.test(text));
}

/** The rules of the engine of network policies as checks. */
export const programs: Programs = Object.fromEntries(
  lintRules.map((rule) => [`network/${rule.id}`, programOf(rule)]),
);

function programOf({ id, check }: LintRule): Program {
  const isTold = told[id];
  return function* (context: ProgramContext): Iterable<Violation> {
    const { inventory } = context;
    const network = inventory.memo('network', () => new Network(inventory));
    const judged = new Set(context.resources);
    for (const hit of check(network.context)) {
      const subject = network.written(hit.resource);
      if (!judged.has(subject) || isTold?.(hit, inventory) === true) continue;
      const { path, message, fix } = hit;
      yield { subject, path, message: `${titleOf(subject)}: ${message}`, ...(fix && { fix }) };
    }
  };
}

/** What rules look at, worked out once for all of them. */
class Network {
  readonly context: LintContext;
  /** Objects as written, by what stands for them where they name no namespace. */
  readonly #written = new Map<Resource, Resource>();

  constructor({ resources, defaultNamespace }: Inventory) {
    const placed = resources.map((resource) => {
      const there = placedIn(resource, defaultNamespace);
      if (there !== resource) this.#written.set(there, resource);
      return there;
    });
    this.context = new LintContext(placed);
  }

  written(resource: Resource): Resource {
    return this.#written.get(resource) ?? resource;
  }
}
