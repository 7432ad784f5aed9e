import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import type { AdmissionAction } from './form.ts';
import { annotationsOf, labelsOf, notByRoleWriters, validationsOf, variablesField } from './metadata.ts';
import type { AdmissionPolicy } from './policy.ts';

/**
 * A ConstraintTemplate with Gatekeeper's CEL engine and a constraint of it. The check's settings are the
 * constraint's parameters, so that they can be changed in the cluster.
 */
export function gatekeeperTemplate(policy: AdmissionPolicy): JsonObject[] {
  const { definition, params, exemptNamespaces } = policy;
  const kind = `Keelson${definition.id.split('-').map(capitalised).join('')}`;
  const hasParams = Object.keys(params).length > 0;
  return [
    {
      apiVersion: 'templates.gatekeeper.sh/v1',
      kind: 'ConstraintTemplate',
      metadata: {
        name: kind.toLowerCase(),
        labels: labelsOf(),
        annotations: {
          'metadata.gatekeeper.sh/title': definition.title,
          ...(definition.why === '' ? {} : { description: definition.why }),
          ...annotationsOf(policy),
        },
      },
      spec: {
        crd: {
          spec: {
            names: { kind },
            ...(hasParams ? { validation: { openAPIV3Schema: schemaOf(params) } } : {}),
          },
        },
        targets: [
          {
            target: 'admission.k8s.gatekeeper.sh',
            code: [{ engine: 'K8sNativeValidation', source: sourceOf(policy) }],
          },
        ],
      },
    },
    {
      apiVersion: 'constraints.gatekeeper.sh/v1beta1',
      kind,
      metadata: { name: `keelson-${definition.id}`, labels: labelsOf() },
      spec: {
        enforcementAction: enforcementAction(policy.actions),
        match: {
          kinds: kindsOf(policy),
          ...(exemptNamespaces.length === 0 ? {} : { excludedNamespaces: [...exemptNamespaces] }),
        },
        ...(hasParams ? { parameters: params } : {}),
      },
    },
  ];
}

function sourceOf(policy: AdmissionPolicy): JsonObject {
  return {
    failurePolicy: 'Fail',
    // Gatekeeper may be asked about DELETE too, where there is no object. The field's name is in the singular.
    matchCondition: [
      { name: 'is-written', expression: 'object != null && !has(object.metadata.deletionTimestamp)' },
      ...notByRoleWriters(policy),
    ],
    ...variablesField(policy),
    validations: validationsOf(policy),
  };
}

/** Kinds by group. */
function kindsOf({ target }: AdmissionPolicy): JsonObject[] {
  const groups = Map.groupBy(target.kinds, ({ group }) => group);
  return [...groups].map(([group, kinds]) => ({ apiGroups: [group], kinds: kinds.map(({ kind }) => kind) }));
}

/** Gatekeeper audits whatever the action is. */
function enforcementAction(actions: readonly AdmissionAction[]): string {
  if (actions.includes('Deny')) return 'deny';
  return actions.includes('Warn') ? 'warn' : 'dryrun';
}

/** A structural schema that the value meets; of lists the first item decides, as settings are lists of one type. */
function schemaOf(value: JsonValue): JsonObject {
  if (Array.isArray(value)) {
    const [first] = value;
    return { type: 'array', items: schemaOf(first ?? '') };
  }
  if (isObject(value)) {
    const keys = Object.keys(value);
    return {
      type: 'object',
      properties: Object.fromEntries(keys.map((key) => [key, schemaOf(value[key] ?? '')])),
    };
  }
  if (typeof value === 'boolean' || typeof value === 'string') return { type: typeof value };
  return { type: Number.isInteger(Number(value)) ? 'integer' : 'number' };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
