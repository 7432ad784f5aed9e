import { CelFault, type CelRecord, type CelValue } from '@keelson/cel';
import { createObject, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { containersOf } from '@keelson/kubernetes';
import { refused } from '../../faults.ts';
import { type JudgedObject, requestOf } from '../judged-objects.ts';
import { celValue } from './environment.ts';
import { type Expression, ExpressionRun } from './expressions.ts';

/** Members of an AdmissionRequest that manifests may not tell: they are there, and whoever reads one fails. */
const untold = [
  'namespace',
  'name',
  'uid',
  'userInfo',
  'options',
  'dryRun',
  'subResource',
  'resource',
  'requestKind',
  'requestResource',
];

/** What expressions see of an object, and of the request that makes it. */
export function inputsOf(object: JudgedObject): Record<string, CelValue> {
  const request: CelRecord = Object.assign(createObject(), requestOf(object));
  for (const member of untold) if (!Object.hasOwn(request, member)) withhold(request, member);
  return { object: celValue(object.object), oldObject: null, request };
}

function withhold(record: CelRecord, member: string): void {
  const get = (): CelValue => {
    throw new CelFault(`request.${member} is not known from manifests`);
  };
  Object.defineProperty(record, member, { get, enumerable: true });
}

const lists = [
  ['containers', 'container'],
  ['initContainers', 'init'],
  ['ephemeralContainers', 'ephemeral'],
] as const;

/**
 * The images of an object, by the lists that Kyverno makes of them and those that the policy names.
 *
 * @throws ImagePolicyError, CelError
 */
export function extracted(
  {
    extractors,
    variables,
  }: {
    readonly extractors: ReadonlyMap<string, Expression>;
    readonly variables: ReadonlyMap<string, Expression>;
  },
  object: JudgedObject,
): Record<string, string[]> {
  const found: Record<string, string[]> = Object.create(null);
  const spec = podSpecOf(object.object);
  for (const [name, type] of lists)
    found[name] = containersOf(spec).flatMap((each) => {
      const { image } = each.container;
      return each.type === type && typeof image === 'string' ? [image] : [];
    });
  const run = new ExpressionRun(inputsOf(object), variables);
  for (const [name, expression] of extractors) {
    const value = run.evaluate(expression);
    if (!Array.isArray(value)) throw refused(`${expression.place} gives no list`);
    found[name] = value.map((each) => {
      if (typeof each === 'string') return each;
      throw refused(`${expression.place} gives what is no name of an image`);
    });
  }
  return found;
}

/** The spec of a Pod, of what makes Pods by a template, or of a CronJob. */
function podSpecOf(object: JsonObject): JsonObject {
  const step = (value: JsonValue | undefined, name: string) => (isObject(value) ? value[name] : undefined);
  const spec = step(object, 'spec');
  const template = step(step(step(spec, 'jobTemplate'), 'spec') ?? spec, 'template');
  const found = template === undefined ? spec : step(template, 'spec');
  return isObject(found) ? found : createObject();
}

/** The lists of images of one that nobody is known to run. */
export const aloneIn = (name: string): Record<string, string[]> => ({
  containers: [name],
  initContainers: [],
  ephemeralContainers: [],
});
