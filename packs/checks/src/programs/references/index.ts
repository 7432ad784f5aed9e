import type { Programs } from '@keelson/checks';
import { deprecatedApiVersion, removedApiVersion } from './api-versions.ts';
import {
  danglingAutoscaler,
  danglingDisruptionBudget,
  danglingGatewayBackend,
  danglingIngressBackend,
  danglingMonitor,
  danglingOpenshiftRoute,
  ingressPortMissing,
} from './backends.ts';
import { envoyAdminOpen } from './envoy-admin.ts';
import {
  ingressNginxSnippetsAllowed,
  sensitiveInterfaceExposed,
  serviceExposesSsh,
  tillerDeployed,
  tillerService,
  workloadExposedByIngress,
  workloadExposedByMesh,
  workloadExposedByRoute,
  workloadExposedByService,
} from './exposure.ts';
import {
  defaultNamespace,
  namespaceWithoutLimitRange,
  namespaceWithoutResourceQuota,
  systemNamespace,
} from './namespaces.ts';
import {
  namespaceWithoutNetworkPolicy,
  podWithoutEgressPolicy,
  podWithoutIngressPolicy,
} from './network-policies.ts';
import { schemaProblem } from './schema.ts';
import {
  danglingService,
  serviceNamedPortMissing,
  servicePortUndeclared,
  statefulSetService,
} from './services.ts';
import {
  missingConfigMapKey,
  missingSecretKey,
  missingServiceAccount,
  selectorMismatch,
  sharedServiceAccount,
  volumeWithoutEncryption,
} from './workload-references.ts';

export const referencePrograms: Programs = {
  'dangling-autoscaler': danglingAutoscaler,
  'dangling-disruption-budget': danglingDisruptionBudget,
  'dangling-gateway-backend': danglingGatewayBackend,
  'dangling-ingress-backend': danglingIngressBackend,
  'dangling-monitor': danglingMonitor,
  'dangling-openshift-route': danglingOpenshiftRoute,
  'dangling-service': danglingService,
  'default-namespace': defaultNamespace,
  'deprecated-api-version': deprecatedApiVersion,
  'envoy-admin-open': envoyAdminOpen,
  'ingress-nginx-snippets-allowed': ingressNginxSnippetsAllowed,
  'ingress-port-missing': ingressPortMissing,
  'missing-config-map-key': missingConfigMapKey,
  'missing-secret-key': missingSecretKey,
  'missing-service-account': missingServiceAccount,
  'namespace-without-limit-range': namespaceWithoutLimitRange,
  'network/namespace-without-network-policy': namespaceWithoutNetworkPolicy,
  'namespace-without-resource-quota': namespaceWithoutResourceQuota,
  'network/pod-without-egress-policy': podWithoutEgressPolicy,
  'network/pod-without-ingress-policy': podWithoutIngressPolicy,
  'removed-api-version': removedApiVersion,
  'schema-problem': schemaProblem,
  'selector-mismatch': selectorMismatch,
  'sensitive-interface-exposed': sensitiveInterfaceExposed,
  'service-exposes-ssh': serviceExposesSsh,
  'service-named-port-missing': serviceNamedPortMissing,
  'service-port-undeclared': servicePortUndeclared,
  'shared-service-account': sharedServiceAccount,
  'stateful-set-service': statefulSetService,
  'system-namespace': systemNamespace,
  'tiller-deployed': tillerDeployed,
  'tiller-service': tillerService,
  'volume-without-encryption': volumeWithoutEncryption,
  'workload-exposed-by-ingress': workloadExposedByIngress,
  'workload-exposed-by-mesh': workloadExposedByMesh,
  'workload-exposed-by-route': workloadExposedByRoute,
  'workload-exposed-by-service': workloadExposedByService,
};
