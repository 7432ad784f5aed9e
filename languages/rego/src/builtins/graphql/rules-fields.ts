import { compareStrings } from '../../values/index.ts';
import {
  child,
  type GraphqlNode,
  isTrue,
  named,
  nodes,
  positionOf,
  selectionKind,
  text,
  texts,
  typeName,
  typeText,
} from './node.ts';
import { isComposite, isLeaf } from './schema.ts';
import { nearest, orList, suggestion } from './suggest.ts';
import type { Rule, Walker } from './walker.ts';

const quoted = (names: readonly string[]) => orList(names.map((name) => `"${name}"`));

/** Section 5.3.1: fields that a type has. */
export function fieldsOnCorrectType(walker: Walker): Rule {
  return {
    field(node, { parent, definition }) {
      if (parent === undefined || definition !== undefined) return;
      const name = text(node, 'Name');
      const types = suggestedTypes(walker, parent, name);
      const fields = /^(?:OBJECT|INTERFACE)$/.test(text(parent, 'Kind'))
        ? nearest(
            name,
            nodes(parent, 'Fields').map((field) => text(field, 'Name')),
          )
        : [];
      let hint = '';
      if (types !== undefined) hint = ` Did you mean to use an inline fragment on ${quoted(types)}?`;
      else if (fields.length > 0) hint = ` Did you mean ${quoted(fields)}?`;
      walker.report(
        `Cannot query field "${name}" on type "${text(parent, 'Name')}".${hint}`,
        positionOf(node),
      );
    },
  };
}

/** Types that have the field, of which the parent could be one: those that most share first. */
function suggestedTypes(
  { schema }: Walker,
  parent: GraphqlNode,
  name: string,
): readonly string[] | undefined {
  if (!/^(?:INTERFACE|UNION)$/.test(text(parent, 'Kind'))) return undefined;
  const has = (type: GraphqlNode | undefined) => named(nodes(type, 'Fields'), name) !== undefined;
  const objects: string[] = [];
  const usage = new Map<string, number>();
  for (const type of schema.possibleTypes.get(text(parent, 'Name')) ?? []) {
    if (!has(type)) continue;
    objects.push(text(type, 'Name'));
    for (const other of texts(type, 'Interfaces'))
      if (has(schema.types.get(other))) usage.set(other, (usage.get(other) ?? 0) + 1);
  }
  const all = [...usage.keys(), ...objects];
  const count = (type: string) => usage.get(type) ?? 0;
  all.sort((a, b) => count(b) - count(a) || compareStrings(a, b));
  return all.length === 0 ? undefined : all;
}

/** Section 5.3.3: objects are asked for fields, scalars are not. */
export function scalarLeafs(walker: Walker): Rule {
  return {
    field(node, { definition }) {
      const type = child(definition, 'Type');
      const fieldType = walker.schema.types.get(typeName(type));
      if (definition === undefined || fieldType === undefined) return;
      const name = text(node, 'Name');
      const hasSelection = nodes(node, 'SelectionSet').length > 0;
      if (isLeaf(fieldType) && hasSelection) {
        const what = `since type "${text(fieldType, 'Name')}" has no subfields.`;
        walker.report(`Field "${name}" must not have a selection ${what}`, positionOf(node));
      }
      if (!isLeaf(fieldType) && !hasSelection) {
        const what = `must have a selection of subfields. Did you mean "${name} { ... }"?`;
        walker.report(`Field "${name}" of type "${typeText(type)}" ${what}`, positionOf(node));
      }
    },
  };
}

/** Section 5.4.1. */
export function knownArgumentNames(walker: Walker): Rule {
  const check = (node: GraphqlNode, definition: GraphqlNode, place: string) => {
    const known = nodes(definition, 'Arguments').map((argument) => text(argument, 'Name'));
    for (const argument of nodes(node, 'Arguments')) {
      const name = text(argument, 'Name');
      if (known.includes(name)) continue;
      walker.report(
        `Unknown argument "${name}" on ${place}.${suggestion('Did you mean', name, known)}`,
        positionOf(node),
      );
    }
  };
  return {
    field(node, { parent, definition }) {
      if (parent !== undefined && definition !== undefined)
        check(node, definition, `field "${text(parent, 'Name')}.${text(node, 'Name')}"`);
    },
    directive(node, { definition }) {
      if (definition !== undefined) check(node, definition, `directive "@${text(node, 'Name')}"`);
    },
  };
}

