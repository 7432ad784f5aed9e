import type { JsonObject } from '@keelson/core';
import { allowPrivilegeEscalation } from './allow-privilege-escalation.ts';
import { appArmorProfile } from './app-armor-profile.ts';
import { capabilitiesBaseline, capabilitiesRestricted } from './capabilities.ts';
import type { CheckVersion, PodSecurityCheck, PodSecurityLevel } from './check.ts';
import { hostNamespaces } from './host-namespaces.ts';
import { hostPorts } from './host-ports.ts';
import { hostProbesAndHostLifecycle } from './host-probes.ts';
import { viewPod } from './pod-view.ts';
import { privileged } from './privileged.ts';
import { procMountBaseline, procMountRestricted } from './proc-mount.ts';
import { runAsNonRoot } from './run-as-non-root.ts';
import { runAsUser } from './run-as-user.ts';
import { seccompProfileBaseline, seccompProfileRestricted } from './seccomp-profile.ts';
import { seLinuxOptions } from './selinux-options.ts';
import { sysctls } from './sysctls.ts';
import { sorted } from './text.ts';
import { minorOf, type PodSecurityVersion } from './version.ts';
import { hostPathVolumes, restrictedVolumes } from './volumes.ts';
import { windowsHostProcess } from './windows-host-process.ts';

/** Every check of the Pod Security Standards. */
export const podSecurityChecks: readonly PodSecurityCheck[] = [
  allowPrivilegeEscalation,
  appArmorProfile,
  capabilitiesBaseline,
  capabilitiesRestricted,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMountBaseline,
  procMountRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seLinuxOptions,
  seccompProfileBaseline,
  seccompProfileRestricted,
  sysctls,
  windowsHostProcess,
];

/** Verdict of one check; `reason` and `detail` are empty when it allows the Pod. */
export interface PodSecurityCheckResult {
  readonly id: string;
  readonly allowed: boolean;
  readonly reason: string;
  readonly detail: string;
}

/** Verdict of a level; the texts are those that the admission plug-in of Kubernetes gives, empty when allowed. */
export interface PodSecurityVerdict {
  readonly allowed: boolean;
  /** Reasons of the denials, joined by `, `. */
  readonly reason: string;
  /** Each reason with its detail in parentheses, joined by `, `. */
  readonly detail: string;
  /** Baseline checks by id, then restricted ones by id. */
  readonly results: readonly PodSecurityCheckResult[];
}

interface PlannedCheck {
  readonly check: CheckVersion['check'];
  readonly allowed: PodSecurityCheckResult;
}

/** The newest minor version at which a check changes; newer Kubernetes is judged by it. */
export const newestPodSecurityMinor = Math.max(
  ...podSecurityChecks.flatMap(({ versions }) => versions.map(({ since }) => since)),
);

const plans: Readonly<Record<PodSecurityLevel, readonly (readonly PlannedCheck[])[]>> = {
  privileged: planAll(() => []),
  baseline: planAll((minor) => plan(minor, false)),
  restricted: planAll((minor) => plan(minor, true)),
};

function planAll(planOf: (minor: number) => PlannedCheck[]): PlannedCheck[][] {
  return Array.from({ length: newestPodSecurityMinor + 1 }, (_, minor) => planOf(minor));
}

/** The checks in force at a minor version: restricted adds its own and leaves out the baseline ones they replace. */
function plan(minor: number, restricted: boolean): PlannedCheck[] {
  const own = restricted ? inForce('restricted', minor) : [];
  const replaced = new Set(own.flatMap(({ version }) => version.replaces ?? []));
  const baseline = inForce('baseline', minor).filter(({ id }) => !replaced.has(id));
  return [...baseline, ...own].map(({ id, version }) => ({
    check: version.check,
    allowed: Object.freeze({ id, allowed: true, reason: '', detail: '' }),
  }));
}

function inForce(level: PodSecurityCheck['level'], minor: number): { id: string; version: CheckVersion }[] {
  const byId = new Map(
    podSecurityChecks.filter((check) => check.level === level).map((check) => [check.id, check]),
  );
  return sorted(byId.keys()).flatMap((id) => {
    const version = byId.get(id)?.versions.findLast(({ since }) => since <= minor);
    return version === undefined ? [] : [{ id, version }];
  });
}

/**
 * Judges a Pod by the Pod Security Standards as the admission plug-in of Kubernetes does.
 *
 * A field of a type that the API server would refuse counts as not set: give templates with
 * `schemaProblems` a schema error instead of a verdict.
 */
export function evaluatePodSecurity(
  level: PodSecurityLevel,
  version: PodSecurityVersion,
  podMetadata: JsonObject,
  podSpec: JsonObject,
): PodSecurityVerdict {
  const minor = Math.min(minorOf(version) ?? newestPodSecurityMinor, newestPodSecurityMinor);
  const pod = viewPod(podMetadata, podSpec);
  const results: PodSecurityCheckResult[] = [];
  let reason = '';
  let detail = '';
  for (const { check, allowed } of plans[level][minor] ?? []) {
    const denial = check(pod);
    if (denial === undefined) {
      results.push(allowed);
      continue;
    }
    results.push({ id: allowed.id, allowed: false, reason: denial.reason, detail: denial.detail });
    const separator = reason === '' ? '' : ', ';
    reason += separator + denial.reason;
    detail += separator + (denial.detail === '' ? denial.reason : `${denial.reason} (${denial.detail})`);
  }
  return { allowed: reason === '', reason, detail, results };
}
