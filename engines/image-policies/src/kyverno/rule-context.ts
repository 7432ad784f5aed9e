import { isObject, type JsonFields, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import type { PolicyMaterial } from '../material.ts';
import { QueryFault } from './conditions/query.ts';
import { compileTemplate } from './conditions/template.ts';
import { metadataOf } from './judged-objects.ts';

/** Conditions are read where they are judged, over what is known only then. */
const judgedLater = new Set(['conditions', 'validate']);

/**
 * What a rule's `context` brings, as far as it is given: ConfigMaps of the policy's files, by the names of their entries. What comes from
 * the cluster or a registry is not there, so that a variable which names it cannot be resolved.
 */
export function ruleContext(rule: JsonFields, { configMaps }: PolicyMaterial): JsonObject {
  const found: [string, JsonValue][] = [];
  const entries = rule.value('context');
  for (const entry of Array.isArray(entries) ? entries : []) {
    if (!isObject(entry) || typeof entry['name'] !== 'string' || !isObject(entry['configMap'])) continue;
    const { name, namespace } = entry['configMap'];
    const configMap = typeof name === 'string' ? configMaps.get(name) : undefined;
    if (configMap === undefined) continue;
    const own = metadataOf({ object: configMap })['namespace'];
    if (own === undefined || namespace === undefined || own === namespace)
      found.push([entry['name'], configMap]);
  }
  return objectOf(found);
}

/** A value with the variables of its texts in place, but for those that the context does not have, which stay as they are written. */
export function resolved(value: JsonValue, context: JsonObject): JsonValue {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return value;
    try {
      return compileTemplate(value)(context, {});
    } catch (error) {
      if (error instanceof QueryFault) return value;
      throw error;
    }
  }
  if (Array.isArray(value)) return value.map((item) => resolved(item, context));
  if (!isObject(value)) return value;
  return objectOf(
    Object.entries(value).map(([name, item = null]) => [
      name,
      judgedLater.has(name) ? item : resolved(item, context),
    ]),
  );
}

/**
 * A document with the context beside its members.
 *
 * @throws QueryFault where a name is in both: a statement must not stand in for what the policy's owner brings
 */
export function besideContext(document: JsonObject, context: JsonObject): JsonObject {
  const names = Object.keys(context);
  const twice = names.find((name) => Object.hasOwn(document, name));
  if (twice !== undefined)
    throw new QueryFault(`${twice} is a member of the statement, and of the rule's context`);
  if (names.length === 0) return document;
  return objectOf(
    [...Object.entries(context), ...Object.entries(document)].map(([name, item = null]) => [name, item]),
  );
}
