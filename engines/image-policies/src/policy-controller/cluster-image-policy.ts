import { isObject, JsonFields, type JsonObject } from '@keelson/core';
import { invalid } from '../faults.ts';
import { shaped } from '../shape.ts';
import { FieldFaults } from './field-faults.ts';
import { clusterImagePolicyShape } from './shape.ts';
import { validateSpec } from './validate.ts';

/** A ClusterImagePolicy that policy-controller admits. */
export interface ClusterImagePolicy {
  readonly name: string;
  /** Its `spec`; null fields are left out. */
  readonly spec: JsonFields;
  /** What policy-controller warns of. */
  readonly warnings: readonly string[];
}

/**
 * Reads a ClusterImagePolicy of v1alpha1 or v1beta1 (sigstore/policy-controller). It is refused in the words of its webhook.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function readClusterImagePolicy(object: JsonObject): ClusterImagePolicy {
  const clean = shaped(object, clusterImagePolicyShape);
  const document = new JsonFields(clean, '', { invalid, tooMany: invalid });
  const spec = document.has('spec')
    ? document.required('spec')
    : new JsonFields({}, 'spec', { invalid, tooMany: invalid });
  const schema = new FieldFaults(['spec']);
  demandLists(spec, schema);
  if (!schema.isEmpty) throw invalid(`ClusterImagePolicy.policy.sigstore.dev is invalid: ${schema.text()}`);
  const faults = new FieldFaults(['spec']);
  validateSpec(spec, faults);
  if (!faults.isEmpty) throw invalid(`validation failed: ${faults.text()}`);
  const metadata = document.value('metadata');
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return { name: typeof name === 'string' ? name : '', spec, warnings: faults.warnings() };
}

/**
 * The webhook for defaults writes null for these two lists where they are not there, and the API server's schema has no null: it refuses
 * them before the webhook for rules is asked.
 */
function demandLists(spec: JsonFields, faults: FieldFaults): void {
  const demand = (fields: JsonFields, name: string, below: FieldFaults): void => {
    if (!fields.has(name))
      below.schema(name, `"null": ${fields.place(name)} in body must be of type array: "null"`);
  };
  demand(spec, 'images', faults);
  for (const [at, authority] of spec.objects('authorities').entries()) {
    const keyless = authority.object('keyless');
    if (keyless !== undefined) demand(keyless, 'identities', faults.at('authorities', at, 'keyless'));
  }
}
