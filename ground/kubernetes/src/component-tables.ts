/** Programs of a cluster whose settings checks and hardening read. */
export const componentNames = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
  'kubelet',
  'kube-proxy',
] as const;
export type ComponentName = (typeof componentNames)[number];

/** Flags that need no value: a word after them is not theirs (pflag, `NoOptDefVal`). */
export const booleanFlags: ReadonlySet<string> = new Set(
  `allow-privileged anonymous-auth audit-log-compress auto-tls peer-auto-tls client-cert-auth peer-client-cert-auth
   authentication-token-webhook contention-profiling enable-aggregator-routing
   enable-bootstrap-token-auth enable-controller-attach-detach enable-debugging-handlers enable-garbage-collector
   enable-server fail-swap-on keep-terminated-pod-volumes kubelet-https leader-elect
   make-iptables-util-chains profiling protect-kernel-defaults register-node rotate-certificates
   rotate-server-certificates runonce seccomp-default serialize-image-pulls service-account-extend-token-expiration
   service-account-lookup use-service-account-credentials watch-cache
   authentication-skip-lookup authentication-tolerate-lookup-failure allocate-node-cidrs configure-cloud-routes
   enable-dynamic-provisioning enable-hostpath-provisioner enable-pprof force-new-cluster enable-v2 strict-reconfig-check
   pre-vote experimental-initial-corrupt-check experimental-peer-skip-client-san-verification
   masquerade-all cleanup kernel-memcg-notification docker-only version help logtostderr alsologtostderr
   debug`.split(/\s+/),
);

/** Flags whose occurrences add up. */
export const listFlags: ReadonlySet<string> = new Set(
  `admission-control enable-admission-plugins disable-admission-plugins authorization-mode tls-cipher-suites cipher-suites
   feature-gates service-account-key-file service-account-issuer api-audiences etcd-servers controllers
   runtime-config allowed-unsafe-sysctls tls-sni-cert-key`.split(/\s+/),
);

/** How a field of a configuration file is written. */
export type SettingType = 'boolean' | 'number' | 'string' | 'list' | 'map';

export interface ConfigurationField {
  readonly path: readonly string[];
  readonly type: SettingType;
}

function fields(table: string): ReadonlyMap<string, ConfigurationField> {
  const types: Readonly<Record<string, SettingType>> = {
    b: 'boolean',
    n: 'number',
    s: 'string',
    l: 'list',
    m: 'map',
  };
  return new Map(
    table
      .trim()
      .split('\n')
      .map((line) => {
        const [flag = '', type = '', path = ''] = line.trim().split(/\s+/);
        return [flag, { path: path.split('.'), type: types[type] ?? 'string' }] as const;
      }),
  );
}

/** The configuration kinds that say what flags say (`<component>.config.k8s.io`): field by flag. */
export const configurationFields: Readonly<
  Record<string, { component: ComponentName; fields: ReadonlyMap<string, ConfigurationField> }>
> = {
  KubeletConfiguration: {
    component: 'kubelet',
    fields: fields(`
      address                            s address
      port                               n port
      read-only-port                     n readOnlyPort
      anonymous-auth                     b authentication.anonymous.enabled
      authentication-token-webhook       b authentication.webhook.enabled
      client-ca-file                     s authentication.x509.clientCAFile
      authorization-mode                 s authorization.mode
      tls-cert-file                      s tlsCertFile
      tls-private-key-file               s tlsPrivateKeyFile
      tls-cipher-suites                  l tlsCipherSuites
      tls-min-version                    s tlsMinVersion
      rotate-certificates                b rotateCertificates
      rotate-server-certificates         b serverTLSBootstrap
      streaming-connection-idle-timeout  s streamingConnectionIdleTimeout
      protect-kernel-defaults            b protectKernelDefaults
      make-iptables-util-chains          b makeIPTablesUtilChains
      event-qps                          n eventRecordQPS
      event-burst                        n eventBurst
      pod-max-pids                       n podPidsLimit
      seccomp-default                    b seccompDefault
      enable-debugging-handlers          b enableDebuggingHandlers
      allowed-unsafe-sysctls             l allowedUnsafeSysctls
      feature-gates                      m featureGates
      pod-manifest-path                  s staticPodPath
      manifest-url                       s staticPodURL
      fail-swap-on                       b failSwapOn
      healthz-bind-address               s healthzBindAddress`),
  },
  KubeSchedulerConfiguration: {
    component: 'kube-scheduler',
    fields: fields(`
      profiling             b enableProfiling
      contention-profiling  b enableContentionProfiling`),
  },
  KubeProxyConfiguration: {
    component: 'kube-proxy',
    fields: fields(`
      bind-address          s bindAddress
      metrics-bind-address  s metricsBindAddress
      healthz-bind-address  s healthzBindAddress
      proxy-mode            s mode
      profiling             b enableProfiling
      hostname-override     s hostnameOverride
      feature-gates         m featureGates`),
  },
};
