import { judge } from '@keelson/checks';
import { assess, coverageOf } from '@keelson/compliance';
import { SourceText } from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import { loadChecks, loadCheckTexts } from '@keelson/pack-checks';
import { loadFramework } from '@keelson/pack-frameworks';
import { describe, expect, test } from 'vitest';

// Sections 1 to 4 of the CIS benchmark that flags and configuration files show: a component with one wrong setting
// fails the recommendation of that setting and no other, one with none passes its whole section.

const checks = await loadChecks();
const asked = new Set(checks.map(({ id }) => id));
const framework = await loadFramework('cis-1.12');
if (framework === undefined) throw new Error('no CIS');
const coverage = coverageOf(framework, (await loadCheckTexts()).values());

/** Verdicts of a section's recommendations, by number. */
function verdictsOf(text: string, section: string): Map<string, string> {
  const { resources, errors } = readManifestText(new SourceText('a.yaml', text));
  expect(errors).toEqual([]);
  const { violations, statistics } = judge({ resources, dockerfiles: [] }, checks);
  const findings = violations.map(({ check }) => ({ rule: check.id, suppressed: false }));
  const { controls } = assess(framework ?? never(), coverage, { statistics, findings, asked, unread: 0 });
  return new Map(
    controls
      .filter(({ control }) => control.id.startsWith(`${section}.`))
      .map(({ control, verdict }) => [control.id, verdict]),
  );
}

function never(): never {
  throw new Error('no framework');
}

const failing = (text: string, section: string) =>
  [...verdictsOf(text, section)].filter(([, verdict]) => verdict === 'fail').map(([id]) => id);
const notPassing = (text: string, section: string) =>
  [...verdictsOf(text, section)].filter(([, verdict]) => verdict !== 'pass').map(([id]) => id);

type Flags = Readonly<Record<string, string | undefined>>;