/** Section 5.4.2.1. */
export function providedRequiredArguments(walker: Walker): Rule {
  const check = (node: GraphqlNode, definition: GraphqlNode | undefined, what: string) => {
    for (const argument of nodes(definition, 'Arguments')) {
      const type = child(argument, 'Type');
      const name = text(argument, 'Name');
      if (!isTrue(type, 'NonNull') || child(argument, 'DefaultValue') !== undefined) continue;
      if (named(nodes(node, 'Arguments'), name) !== undefined) continue;
      const missing = `argument "${name}" of type "${typeText(type)}" is required, but it was not provided.`;
      walker.report(`${what} ${missing}`, positionOf(node));
    }
  };
  return {
    field: (node, { definition }) => check(node, definition, `Field "${text(node, 'Name')}"`),
    directive: (node, { definition }) => check(node, definition, `Directive "@${text(node, 'Name')}"`),
  };
}

/** Section 5.7. */
export function knownDirectives(walker: Walker): Rule {
  const seen = new Set<string>();
  return {
    directive(node, { definition, location }) {
      const name = text(node, 'Name');
      const position = positionOf(node);
      if (definition === undefined) {
        walker.report(`Unknown directive "@${name}".`, position);
        return;
      }
      const key = `${name} ${position?.line} ${position?.column}`;
      if (texts(definition, 'Locations').includes(location) || seen.has(key)) return;
      walker.report(`Directive "@${name}" may not be used on ${location}.`, position);
      seen.add(key);
    },
  };
}

export function uniqueDirectivesPerLocation(walker: Walker): Rule {
  return {
    directives(list) {
      const seen = new Set<string>();
      for (const directive of list) {
        const name = text(directive, 'Name');
        if (seen.has(name) && !isTrue(walker.schema.directives.get(name), 'IsRepeatable')) {
          const what = `The directive "@${name}" can only be used once at this location.`;
          walker.report(what, positionOf(directive));
        }
        seen.add(name);
      }
    },
  };
}

/** Lists of lists of introspection are cut off here: they grow with every step. */
const maxListDepth = 3;

export function maxIntrospectionDepth(walker: Walker): Rule {
  const isTooDeep = (node: GraphqlNode, depth: number, visited: ReadonlySet<string>): boolean =>
    nodes(node, 'SelectionSet').some((selection) => {
      const name = text(selection, 'Name');
      const kind = selectionKind(selection);
      if (kind === 'field') return isFieldTooDeep(selection, depth, visited);
      if (kind === 'inline') return isTooDeep(selection, depth, visited);
      const fragment = named(walker.fragments, name);
      if (fragment === undefined || visited.has(name)) return false;
      return isTooDeep(fragment, depth, new Set([...visited, name]));
    });
  const isFieldTooDeep = (field: GraphqlNode, depth: number, visited: ReadonlySet<string>): boolean => {
    const isList = /^(?:fields|interfaces|possibleTypes|inputFields)$/.test(text(field, 'Name'));
    const inner = isList ? depth + 1 : depth;
    return inner >= maxListDepth || isTooDeep(field, inner, visited);
  };
  return {
    field(node) {
      if (/^__(?:schema|type)$/.test(text(node, 'Name')) && isFieldTooDeep(node, 0, new Set()))
        walker.report('Maximum introspection depth exceeded', positionOf(node));
    },
  };
}

/** Section 5.5.1.3. */
export function fragmentsOnCompositeTypes(walker: Walker): Rule {
  const isScalar = (condition: string) => {
    const type = walker.schema.types.get(condition);
    return type !== undefined && !isComposite(type);
  };
  return {
    inline(node) {
      const condition = text(node, 'TypeCondition');
      if (isScalar(condition))
        walker.report(`Fragment cannot condition on non composite type "${condition}".`, positionOf(node));
    },
    fragment(node) {
      const condition = text(node, 'TypeCondition');
      if (!isScalar(condition)) return;
      const what = `Fragment "${text(node, 'Name')}" cannot condition on non composite type "${condition}".`;
      walker.report(what, positionOf(node));
    },
  };
}
