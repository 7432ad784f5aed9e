import type { Labels } from '../../model/cluster.ts';
import { serviceAccountNameLabel } from '../../model/cluster-index.ts';
import {
  allEndpoints,
  allOf,
  anyOf,
  type EndpointMatcher,
  hasLabel,
  inAnyNamespace,
  inNamespace,
  type LabelOwner,
  labelWhere,
  noEndpoints,
  noneOf,
} from '../../model/matcher.ts';
import { namespaceNameLabel } from '../../model/read-cluster.ts';
import { outsideHosts } from '../outside-hosts.ts';
import type { Meaning } from './selector/fold.ts';

/** What Calico knows as endpoints. */
export const knownEndpoints: EndpointMatcher = noneOf(outsideHosts);

/** What stands in no namespace: host endpoints. */
const ofNoNamespace = inNamespace('');

/** Where a label that Calico makes for its endpoints comes from ("Label" in the references of WorkloadEndpoint and Profile). */
function ownerOf(label: string): readonly [owner: LabelOwner, label: string] {
  switch (label) {
    case 'projectcalico.org/namespace':
    case 'pcns.projectcalico.org/name':
      return ['namespace', namespaceNameLabel];
    case 'projectcalico.org/serviceaccount':
    case 'pcsa.projectcalico.org/name':
      return ['serviceAccount', serviceAccountNameLabel];
    default:
      if (label.startsWith('pcns.')) return ['namespace', label.slice('pcns.'.length)];
      if (label.startsWith('pcsa.')) return ['serviceAccount', label.slice('pcsa.'.length)];
      return ['pod', label];
  }
}

const byLabels = meaningWith(ownerOf, allEndpoints, allEndpoints);

/** Key and value of a label that every Pod has, and nothing else. */
const [orchestratorLabel, orchestrator] = ['projectcalico.org/orchestrator', 'k8s'];

/** What a selector means for endpoints by their own labels, and those that they take over from their profiles. */
export const endpointMeaning: Meaning<EndpointMatcher> = {
  ...byLabels,
  has: (label) => (label === orchestratorLabel ? inAnyNamespace : byLabels.has(label)),
  is: (label, value) =>
    label === orchestratorLabel && value === orchestrator ? inAnyNamespace : byLabels.is(label, value),
  where: (label, name, test) =>
    label === orchestratorLabel && test(orchestrator) ? inAnyNamespace : byLabels.where(label, name, test),
};

/**
 * What a selector of namespaces means: `all()` is what stands in one, and `global()` what stands in none. Calico turns it
 * into a selector of endpoints, so that a negation speaks of what stands in no namespace too.
 */
export const namespaceMeaning: Meaning<EndpointMatcher> = meaningWith(
  (label) => ['namespace', label === 'projectcalico.org/name' ? namespaceNameLabel : label],
  inAnyNamespace,
  ofNoNamespace,
);

/** What a selector of service accounts means: it chooses what runs as one. */
export const serviceAccountMeaning: Meaning<EndpointMatcher> = meaningWith(
  (label) => ['serviceAccount', label === 'projectcalico.org/name' ? serviceAccountNameLabel : label],
  inAnyNamespace,
  noEndpoints,
);

function meaningWith(
  lookUp: (label: string) => readonly [LabelOwner, string],
  all: EndpointMatcher,
  global: EndpointMatcher,
): Meaning<EndpointMatcher> {
  return {
    all,
    global,
    has: (label) => hasLabel(...lookUp(label)),
    is: (label, value) => hasLabel(...lookUp(label), value),
    where: (label, name, test) => labelWhere(...lookUp(label), name, test),
    both: (operands) => allOf(...operands),
    either: (operands) => anyOf(...operands),
    not: (operand) => noneOf(operand),
  };
}

/** What a selector of namespaces means for one thing: in a namespace with these labels, or in none. */
export function namespaceMeaningOf(labels: Labels | undefined): Meaning<boolean> {
  const isIn = labels !== undefined;
  const value = (label: string) =>
    labels?.get(label === 'projectcalico.org/name' ? namespaceNameLabel : label);
  return {
    all: isIn,
    global: !isIn,
    has: (label) => value(label) !== undefined,
    is: (label, wanted) => value(label) === wanted,
    where: (label, _, test) => {
      const own = value(label);
      return own !== undefined && test(own);
    },
    both: (operands) => operands.every(Boolean),
    either: (operands) => operands.some(Boolean),
    not: (operand) => !operand,
  };
}
