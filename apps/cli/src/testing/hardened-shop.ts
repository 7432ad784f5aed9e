/** What to change of a hardened Pod; undefined takes a field away. */
export interface PodChange {
  namespace?: string;
  pod?: object;
  podContext?: object;
  container?: object;
  context?: object;
}

/** A Pod that keeps to every standard, with the changes. */
export function hardenedPod({ namespace = 'shop', pod, podContext, container, context }: PodChange): string {
  const resources = { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace, labels: { 'app.kubernetes.io/name': 'web' } },
    spec: {
      serviceAccountName: 'web',
      automountServiceAccountToken: false,
      hostUsers: false,
      priorityClassName: 'shop',
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
        appArmorProfile: { type: 'RuntimeDefault' },
        ...podContext,
      },
      containers: [
        {
          name: 'web',
          image: `registry.example.com/web@sha256:${'a'.repeat(64)}`,
          imagePullPolicy: 'Always',
          resources: { limits: resources, requests: resources },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
            ...context,
          },
          ...container,
        },
      ],
      ...pod,
    },
  });
}

/** What stands beside the Pod: its account, and a policy that denies all traffic. */
export const restOfTheShop: readonly string[] = [
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'web', namespace: 'shop' },
    automountServiceAccountToken: false,
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'deny', namespace: 'shop' },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  },
].map((object) => JSON.stringify(object));

/** A ClusterRole with one right. */
export function roleWith(apiGroup: string, resource: string, verb: string): string {
  return JSON.stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'role' },
    rules: [{ apiGroups: [apiGroup], resources: [resource], verbs: [verb] }],
  });
}
