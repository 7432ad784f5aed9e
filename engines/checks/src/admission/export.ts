import { type JsonObject, objectOf } from '@keelson/core';
import {
  type AdmissionForm,
  defaultAdmissionActions,
  defaultExemptNamespaces,
  type ExportableCheck,
  type ExportOptions,
  type ExportRefusal,
  type PolicyExport,
} from './form.ts';
import { gatekeeperTemplate } from './gatekeeper-template.ts';
import { kyvernoPolicy } from './kyverno-policy.ts';
import { type AdmissionPolicy, policyParts } from './policy.ts';
import { validatingAdmissionPolicy } from './validating-admission-policy.ts';
import type { ExpressionContext } from './variables.ts';

/**
 * Writes checks as admission policies: plain objects with their keys in the order in which people write them.
 * A check that cannot be one is refused with the reason; it costs the others nothing.
 */
export function exportPolicies(
  definitions: readonly ExportableCheck[],
  options: ExportOptions,
): PolicyExport {
  const { as: form, settings = {}, exemptNamespaces = defaultExemptNamespaces } = options;
  const actions = { ...defaultAdmissionActions, ...options.actions };
  const objects: JsonObject[] = [];
  const refused: ExportRefusal[] = [];
  for (const definition of definitions) {
    const { id, severity } = definition;
    const own = Object.hasOwn(settings, id) ? settings[id] : undefined;
    const params = objectOf([...Object.entries(definition.params ?? {}), ...Object.entries(own ?? {})]);
    const parts = policyParts(definition, form, contextOf(form, params));
    if (typeof parts === 'string') refused.push({ id, reason: parts });
    else
      objects.push(
        ...write(form, { definition, params, ...parts, actions: actions[severity], exemptNamespaces }),
      );
  }
  return { objects, refused, notes: objects.length === 0 ? [] : notesOf(form, exemptNamespaces) };
}

/** `dyn` keeps the API server from warning of fields that another of the matched kinds does not have. */
function contextOf(form: AdmissionForm, params: JsonObject): ExpressionContext {
  if (form !== 'gatekeeper') return { object: 'dyn(object)', params, doubles: form === 'kyverno' };
  return { object: '', objectName: 'variables.anyObject', params: 'variables.params' };
}

function write(form: AdmissionForm, policy: AdmissionPolicy): JsonObject[] {
  switch (form) {
    case 'vap':
      return validatingAdmissionPolicy(policy, false);
    case 'static-admission':
      return validatingAdmissionPolicy(policy, true);
    case 'kyverno':
      return [kyvernoPolicy(policy)];
    case 'gatekeeper':
      return gatekeeperTemplate(policy);
  }
}

const placing: Readonly<Record<AdmissionForm, readonly string[]>> = {
  vap: [
    'Needs Kubernetes 1.30 or later, or what the annotation keelson.dev/minimum-kubernetes of a policy says.',
  ],
  'static-admission': [
    'Needs Kubernetes 1.36 or later with the feature gate ManifestBasedAdmissionControlConfig.',
    'Put the files alone into one directory of every control plane node, under an absolute path, as .yaml, .yml or .json.',
    'Name that directory as staticManifestsDir of the plugin ValidatingAdmissionPolicy in the file of kube-apiserver --admission-control-config-file.',
  ],
  kyverno: ['Needs Kyverno 1.17 or later, which serves policies.kyverno.io/v1.'],
  gatekeeper: [
    'Needs Gatekeeper 3.18 or later, whose CEL engine K8sNativeValidation is on by default.',
    'Apply the templates first: the kinds of the constraints exist when Gatekeeper has read them.',
  ],
};

function notesOf(form: AdmissionForm, exempt: readonly string[]): string[] {
  const passed = exempt.length === 0 ? [] : [`What is in ${exempt.join(', ')} is not judged.`];
  return [...placing[form], ...passed];
}
