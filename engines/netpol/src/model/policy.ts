import type { Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { AddressRange } from '../sets/addresses.ts';
import type { SetId } from '../sets/connections.ts';
import type { EndpointMatcher, LabelOwner } from './matcher.ts';

export type Direction = 'ingress' | 'egress';
export const directions: readonly Direction[] = ['ingress', 'egress'];

/** What a rule does with connections that nothing before it decided; `pass` hands them to the next tier. */
export type Verdict = 'allow' | 'deny' | 'pass';

/** One requirement on labels, as `metav1.LabelSelectorRequirement`. */
export interface LabelRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values: readonly string[];
}

/** A selector of labels as it is written; one without requirements chooses everything. */
export interface LabelSelector {
  labels: readonly (readonly [key: string, value: string])[];
  expressions: readonly LabelRequirement[];
}

/** What Pods are told by where labels alone tell it: it speaks of Pods that may come later too. */
export interface PodSelectors {
  namespaces: LabelSelector;
  pods: LabelSelector;
}

/** The far ends that a rule speaks of. */
export type PeerMatch =
  /** Every endpoint and every address. */
  | { type: 'any' }
  | { type: 'endpoints'; matcher: EndpointMatcher; selectors?: PodSelectors }
  /** Addresses; those of endpoints too where `endpoints` says so and theirs surely are among them. */
  | {
      type: 'addresses';
      ranges: readonly AddressRange[];
      except: readonly AddressRange[];
      endpoints: boolean;
    }
  /** What all of the peers match, what one of them matches, what the peer does not match. */
  | { type: 'all'; peers: readonly PeerMatch[] }
  | { type: 'either'; peers: readonly PeerMatch[] }
  | { type: 'not'; peer: PeerMatch };

/** A port by the name that the destination gives it, of one protocol or of any. */
export interface PortName {
  name: string;
  protocol: number | undefined;
}

/** The connections that a rule speaks of: a set, and what names of ports add to it at each destination. */
export interface ConnectionMatch {
  fixed: SetId;
  named: readonly PortName[];
  /** Ports by name that are taken out again. */
  except?: readonly PortName[];
  /** What all of it, with the named ports, has to lie in. */
  within?: SetId;
}

export interface Rule {
  direction: Direction;
  verdict: Verdict;
  /** Any of these; none means that the rule matches nothing. */
  peers: readonly PeerMatch[];
  /** Which of the policy's endpoints the rule is about, where it is not about all; addresses among them count for nothing. */
  subject?: PeerMatch;
  connections: ConnectionMatch;
  /** Rules of lower precedence stand before all others of their tier; 0 unless said. */
  precedence?: number;
  /** Path of the rule in its policy's object. */
  path: Path;
  /** The rule's own name, where its dialect has one. */
  name?: string;
}

/** Policies are asked tier by tier, those of a tier in order. Planes are independent of each other: all must allow. */
export interface TierKey {
  plane: 'network' | 'mesh' | 'waypoint' | 'gateway';
  /** Calico's numbers: admin 1,000, default 1,000,000, baseline 10,000,000. */
  order: number;
  name: string;
  /** The connections that the tier is about: it isolates nobody from others. All unless said. */
  about?: SetId;
}

/** A selector as it stands in a policy. */
export interface WrittenSelector {
  path: Path;
  owner: LabelOwner;
  matcher: EndpointMatcher;
  /** True when it says that it chooses everything, as an empty one does. */
  isAll: boolean;
  /** What it chooses from, where that is not every endpoint. */
  within?: EndpointMatcher;
  /** True when it chooses sets of addresses too. */
  hasAddresses?: boolean;
}

/** One policy of any dialect. */
export interface Policy {
  kind: string;
  /** Undefined for policies of the cluster. */
  namespace: string | undefined;
  name: string;
  tier: TierKey;
  /** Place within the tier, lowest first; ties go by `sortName`. */
  order: number;
  sortName: string;
  subject: EndpointMatcher;
  /** What the subject is told by, for policies of the cluster, which may be about namespaces to come. */
  subjectSelectors?: PodSelectors;
  /** Directions in which a selected endpoint is denied what no rule of the tier decides. */
  isolates: Readonly<Record<Direction, boolean>>;
  rules: readonly Rule[];
  /** The selectors as written, where the dialect tells them. */
  selectors?: readonly WrittenSelector[];
  /** True for what holds without a policy being written, as at an endpoint that its node's own object describes. */
  isImplied?: boolean;
  resource: Resource;
}

/** Something in a policy that is wrong, or is not what it seems. */
export interface PolicyProblem {
  /** `error`: the policy, or a part of it, is judged as the data plane would, which the message says. */
  level: 'error' | 'warning';
  resource: Resource;
  path: Path;
  message: string;
}

/** What a dialect makes of objects. */
export interface ReadPolicies {
  policies: readonly Policy[];
  problems: readonly PolicyProblem[];
}
