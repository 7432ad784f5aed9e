import type { JsonObject } from '@keelson/core';
import type { ExpressionDefinition } from '../definition.ts';
import type { ExportableCheck } from './form.ts';
import { celLiteral, celString } from './literal.ts';
import { type Loop, loopsOf } from './loops.ts';

/** A named expression, evaluated when it is first used. */
export interface PolicyVariable {
  readonly name: string;
  readonly expression: string;
}

/** How a form gives to expressions what a check's own have. */
export interface ExpressionContext {
  /** Expression of the object that is judged. */
  readonly object: string;
  /** A name under which the form itself gives the object, in place of a variable. */
  readonly objectName?: string;
  /** Settings, which become a literal, or the name under which the form gives them. */
  readonly params: JsonObject | string;
  /** Numbers of objects are doubles. */
  readonly doubles?: boolean;
}

/** What stands around a check's expressions in a policy. */
export interface Surroundings {
  readonly variables: readonly PolicyVariable[];
  /** From a check's own names to those of the policy; names that a loop binds stay. */
  readonly names: ReadonlyMap<string, string>;
  readonly loops: readonly Loop[];
}

const containerFields = {
  init: 'initContainers',
  container: 'containers',
  ephemeral: 'ephemeralContainers',
} as const;

/**
 * Variables, names and loops for a check whose expressions speak of `used`. `templates` are the dotted paths of
 * Pod templates by kind.
 */
export function surroundingsOf(
  { kinds }: ExportableCheck,
  judge: ExpressionDefinition,
  used: ReadonlySet<string>,
  templates: ReadonlyMap<string, string>,
  context: ExpressionContext,
): Surroundings {
  const { scope, each } = judge;
  const needsPod = used.has('pod') || scope === 'container' || (scope === 'pod' && each !== undefined);
  const needsTemplate = needsPod || used.has('podMetadata');
  const object = context.objectName ?? 'variables.object';
  const variables: PolicyVariable[] = [];
  if (context.objectName === undefined && (used.has('object') || needsTemplate || each !== undefined)) {
    variables.push({ name: 'object', expression: context.object });
  }
  const { params } = context;
  if (used.has('params') && typeof params !== 'string') {
    variables.push({ name: 'params', expression: celLiteral(params) });
  }
  if (needsTemplate) variables.push({ name: 'template', expression: templateText(object, templates) });
  if (needsPod) variables.push({ name: 'pod', expression: 'variables.template.?spec.orValue({})' });
  if (used.has('podMetadata')) {
    variables.push({ name: 'podMetadata', expression: 'variables.template.?metadata.orValue({})' });
  }
  const loops: Loop[] = [];
  let element = scope === 'object' ? object : 'variables.pod';
  if (scope === 'container') {
    element = 'container';
    const { variable, around } = containersOf(judge, used.has('containerType'));
    variables.push(variable);
    loops.push(...around);
  }
  if (each !== undefined) {
    const custom = scope === 'object' && kinds.some((kind) => kind.includes('/'));
    loops.push(...loopsOf(element, each, { keyed: used.has('key'), custom }));
  }
  const names = new Map([
    ['object', object],
    ['params', typeof params === 'string' ? params : 'variables.params'],
    ['pod', 'variables.pod'],
    ['podMetadata', 'variables.podMetadata'],
  ]);
  return { variables, names, loops };
}

/** The Pod template of whatever kind the object is; nothing where it is not written. */
function templateText(object: string, templates: ReadonlyMap<string, string>): string {
  const paths = [...Map.groupBy(templates, ([, path]) => path)].map(([path, entries]) => ({
    path: path === '' ? object : `${object}.?${path.replaceAll('.', '.?')}.orValue({})`,
    kinds: entries.map(([kind]) => kind),
  }));
  // The path that most kinds have stands last, where no kind need be named.
  paths.sort((a, b) => a.kinds.length - b.kinds.length);
  const last = paths.pop();
  const named = paths.map(({ path, kinds }) => {
    const [only = ''] = kinds;
    const test = kinds.length === 1 ? `== ${celString(only)}` : `in [${kinds.map(celString).join(', ')}]`;
    return `${object}.kind ${test} ? ${path} : `;
  });
  return `${named.join('')}${last?.path ?? object}`;
}

/** The containers that the check judges, with their types where it asks for them. */
function containersOf({ containers }: ExpressionDefinition, typed: boolean) {
  const types = (['init', 'container', 'ephemeral'] as const).filter(
    (type) => containers.length === 0 || containers.includes(type),
  );
  const lists = types.map((type) => `variables.pod.?${containerFields[type]}.orValue([])`);
  if (!typed) {
    const variable = { name: 'containers', expression: lists.join(' + ') };
    return { variable, around: [{ range: 'variables.containers', variable: 'container' }] };
  }
  const entries = types.map((type, i) => `${celString(type)}: ${lists[i] ?? '[]'}`);
  const variable = { name: 'containers', expression: `{${entries.join(', ')}}` };
  const around = [
    { range: `[${types.map(celString).join(', ')}]`, variable: 'containerType' },
    { range: 'variables.containers[containerType]', variable: 'container' },
  ];
  return { variable, around };
}
