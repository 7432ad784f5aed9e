import { createObject, isObject, type JsonObject, type Path } from '@keelson/core';
import { RegexSyntaxError } from '@keelson/regex';
import type { PolicyError } from '../errors.ts';
import { objectAt, objectsAt, textAt } from '../json.ts';
import { schemaFaults, withDefaults } from './schema.ts';
import { documentError, type PolicyDocument, type Template } from './template.ts';

export const constraintGroup = 'constraints.gatekeeper.sh';

/** Where a constraint is enforced: the audit, the admission webhook, or tests of policies. */
export type EnforcementPoint =
  | 'audit.gatekeeper.sh'
  | 'validation.gatekeeper.sh'
  | 'gator.gatekeeper.sh'
  | 'vap.k8s.io';

/** A template with parameters and a selection of objects. */
export interface Constraint {
  readonly document: PolicyDocument;
  readonly template: Template;
  readonly name: string;
  /** The constraint with the defaults of its template. */
  readonly object: JsonObject;
  readonly match: JsonObject;
}

/**
 * Reads a constraint and holds it against its template's schema.
 * @throws PolicyError POLICY_CONSTRAINT naming the field
 */
export function readConstraint(document: PolicyDocument, template: Template): Constraint {
  const fault = (message: string, path: Path = []) =>
    documentError('POLICY_CONSTRAINT', message, document, path);
  const name = textAt(document.object, 'metadata', 'name');
  if (!/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(name)) {
    throw fault(`"${name}" is no name of an object`, ['metadata', 'name']);
  }
  const spec = withDefaults(objectAt(document.object, 'spec'), specSchema(template));
  const object = createObject();
  Object.assign(object, document.object, { spec });
  checkSchema(object, template, fault);
  const match = objectAt(spec, 'match');
  checkMatch(match, fault);
  actionsAt(object, 'audit.gatekeeper.sh', fault);
  return { document, template, name, object, match };
}

type Fault = (message: string, path?: Path) => PolicyError;

function specSchema({ schema }: Template): JsonObject {
  const properties = createObject();
  properties['parameters'] = schema;
  const out = createObject();
  out['properties'] = properties;
  return out;
}

function checkSchema(object: JsonObject, { schema, keepsUnknown }: Template, fault: Fault): void {
  const at = ['spec', 'parameters'];
  const parameters = objectAt(object, 'spec')['parameters'];
  if (parameters === undefined || parameters === null || Object.keys(schema).length === 0) return;
  try {
    const [first] = schemaFaults(parameters, schema, at).filter((each) => !(keepsUnknown && each.isUnknown));
    if (first !== undefined) throw fault(`${first.path.join('.')} ${first.message}`, first.path);
  } catch (error) {
    if (error instanceof RegexSyntaxError)
      throw fault(`a pattern of the schema is wrong: ${error.message}`, at);
    throw error;
  }
}

const matchFields = [
  'kinds',
  'scope',
  'namespaces',
  'excludedNamespaces',
  'labelSelector',
  'namespaceSelector',
  'name',
  'source',
];
const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

function checkMatch(match: JsonObject, fault: Fault): void {
  const at = ['spec', 'match'];
  const unknown = Object.keys(match).find((key) => !matchFields.includes(key));
  if (unknown !== undefined) throw fault(`match has no field "${unknown}"`, [...at, unknown]);
  for (const key of ['kinds', 'namespaces', 'excludedNamespaces']) {
    const list = match[key] ?? [];
    if (!Array.isArray(list)) throw fault(`${key} is a list`, [...at, key]);
  }
  const scope = match['scope'] ?? '*';
  const source = match['source'] ?? 'All';
  if (scope !== '*' && scope !== 'Cluster' && scope !== 'Namespaced' && scope !== '') {
    throw fault('scope is *, Cluster or Namespaced', [...at, 'scope']);
  }
  if (source !== 'All' && source !== 'Original' && source !== 'Generated' && source !== '') {
    throw fault('source is All, Original or Generated', [...at, 'source']);
  }
  for (const key of ['labelSelector', 'namespaceSelector']) {
    for (const [i, requirement] of objectsAt(match, key, 'matchExpressions').entries()) {
      const operator = textAt(requirement, 'operator');
      if (operators.includes(operator)) continue;
      const words = `operator is one of ${operators.join(', ')}`;
      throw fault(words, [...at, key, 'matchExpressions', i]);
    }
  }
}

/**
 * What is done about a violation where the constraint is enforced: `deny`, `dryrun`, `warn` or a name that nobody
 * knows; empty where a scoped constraint does nothing at this point.
 */
export function enforcementActions({ object, document }: Constraint, point: EnforcementPoint): string[] {
  return actionsAt(object, point, (message, path) =>
    documentError('POLICY_CONSTRAINT', message, document, path ?? []),
  );
}

function actionsAt(object: JsonObject, point: EnforcementPoint, fault: Fault): string[] {
  const spec = objectAt(object, 'spec');
  const action = spec['enforcementAction'] ?? 'deny';
  if (typeof action !== 'string') throw fault('enforcementAction is text', ['spec', 'enforcementAction']);
  if (action !== 'scoped') return [action];
  const scoped = spec['scopedEnforcementActions'];
  if (!Array.isArray(scoped)) {
    throw fault('a scoped constraint needs scopedEnforcementActions', ['spec', 'enforcementAction']);
  }
  const actions = scoped.filter(isObject).flatMap((entry) => {
    const names = objectsAt(entry, 'enforcementPoints').map((each) => textAt(each, 'name'));
    return names.includes('*') || names.includes(point) ? [textAt(entry, 'action')] : [];
  });
  return [...new Set(actions)];
}
