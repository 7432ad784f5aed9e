import type { JsonObject } from '@keelson/core';
import {
  annotationsOf,
  labelsOf,
  matchConditions,
  namespaceSelector,
  resourceRules,
  validationsOf,
  variablesField,
} from './metadata.ts';
import type { AdmissionPolicy } from './policy.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';
/** Names of policies that are files end so (KEP-5793), names of others may not. */
const staticSuffix = '.static.k8s.io';

/** A ValidatingAdmissionPolicy and the binding that puts it into force. */
export function validatingAdmissionPolicy(policy: AdmissionPolicy, isStatic: boolean): JsonObject[] {
  const name = `keelson-${policy.definition.id}${isStatic ? staticSuffix : ''}`;
  const selector = namespaceSelector(policy);
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, labels: labelsOf(), annotations: annotationsOf(policy) },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: resourceRules(policy) },
        matchConditions: matchConditions(policy),
        ...variablesField(policy),
        validations: validationsOf(policy),
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name, labels: labelsOf() },
      spec: {
        policyName: name,
        validationActions: [...policy.actions],
        ...(Object.keys(selector).length === 0 ? {} : { matchResources: selector }),
      },
    },
  ];
}

/**
 * The file for `kube-apiserver --admission-control-config-file` that leads to policies written as
 * `static-admission`. `directory` is an absolute path on the control plane's node that holds those files and
 * nothing else.
 */
export function staticAdmissionConfiguration(directory: string): JsonObject {
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [
      {
        name: 'ValidatingAdmissionPolicy',
        configuration: {
          apiVersion: 'apiserver.config.k8s.io/v1',
          kind: 'ValidatingAdmissionPolicyConfiguration',
          staticManifestsDir: directory,
        },
      },
    ],
  };
}
