import type { CheckVersion, PodSecurityCheck } from './check.ts';
import { objectsOf, stringAt } from './pod-view.ts';

// Restricted fields: securityContext.sysctls[*].name of the Pod. Safe sysctls are those that a namespace keeps
// to the Pod; Kubernetes has added to the list at these minor versions.
const allowedSince: readonly (readonly [since: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [37, ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
];

function versionOf(since: number): CheckVersion {
  const allowed = new Set(allowedSince.filter(([from]) => from <= since).flatMap(([, names]) => names));
  return {
    since,
    check: ({ securityContext }) => {
      const names = objectsOf(securityContext?.['sysctls']).map((sysctl) => stringAt(sysctl, 'name'));
      const forbidden = names.filter((name) => !allowed.has(name));
      return forbidden.length === 0
        ? undefined
        : { reason: 'forbidden sysctls', detail: forbidden.join(', ') };
    },
  };
}

export const sysctls: PodSecurityCheck = {
  id: 'sysctls',
  level: 'baseline',
  versions: allowedSince.map(([since]) => versionOf(since)),
};
