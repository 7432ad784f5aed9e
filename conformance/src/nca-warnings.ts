import { isObject, type JsonValue, valueAt } from '@keelson/core';
import { emptinessOf, oddSelectors, type Policy, type Setting, writtenPolicies } from '@keelson/netpol';

/** How often the suite's owners warn of the policies of a configuration, as far as it is told here. */
export function warningsOf(setting: Setting): number {
  const odd = oddSelectors(setting).filter(({ policy, selector, chooses, hasOthers }) => {
    if (selector.isAll) return false;
    if (!isKubernetes(policy)) {
      const written = valueAt(policy.resource.object, selector.path);
      return typeof written !== 'string' || !written.includes('global()');
    }
    // What chooses Pods of other namespaces only, and a subject that chooses all, are not told.
    return chooses === 'nothing' ? !hasOthers : !isSubject(selector.path);
  });
  const { policies: empty, rules } = emptinessOf(setting);
  const emptyRules = rules.filter(
    ({ policy, hasNoPeers, hasNoSubjects }) =>
      hasNoPeers || (hasNoSubjects && isCalico(policy) && !empty.includes(policy)),
  );
  const places = writtenPolicies(setting)
    .filter(({ tier }) => tier.plane === 'network')
    .reduce((all, policy) => all + oddPlaces(policy), 0);
  return odd.length + emptyRules.length + places;
}

function isKubernetes({ resource }: Policy): boolean {
  return resource.group.endsWith('k8s.io') || resource.group === 'extensions';
}

function isCalico({ resource }: Policy): boolean {
  return resource.group.endsWith('projectcalico.org');
}

function isSubject(path: readonly (string | number)[]): boolean {
  return path.length === 2;
}

/** What is odd as it is written. */
function oddPlaces(policy: Policy): number {
  const spec = policy.resource.object['spec'];
  if (!isObject(spec)) return 1;
  const types = spec[isKubernetes(policy) ? 'policyTypes' : 'types'];
  const passes = ['doNotTrack', 'preDNAT', 'applyOnForward'].filter((field) => spec[field] !== undefined);
  const rules = [spec['ingress'], spec['egress']].flatMap((list) => (Array.isArray(list) ? list : []));
  return (
    Number(!Array.isArray(types) || types.length === 0) +
    passes.length +
    (isKubernetes(policy) ? 0 : rules.reduce<number>((all, rule) => all + oddRule(rule), 0))
  );
}

function oddRule(rule: JsonValue): number {
  if (!isObject(rule)) return 0;
  const mixes = [rule['source'], rule['destination']].filter(
    (end) =>
      isObject(end) &&
      (isFull(end['nets']) || isFull(end['notNets'])) &&
      (end['selector'] !== undefined || end['namespaceSelector'] !== undefined),
  ).length;
  const contradicts = rule['protocol'] !== undefined && rule['notProtocol'] !== undefined;
  const { icmp, notICMP } = rule;
  const isOddIcmp =
    isObject(icmp) &&
    isObject(notICMP) &&
    (icmp['type'] !== notICMP['type'] || icmp['code'] !== undefined || notICMP['code'] === undefined);
  return mixes + Number(contradicts) + Number(isOddIcmp);
}

function isFull(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}
