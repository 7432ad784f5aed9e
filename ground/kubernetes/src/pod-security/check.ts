import type { PodView } from './pod-view.ts';

/** Levels of the Pod Security Standards, from loose to strict. */
export const podSecurityLevels = ['privileged', 'baseline', 'restricted'] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

/** Why a check denies a Pod: a short word, and the values and containers at fault. */
export interface Denial {
  readonly reason: string;
  readonly detail: string;
}

/** One wording of a check, in force from a minor version of Kubernetes on. */
export interface CheckVersion {
  /** Minor version; the check does not exist before its first one. */
  readonly since: number;
  /** Baseline checks that this restricted one stands in for. */
  readonly replaces?: readonly string[];
  /** Undefined allows the Pod. */
  readonly check: (pod: PodView) => Denial | undefined;
}

/** A check of the Pod Security Standards; `versions` are in rising order. */
export interface PodSecurityCheck {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  readonly versions: readonly CheckVersion[];
}

type Judge = CheckVersion['check'];

/** From 1.25 on some checks let Windows Pods through: the API refuses the Linux-only fields there. */
export function exceptWindows(check: Judge): Judge {
  return (pod) => (pod.os === 'windows' ? undefined : check(pod));
}

/** From 1.35 on some checks relax for Pods in a user namespace of their own (KEP-127). */
export function exceptUserNamespace(check: Judge): Judge {
  return (pod) => (pod.hostUsers === false ? undefined : check(pod));
}
