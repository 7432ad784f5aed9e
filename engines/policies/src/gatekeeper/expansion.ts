import { cloneJson, createObject, isObject, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { joinApiVersion, splitApiVersion } from '@keelson/kubernetes';
import { PolicyError } from '../errors.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import { documentError, type PolicyDocument } from './template.ts';

/** What an object makes later, as an ExpansionTemplate says: a Deployment its Pods. */
export interface Expansion {
  readonly name: string;
  /** Takes the place of the constraints' own action; empty leaves theirs. */
  readonly enforcementAction: string;
  appliesTo(object: JsonObject): boolean;
  expand(object: JsonObject, namespace: JsonObject | undefined): JsonObject;
}

/** An object that comes of another, and the template that made it. */
interface Resultant {
  readonly object: JsonObject;
  readonly expansion: Expansion;
}

const deepest = 30;
/** What one object makes, all together: two expansions a step make 2^30 objects in 30 steps. */
const mostResultants = 1_000;

/**
 * Reads an ExpansionTemplate.
 * @throws PolicyError POLICY_EXPANSION
 */
export function readExpansion(document: PolicyDocument): Expansion {
  const { object } = document;
  const fault = (message: string) => documentError('POLICY_EXPANSION', message, document);
  const name = textAt(object, 'metadata', 'name');
  const source = textAt(object, 'spec', 'templateSource');
  const generated = objectAt(object, 'spec', 'generatedGVK');
  const applyTo = objectsAt(object, 'spec', 'applyTo');
  if (name === '') throw fault('the expansion template has no name');
  if (source === '') throw fault('the expansion template has no templateSource');
  if (textAt(generated, 'kind') === '') throw fault('the expansion template has no generatedGVK');
  if (applyTo.length === 0) throw fault('the expansion template applies to nothing');
  const applies = (group: string, version: string, kind: string) =>
    applyTo.some(
      (entry) =>
        textsAt(entry, 'groups').includes(group) &&
        textsAt(entry, 'versions').includes(version) &&
        textsAt(entry, 'kinds').includes(kind),
    );
  const [group, version, kind] = ['group', 'version', 'kind'].map((key) => textAt(generated, key));
  if (applies(group ?? '', version ?? '', kind ?? '')) throw fault('it applies to what it generates');
  const apiVersion = joinApiVersion(group ?? '', version ?? '');
  return {
    name,
    enforcementAction: textAt(object, 'spec', 'enforcementAction'),
    appliesTo: (parent) => {
      const written = splitApiVersion(textAt(parent, 'apiVersion'));
      return applies(written.group, written.version, textAt(parent, 'kind'));
    },
    expand: (parent, namespace) => {
      const found = source
        .split('.')
        .reduce<JsonValue | undefined>((value, step) => objectAt(value)[step], parent);
      if (!isObject(found)) {
        const owner = `${textAt(parent, 'kind')} ${textAt(parent, 'metadata', 'name')}`;
        throw new PolicyError('POLICY_EXPANSION', `${name}: ${owner} has no field ${source}`);
      }
      return resultantOf(found, parent, namespace, apiVersion, kind ?? '');
    },
  };
}

function resultantOf(
  template: JsonObject,
  parent: JsonObject,
  namespace: JsonObject | undefined,
  apiVersion: string,
  kind: string,
): JsonObject {
  const object = cloneJson(template);
  object['apiVersion'] = apiVersion;
  object['kind'] = kind;
  const metadata = isObject(object['metadata']) ? object['metadata'] : createObject();
  object['metadata'] = metadata;
  const home = textAt(namespace, 'metadata', 'name') || textAt(parent, 'metadata', 'namespace');
  if (home !== '') metadata['namespace'] = home;
  metadata['name'] = `${textAt(parent, 'metadata', 'name')}-${kind}`.toLowerCase();
  metadata['ownerReferences'] = [
    ...objectsAt(metadata, 'ownerReferences'),
    objectOf([
      ['apiVersion', textAt(parent, 'apiVersion')],
      ['kind', textAt(parent, 'kind')],
      ['name', textAt(parent, 'metadata', 'name')],
      ['uid', ''],
    ]),
  ];
  return object;
}

/**
 * All that an object makes, and what that makes in turn.
 * @throws PolicyError POLICY_EXPANSION
 */
export function expandObject(
  object: JsonObject,
  expansions: readonly Expansion[],
  namespace: JsonObject | undefined,
): readonly Resultant[] {
  const resultants: Resultant[] = [];
  const grow = (parent: JsonObject, depth: number): void => {
    if (depth >= deepest)
      throw new PolicyError('POLICY_EXPANSION', `objects are expanded ${deepest} times at most`);
    for (const expansion of expansions) {
      if (!expansion.appliesTo(parent)) continue;
      if (resultants.length >= mostResultants)
        throw new PolicyError('POLICY_EXPANSION', `an object makes ${mostResultants} others at most`);
      const made = expansion.expand(parent, namespace);
      resultants.push({ object: made, expansion });
      grow(made, depth + 1);
    }
  };
  grow(object, 0);
  return resultants;
}
