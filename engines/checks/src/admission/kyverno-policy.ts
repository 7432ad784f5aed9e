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

/** A ValidatingPolicy of Kyverno, which needs no binding. */
export function kyvernoPolicy(policy: AdmissionPolicy): JsonObject {
  const { id, title, severity, category, why } = policy.definition;
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ValidatingPolicy',
    metadata: {
      name: `keelson-${id}`,
      labels: labelsOf(),
      annotations: {
        'policies.kyverno.io/title': title,
        'policies.kyverno.io/category': category,
        'policies.kyverno.io/severity': severity,
        'policies.kyverno.io/subject': policy.target.kinds.map(({ kind }) => kind).join(','),
        ...(why === '' ? {} : { 'policies.kyverno.io/description': why }),
        ...annotationsOf(policy),
      },
    },
    spec: {
      validationActions: [...policy.actions],
      failurePolicy: 'Fail',
      evaluation: { admission: { enabled: true }, background: { enabled: true } },
      // Every kind that makes Pods is matched here already.
      autogen: { podControllers: { controllers: [] } },
      matchConstraints: { ...namespaceSelector(policy), resourceRules: resourceRules(policy) },
      matchConditions: matchConditions(policy),
      ...variablesField(policy),
      validations: validationsOf(policy),
    },
  };
}
