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

/** The minor release of Kubernetes 1 that reads policies from files. */
const staticMinor = 36;

/** A ValidatingAdmissionPolicy and the binding that puts it into force. */
export function validatingAdmissionPolicy(policy: AdmissionPolicy, isStatic: boolean): JsonObject[] {
  const name = `keelson-${policy.definition.id}${isStatic ? staticSuffix : ''}`;
  const selector = namespaceSelector(policy);
  const minor = Math.max(policy.expressions.minimumMinor, isStatic ? staticMinor : 0);
  const annotations = { ...annotationsOf(policy), 'keelson.dev/minimum-kubernetes': `1.${minor}` };
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, labels: labelsOf(), annotations },
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