/** The static Pod of a component with these flags. */
function staticPod(name: string, flags: Flags): string {
  const command = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}=${value}`],
  );
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'kube-system' },
    spec: {
      hostNetwork: true,
      containers: [{ name, image: `registry.k8s.io/${name}:v1.33.2`, command: [name, ...command] }],
    },
  });
}

const suites = 'TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384';
const pki = '/etc/kubernetes/pki';

const apiServer: Flags = {
  'anonymous-auth': 'false',
  'enable-admission-plugins': 'NodeRestriction,EventRateLimit,AlwaysPullImages,DenyServiceExternalIPs',
  'admission-control-config-file': '/etc/kubernetes/admission.yaml',
  'kubelet-client-certificate': `${pki}/kubelet-client.crt`,
  'kubelet-client-key': `${pki}/kubelet-client.key`,
  'kubelet-certificate-authority': `${pki}/ca.crt`,
  'authorization-mode': 'Node,RBAC',
  profiling: 'false',
  'audit-policy-file': '/etc/kubernetes/audit.yaml',
  'audit-log-path': '/var/log/audit.log',
  'audit-log-maxage': '30',
  'audit-log-maxbackup': '10',
  'audit-log-maxsize': '100',
  'request-timeout': '60s',
  'service-account-lookup': 'true',
  'service-account-key-file': `${pki}/sa.pub`,
  'etcd-certfile': `${pki}/etcd-client.crt`,
  'etcd-keyfile': `${pki}/etcd-client.key`,
  'etcd-cafile': `${pki}/etcd/ca.crt`,
  'etcd-servers': 'https://127.0.0.1:2379',
  'tls-cert-file': `${pki}/apiserver.crt`,
  'tls-private-key-file': `${pki}/apiserver.key`,
  'client-ca-file': `${pki}/ca.crt`,
  'encryption-provider-config': '/etc/kubernetes/encryption.yaml',
  'tls-cipher-suites': suites,
  'service-account-extend-token-expiration': 'false',
};

const encryption = (provider: object) =>
  JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: ['secrets'], providers: [provider, { identity: {} }] }],
  });
const secretbox = encryption({ secretbox: { keys: [{ name: 'a', secret: 'AAAA' }] } });

describe('1.2 API server', () => {
  const withFlags = (flags: Flags) =>
    [staticPod('kube-apiserver', { ...apiServer, ...flags }), secretbox].join('\n---\n');
  const plugins = (without: string, more = '') => ({
    'enable-admission-plugins':
      (apiServer['enable-admission-plugins'] ?? '')
        .split(',')
        .filter((plugin) => plugin !== without)
        .join(',') + more,
  });

  test('as recommended', () => {
    expect(notPassing(withFlags({}), '1.2')).toEqual([]);
  });

  test.each<[string, Flags]>([
    ['1.2.1', { 'anonymous-auth': 'true' }],
    ['1.2.1', { 'anonymous-auth': undefined }],
    ['1.2.2', { 'token-auth-file': '/etc/kubernetes/tokens.csv' }],
    ['1.2.3', plugins('DenyServiceExternalIPs')],
    ['1.2.4', { 'kubelet-client-certificate': undefined, 'kubelet-client-key': undefined }],
    ['1.2.5', { 'kubelet-certificate-authority': undefined }],
    ['1.2.6', { 'authorization-mode': 'Node,RBAC,AlwaysAllow' }],
    ['1.2.7', { 'authorization-mode': 'RBAC' }],
    ['1.2.8', { 'authorization-mode': 'Node' }],
    ['1.2.9', plugins('EventRateLimit')],
    ['1.2.10', plugins('', ',AlwaysAdmit')],
    ['1.2.11', plugins('AlwaysPullImages')],
    ['1.2.12', { 'disable-admission-plugins': 'ServiceAccount' }],
    ['1.2.13', { 'disable-admission-plugins': 'NamespaceLifecycle' }],
    ['1.2.14', plugins('NodeRestriction')],
    ['1.2.15', { profiling: 'true' }],
    ['1.2.15', { profiling: undefined }],
    ['1.2.17', { 'audit-log-maxage': '7' }],
    ['1.2.18', { 'audit-log-maxbackup': '1' }],
    ['1.2.19', { 'audit-log-maxsize': '10' }],
    ['1.2.21', { 'service-account-lookup': 'false' }],
    ['1.2.22', { 'service-account-key-file': undefined }],
    ['1.2.23', { 'etcd-certfile': undefined, 'etcd-keyfile': undefined }],
    ['1.2.24', { 'tls-cert-file': undefined, 'tls-private-key-file': undefined }],
    ['1.2.25', { 'client-ca-file': undefined }],
    ['1.2.26', { 'etcd-cafile': undefined }],
    ['1.2.27', { 'encryption-provider-config': undefined }],
    ['1.2.29', { 'tls-cipher-suites': 'TLS_RSA_WITH_RC4_128_SHA' }],
    ['1.2.30', { 'service-account-extend-token-expiration': 'true' }],
  ])('%s: %j', (id, flags) => {
    expect(failing(withFlags(flags), '1.2')).toEqual([id]);
  });

  test('1.2.16: without an audit log nothing is said of its rotation', () => {
    const none = { 'audit-log-path': undefined };
    expect(failing(withFlags(none), '1.2')).toContain('1.2.16');
  });

  test('1.2.28: identity first', () => {
    const text = [staticPod('kube-apiserver', apiServer), encryption({ identity: {} })].join('\n---\n');
    expect(failing(text, '1.2')).toEqual(['1.2.28']);
  });
});

const controllerManager: Flags = {
  'terminated-pod-gc-threshold': '1000',
  profiling: 'false',
  'use-service-account-credentials': 'true',
  'service-account-private-key-file': `${pki}/sa.key`,
  'root-ca-file': `${pki}/ca.crt`,
  'bind-address': '127.0.0.1',
};
const scheduler: Flags = { profiling: 'false', 'bind-address': '127.0.0.1' };
const etcd: Flags = {
  'cert-file': `${pki}/etcd/server.crt`,
  'key-file': `${pki}/etcd/server.key`,
  'client-cert-auth': 'true',
  'peer-cert-file': `${pki}/etcd/peer.crt`,
  'peer-key-file': `${pki}/etcd/peer.key`,
  'peer-client-cert-auth': 'true',
  'trusted-ca-file': `${pki}/etcd/ca.crt`,
};

describe.each([
  [
    '1.3',
    'kube-controller-manager',
    controllerManager,
    [
      ['1.3.1', { 'terminated-pod-gc-threshold': undefined }],
      ['1.3.2', { profiling: 'true' }],
      ['1.3.3', { 'use-service-account-credentials': 'false' }],
      ['1.3.4', { 'service-account-private-key-file': undefined }],
      ['1.3.5', { 'root-ca-file': undefined }],
      ['1.3.6', { 'feature-gates': 'RotateKubeletServerCertificate=false' }],
      ['1.3.7', { 'bind-address': '0.0.0.0' }],
    ],
  ],
  [
    '1.4',
    'kube-scheduler',
    scheduler,
    [
      ['1.4.1', { profiling: undefined }],
      ['1.4.2', { 'bind-address': '0.0.0.0' }],
    ],
  ],
  [
    '2',
    'etcd',
    etcd,
    [
      ['2.1', { 'cert-file': undefined, 'key-file': undefined }],
      ['2.2', { 'client-cert-auth': 'false' }],
      ['2.3', { 'auto-tls': 'true' }],
      ['2.4', { 'peer-cert-file': undefined, 'peer-key-file': undefined }],
      ['2.5', { 'peer-client-cert-auth': 'false' }],
      ['2.6', { 'peer-auto-tls': 'true' }],
    ],
  ],
] as [string, string, Flags, [string, Flags][]][])('%s %s', (section, name, flags, faults) => {
  test('as recommended', () => {
    // Whether the CA of etcd is one of its own is for a person: files are not compared.
    expect(notPassing(staticPod(name, flags), section).filter((id) => id !== '2.7')).toEqual([]);
  });

  test.each(faults)('%s: %j', (id, change) => {
    expect(failing(staticPod(name, { ...flags, ...change }), section)).toEqual([id]);
  });
});

describe('4.2 kubelet', () => {
  const configuration = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, x509: { clientCAFile: `${pki}/ca.crt` } },
    authorization: { mode: 'Webhook' },
    readOnlyPort: 0,
    streamingConnectionIdleTimeout: '5m',
    makeIPTablesUtilChains: true,
    eventRecordQPS: 50,
    tlsCertFile: '/var/lib/kubelet/pki/kubelet.crt',
    tlsPrivateKeyFile: '/var/lib/kubelet/pki/kubelet.key',
    rotateCertificates: true,
    tlsCipherSuites: suites.split(','),
    podPidsLimit: 1024,
    seccompDefault: true,
  };
  const withSettings = (change: object) => JSON.stringify({ ...configuration, ...change });

  test('as recommended', () => {
    expect(notPassing(withSettings({}), '4.2')).toEqual([]);
  });

  test.each<[string, object]>([
    ['4.2.1', { authentication: { ...configuration.authentication, anonymous: { enabled: true } } }],
    ['4.2.2', { authorization: { mode: 'AlwaysAllow' } }],
    ['4.2.3', { authentication: { anonymous: { enabled: false } } }],
    ['4.2.4', { readOnlyPort: 10255 }],
    ['4.2.5', { streamingConnectionIdleTimeout: '0' }],
    ['4.2.6', { makeIPTablesUtilChains: false }],
    ['4.2.8', { eventRecordQPS: 5 }],
    ['4.2.9', { tlsCertFile: undefined, tlsPrivateKeyFile: undefined }],
    ['4.2.10', { rotateCertificates: false }],
    ['4.2.11', { featureGates: { RotateKubeletServerCertificate: false } }],
    ['4.2.12', { tlsCipherSuites: ['TLS_RSA_WITH_RC4_128_SHA'] }],
    ['4.2.13', { podPidsLimit: -1 }],
    ['4.2.14', { seccompDefault: false }],
  ])('%s: %j', (id, change) => {
    expect(failing(withSettings(change), '4.2')).toEqual([id]);
  });
});
