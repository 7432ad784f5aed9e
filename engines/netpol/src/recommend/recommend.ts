import type { JsonObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { aggregate } from './aggregate.ts';
import { emitCalico } from './emit/calico.ts';
import { emitCilium } from './emit/cilium.ts';
import { emitClusterPolicies } from './emit/cluster-policy.ts';
import type { Emitter } from './emit/emit.ts';
import { emitKubernetes } from './emit/kubernetes.ts';
import type { ObservedFlow } from './flow.ts';
import { type Inference, infer, type UndecidedFlow } from './infer.ts';
import { type Proof, ProofWorld, type Slack } from './prove.ts';

/** Dialects that policies are written in: `cnp` is ClusterNetworkPolicy v1alpha2. */
export const recommendDialects = ['k8s', 'calico', 'cilium', 'cnp'] as const;
export type RecommendDialect = (typeof recommendDialects)[number];

const emitters: Readonly<Record<RecommendDialect, Emitter>> = {
  k8s: emitKubernetes,
  calico: emitCalico,
  cilium: emitCilium,
  cnp: emitClusterPolicies,
};

export interface RecommendOptions {
  dialect: RecommendDialect;
  /** Objects that tell labels of workloads, and what stands behind addresses of Services. */
  manifests?: readonly Resource[];
  /** Policies that are watched first, where the dialect has them. */
  staged?: boolean;
  /** Selectors leave out workloads that have more labels, so that nothing but what was seen is allowed. */
  exact?: boolean;
  /** Whether workloads that need the same, and peers of a rule, are told by one selector where it chooses no other that was seen. */
  group?: boolean;
  /** The same, and a namespace stands for all of its workloads: Pods to come are let in too. */
  groupNamespaces?: boolean;
  /** Whether namespaces deny by default, and workloads of the manifests that were not seen may do no more than ask names. */
  defaultDeny?: boolean;
  /** How many addresses that were not seen the ranges of one rule may hold, so that they are fewer; 0 unless said. */
  widening?: number;
}

export interface Recommendation {
  /** One for each workload that was seen; each default deny stands last. */
  policies: readonly JsonObject[];
  /** Connections that no policy was written for, with why. */
  undecided: readonly UndecidedFlow[];
  /** Namespaces that were left without policies. */
  unprotected: readonly string[];
  /**
   * `namespace/name` of workloads of the manifests that were not seen, and of those that have no label that stays: left alone, or
   * denied all but names where namespaces deny by default.
   */
  unseen: readonly string[];
  proof: Proof;
  /** Pairs that the policies of another dialect judge otherwise than those of Kubernetes, by dialect. */
  differences: Readonly<Record<RecommendDialect, readonly Slack[]>>;
  /** What a reader should know: names that the dialect cannot say, and the like. */
  remarks: readonly string[];
}

/**
 * Policies that allow what was seen, proven by the engine: each flow that was kept is allowed, each rule is needed, and all
 * dialects say the same.
 * @throws NetpolError NETPOL_LIMIT for what a dialect cannot hold
 */
export function recommend(flows: readonly ObservedFlow[], options: RecommendOptions): Recommendation {
  const { dialect, manifests = [], staged = false, exact = false } = options;
  const { group = false, groupNamespaces = false, widening = 0, defaultDeny = false } = options;
  const inferred = infer(flows, manifests, { exact, defaultDeny });
  const aggregated = aggregate(inferred.plan, inferred.identities, { group, groupNamespaces, widening });
  const inference = { ...inferred, plan: aggregated };
  const { plan, unprotected, unseen } = inference;
  const hasNames = dialect === 'cilium' || dialect === 'cnp';
  const world = new ProofWorld(inference);
  const enforced = world.prove(emitters[dialect](plan, {}), dialect !== 'cnp');
  const base = dialect === 'k8s' ? enforced.analysis : world.analysisOf(emitKubernetes(plan)).analysis;
  // ClusterNetworkPolicy has no peer for hosts outside that connect to Pods.
  const difference = (other: RecommendDialect) => {
    if (other === 'k8s') return [];
    const { analysis } = other === dialect ? enforced : world.analysisOf(emitters[other](plan, {}));
    return world.differences(base, analysis, other !== 'cnp');
  };
  return {
    policies: emitters[dialect](plan, { staged }),
    undecided: inference.undecided.filter(({ reason }) => reason !== 'only-name' || !hasNames),
    unprotected,
    unseen,
    proof: enforced.proof,
    differences: {
      k8s: [],
      calico: difference('calico'),
      cilium: difference('cilium'),
      cnp: difference('cnp'),
    },
    remarks: remarksOf(inference, dialect),
  };
}

function remarksOf({ plan, chosenToo }: Inference, dialect: RecommendDialect): string[] {
  const peers = plan.workloads.flatMap(({ needs }) => needs.flatMap((need) => need.peers));
  const hosts = peers.flatMap((peer) => (peer.type === 'addresses' ? [peer] : []));
  const seen = firstOf(hosts.flatMap(({ names, cidrs }) => (cidrs.length === 0 ? [] : names)));
  const unseen = firstOf(hosts.flatMap(({ names, cidrs }) => (cidrs.length === 0 ? names : [])));
  const remarks: string[] = [];
  if (chosenToo.length > 0)
    remarks.push(`policies of other workloads choose these too, which were not seen: ${firstOf(chosenToo)}`);
  if (dialect === 'k8s' || dialect === 'calico') {
    if (seen !== '')
      remarks.push(`names of hosts (${seen}) are written as the addresses that were seen, which may change`);
  } else if (unseen !== '')
    remarks.push(
      `hosts of which only the name is known are allowed by it, which the proof says nothing of: ${unseen}`,
    );
  if (dialect === 'cnp')
    remarks.push(
      'ClusterNetworkPolicy cannot speak of hosts outside that connect to Pods: they are not restricted',
    );
  return remarks;
}

/** Names that are shown of many. */
const shown = 3;

function firstOf(names: readonly string[]): string {
  const distinct = [...new Set(names)].sort();
  const more = distinct.length > shown ? ` and ${distinct.length - shown} more` : '';
  return `${distinct.slice(0, shown).join(', ')}${more}`;
}
