import { isObject, type JsonObject, type Path } from '@keelson/core';
import type { ComponentName } from './component-tables.ts';

/** Extra flags that a kubeadm document gives to one component. */
export interface KubeadmComponent {
  readonly name: ComponentName;
  /** Where `extraArgs` stands or would stand. */
  readonly path: Path;
  /** Flags that kubeadm itself writes into the manifest; `extraArgs` override them. */
  readonly defaults: Readonly<Record<string, string>>;
}

const pki = '/etc/kubernetes/pki';

/** What kubeadm writes into the static Pods, as far as it bears on security (kubeadm implementation details). */
const defaults: Readonly<
  Record<'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'etcd', Record<string, string>>
> = {
  'kube-apiserver': {
    'allow-privileged': 'true',
    'authorization-mode': 'Node,RBAC',
    'client-ca-file': `${pki}/ca.crt`,
    'enable-admission-plugins': 'NodeRestriction',
    'enable-bootstrap-token-auth': 'true',
    'etcd-cafile': `${pki}/etcd/ca.crt`,
    'etcd-certfile': `${pki}/apiserver-etcd-client.crt`,
    'etcd-keyfile': `${pki}/apiserver-etcd-client.key`,
    'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
    'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`,
    'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
    'secure-port': '6443',
    'service-account-key-file': `${pki}/sa.pub`,
    'service-account-signing-key-file': `${pki}/sa.key`,
    'tls-cert-file': `${pki}/apiserver.crt`,
    'tls-private-key-file': `${pki}/apiserver.key`,
  },
  'kube-controller-manager': {
    'bind-address': '127.0.0.1',
    'client-ca-file': `${pki}/ca.crt`,
    'root-ca-file': `${pki}/ca.crt`,
    'service-account-private-key-file': `${pki}/sa.key`,
    'use-service-account-credentials': 'true',
  },
  'kube-scheduler': { 'bind-address': '127.0.0.1', kubeconfig: '/etc/kubernetes/scheduler.conf' },
  etcd: {
    'cert-file': `${pki}/etcd/server.crt`,
    'key-file': `${pki}/etcd/server.key`,
    'client-cert-auth': 'true',
    'trusted-ca-file': `${pki}/etcd/ca.crt`,
    'peer-cert-file': `${pki}/etcd/peer.crt`,
    'peer-key-file': `${pki}/etcd/peer.key`,
    'peer-client-cert-auth': 'true',
    'peer-trusted-ca-file': `${pki}/etcd/ca.crt`,
  },
};

/** The components that a kubeadm `ClusterConfiguration`, `InitConfiguration` or `JoinConfiguration` sets flags of. */
export function kubeadmComponents(document: JsonObject): KubeadmComponent[] {
  switch (document['kind']) {
    case 'ClusterConfiguration':
      return clusterComponents(document);
    case 'InitConfiguration':
    case 'JoinConfiguration':
      // Judged only where flags are given: the kubelet's settings are in its own configuration document.
      return [{ name: 'kubelet', path: ['nodeRegistration', 'kubeletExtraArgs'], defaults: {} }];
    default:
      return [];
  }
}

function clusterComponents(document: JsonObject): KubeadmComponent[] {
  const etcd = document['etcd'];
  const external = isObject(etcd) && isObject(etcd['external']) ? etcd['external'] : undefined;
  const components: KubeadmComponent[] = [
    { name: 'kube-apiserver', path: ['apiServer', 'extraArgs'], defaults: apiServerDefaults(external) },
    {
      name: 'kube-controller-manager',
      path: ['controllerManager', 'extraArgs'],
      defaults: defaults['kube-controller-manager'],
    },
    { name: 'kube-scheduler', path: ['scheduler', 'extraArgs'], defaults: defaults['kube-scheduler'] },
  ];
  if (external === undefined) {
    components.push({ name: 'etcd', path: ['etcd', 'local', 'extraArgs'], defaults: defaults.etcd });
  }
  return components;
}

/** With an external etcd the API server gets the files that the document names, and none it does not. */
function apiServerDefaults(external: JsonObject | undefined): Record<string, string> {
  const flags = { ...defaults['kube-apiserver'] };
  if (external === undefined) return flags;
  for (const [flag, field] of [
    ['etcd-cafile', 'caFile'],
    ['etcd-certfile', 'certFile'],
    ['etcd-keyfile', 'keyFile'],
  ] as const) {
    const value = external[field];
    if (typeof value === 'string' && value !== '') flags[flag] = value;
    else delete flags[flag];
  }
  return flags;
}
