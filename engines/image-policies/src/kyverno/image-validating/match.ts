import type { JsonFields } from '@keelson/core';
import { matchesSelector } from '@keelson/kubernetes';
import type { Workload } from '../../model/workload.ts';
import { type JudgedObject, judgedObjects, metadataOf } from '../judged-objects.ts';

/** The object of a workload that a policy judges; undefined where it judges none. */
export type ObjectChoice = (workload: Workload) => JudgedObject | undefined;

/** Reads `matchConstraints`: the rules of admission webhooks. What is not known from manifests counts for the policy. */
export function compileConstraints(spec: JsonFields, warnings: string[]): ObjectChoice {
  const constraints = spec.object('matchConstraints');
  if (constraints === undefined) return () => undefined;
  const [included, excluded] = ['resourceRules', 'excludeResourceRules'].map((name) =>
    constraints.objects(name).map(compileRule),
  );
  const namespaces = constraints.value('namespaceSelector');
  if (namespaces !== undefined && JSON.stringify(namespaces) !== '{}')
    warnings.push(
      `${constraints.place('namespaceSelector')} is not judged: the labels of namespaces are not known`,
    );
  const selector = constraints.value('objectSelector');
  const isMeant = (object: JudgedObject): boolean => {
    if (included?.some((rule) => rule(object)) !== true || excluded?.some((rule) => rule(object)) === true)
      return false;
    return selector === undefined || matchesSelector(labelsOf(object), selector);
  };
  return (workload) => judgedObjects(workload).find(isMeant);
}

function labelsOf(object: JudgedObject) {
  const { labels } = metadataOf(object);
  return typeof labels === 'object' && labels !== null && !Array.isArray(labels) ? labels : {};
}

function compileRule(fields: JsonFields): (object: JudgedObject) => boolean {
  const [groups, versions, resources, operations, names] = [
    'apiGroups',
    'apiVersions',
    'resources',
    'operations',
    'resourceNames',
  ].map((name) => fields.texts(name));
  const has = (list: readonly string[] | undefined, text: string) =>
    list?.some((each) => each === '*' || each === text) === true;
  return (object) => {
    const { name } = metadataOf(object);
    const isNamed =
      names === undefined || names.length === 0 || object.isMade || names.includes(String(name));
    return (
      isNamed &&
      has(groups, object.group) &&
      has(versions, object.version) &&
      (has(resources, `${object.kind.toLowerCase()}s`) || has(resources, '*/*')) &&
      (has(operations, 'CREATE') || has(operations, 'UPDATE'))
    );
  };
}
