import {
  child,
  type GraphqlNode,
  named,
  nodes,
  type Position,
  positionOf,
  selectionKind,
  text,
  typeName,
  typeText,
  valueKind,
  valueKinds,
} from './node.ts';
import { isComposite, isInput } from './schema.ts';
import { suggestion } from './suggest.ts';
import type { Rule, Walker } from './walker.ts';

export function knownFragmentNames(walker: Walker): Rule {
  return {
    spread(node, _parent, fragment) {
      if (fragment === undefined)
        walker.report(`Unknown fragment "${text(node, 'Name')}".`, positionOf(node));
    },
  };
}

export function knownRootType(walker: Walker): Rule {
  return {
    operation(node) {
      const operation = text(node, 'Operation');
      if (!walker.schema.roots.has(operation || 'query'))
        walker.report(`Schema does not support operation type "${operation}"`, positionOf(node));
    },
  };
}

export function knownTypeNames(walker: Walker): Rule {
  const { types } = walker.schema;
  return {
    variable(node) {
      const name = typeName(child(node, 'Type'));
      if (!types.has(name)) walker.report(`Unknown type "${name}".`, positionOf(node));
    },
    inline(node) {
      const name = text(node, 'TypeCondition');
      if (name !== '' && !types.has(name)) walker.report(`Unknown type "${name}".`, positionOf(node));
    },
    fragment(node) {
      const name = text(node, 'TypeCondition');
      if (types.has(name)) return;
      const hint = suggestion('Did you mean', name, [...types.keys()]);
      walker.report(`Unknown type "${name}".${hint}`, positionOf(node));
    },
  };
}

export function loneAnonymousOperation(walker: Walker): Rule {
  return {
    operation(node) {
      if (text(node, 'Name') === '' && nodes(walker.document, 'Operations').length > 1)
        walker.report('This anonymous operation must be the only defined operation.', positionOf(node));
    },
  };
}

/** The spreads in a selection, without those in fragments: breadth last, as gqlparser meets them. */
function spreadsIn(node: GraphqlNode): readonly GraphqlNode[] {
  const found: GraphqlNode[] = [];
  const left = [node];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const selection of nodes(next, 'SelectionSet')) {
      if (selectionKind(selection) === 'spread') found.push(selection);
      else left.push(selection);
    }
  }
  return found;
}

/** Section 5.5.2.2. */
export function noFragmentCycles(walker: Walker): Rule {
  const visited = new Set<string>();
  const path: GraphqlNode[] = [];
  const places = new Map<string, number>();
  const visit = (fragment: GraphqlNode) => {
    const name = text(fragment, 'Name');
    if (visited.has(name)) return;
    visited.add(name);
    places.set(name, path.length);
    for (const spread of spreadsIn(fragment)) {
      const spreadName = text(spread, 'Name');
      const place = places.get(spreadName);
      const next = named(walker.fragments, spreadName);
      if (place === undefined) {
        path.push(spread);
        if (next !== undefined) visit(next);
        path.pop();
      } else {
        const names = path.slice(place).map((node) => `"${text(node, 'Name')}"`);
        const via = names.length === 0 ? '' : ` via ${names.join(', ')}`;
        walker.report(`Cannot spread fragment "${spreadName}" within itself${via}.`, positionOf(spread));
      }
    }
    places.delete(name);
  };
  return { fragment: visit };
}

/** Section 5.8.3. */
export function noUndefinedVariables(walker: Walker): Rule {
  return {
    value(node, { variable }) {
      const { operation } = walker;
      if (operation === undefined || valueKind(node) !== valueKinds.variable || variable !== undefined)
        return;
      const name = text(operation, 'Name');
      const where = name === '' ? '' : ` by operation "${name}"`;
      walker.report(`Variable "$${text(node, 'Raw')}" is not defined${where}.`, positionOf(node));
    },
  };
}

/** Section 5.5.1.4: a spread that stands in another fragment only does not count. */
export function noUnusedFragments(walker: Walker): Rule {
  const used = new Set<string>();
  let isInFragments = false;
  return {
    spread(node) {
      if (!isInFragments) used.add(text(node, 'Name'));
    },
    fragment(node) {
      isInFragments = true;
      const name = text(node, 'Name');
      if (!used.has(name)) walker.report(`Fragment "${name}" is never used.`, positionOf(node));
    },
  };
}

/** Section 5.8.4. */
export function noUnusedVariables(walker: Walker): Rule {
  return {
    operation(node) {
      const name = text(node, 'Name');
      const where = name === '' ? '' : ` in operation "${name}"`;
      for (const variable of nodes(node, 'VariableDefinitions')) {
        if (walker.isUsed(variable)) continue;
        walker.report(
          `Variable "$${text(variable, 'Variable')}" is never used${where}.`,
          positionOf(variable),
        );
      }
    },
  };
}

/** Section 5.5.2.3. */
export function possibleFragmentSpreads(walker: Walker): Rule {
  const { types, possibleTypes } = walker.schema;
  const areApart = (parent: GraphqlNode | undefined, condition: string): boolean => {
    const type = types.get(condition);
    if (parent === undefined || !isComposite(parent) || type === undefined || !isComposite(type))
      return false;
    const parentName = text(parent, 'Name');
    const parents = text(parent, 'Kind') === 'OBJECT' ? [parent] : (possibleTypes.get(parentName) ?? []);
    const names = new Set(parents.map((node) => text(node, 'Name')));
    return !(possibleTypes.get(condition) ?? []).some((node) => names.has(text(node, 'Name')));
  };
  const report = (node: GraphqlNode, what: string, parent: GraphqlNode | undefined, condition: string) => {
    const types = `objects of type "${text(parent, 'Name')}" can never be of type "${condition}".`;
    if (areApart(parent, condition))
      walker.report(`${what} cannot be spread here as ${types}`, positionOf(node));
  };
  return {
    inline: (node, parent) => report(node, 'Fragment', parent, text(node, 'TypeCondition')),
    spread(node, parent, fragment) {
      if (fragment !== undefined)
        report(node, `Fragment "${text(node, 'Name')}"`, parent, text(fragment, 'TypeCondition'));
    },
  };
}

/** Section 5.2.3.1. */
export function singleFieldSubscriptions(walker: Walker): Rule {
  return {
    operation(node) {
      if (text(node, 'Operation') !== 'subscription' || !walker.schema.roots.has('subscription')) return;
      const name = text(node, 'Name');
      const what = name === '' ? 'Anonymous Subscription' : `Subscription ${JSON.stringify(name)}`;
      const fields = new Map<string, GraphqlNode>();
      collectFields(walker, node, fields, new Set());
      const second = [...fields.values()][1];
      if (second !== undefined)
        walker.report(`${what} must select only one top level field.`, positionOf(second));
      for (const [field, selection] of fields) {
        if (field.startsWith('__'))
          walker.report(`${what} must not select an introspection top level field.`, positionOf(selection));
      }
    },
  };
}

function collectFields(
  walker: Walker,
  node: GraphqlNode,
  fields: Map<string, GraphqlNode>,
  visited: Set<string>,
): void {
  for (const selection of nodes(node, 'SelectionSet')) {
    const name = text(selection, 'Name');
    const kind = selectionKind(selection);
    if (kind === 'inline') collectFields(walker, selection, fields, visited);
    else if (kind === 'field') {
      if (!fields.has(name)) fields.set(name, selection);
    } else {
      const fragment = named(walker.fragments, name);
      if (fragment === undefined) return;
      if (!visited.has(name)) collectFields(walker, fragment, fields, visited.add(name));
    }
  }
}

/** Reports each name that was there before; with `once` only the second of it. */
function repeated(
  items: readonly { readonly name: string; readonly position: Position | undefined }[],
  once: boolean,
  report: (name: string, position: Position | undefined) => void,
): void {
  const seen = new Map<string, number>();
  for (const { name, position } of items) {
    const count = seen.get(name) ?? 0;
    if (count > 0 && (!once || count === 1)) report(name, position);
    seen.set(name, count + 1);
  }
}

const asItems = (list: readonly GraphqlNode[], field = 'Name') =>
  list.map((node) => ({ name: text(node, field), position: positionOf(node) }));

export function uniqueArgumentNames(walker: Walker): Rule {
  const check = (node: GraphqlNode) =>
    repeated(asItems(nodes(node, 'Arguments')), true, (name, position) =>
      walker.report(`There can be only one argument named "${name}".`, position),
    );
  return { field: check, directive: check };
}

export function uniqueInputFieldNames(walker: Walker): Rule {
  return {
    value(node) {
      if (valueKind(node) !== valueKinds.object) return;
      repeated(asItems(nodes(node, 'Children')), false, (name, position) =>
        walker.report(`There can be only one input field named "${name}".`, position),
      );
    },
  };
}

export function uniqueVariableNames(walker: Walker): Rule {
  return {
    operation(node) {
      repeated(asItems(nodes(node, 'VariableDefinitions'), 'Variable'), true, (name, position) =>
        walker.report(`There can be only one variable named "$${name}".`, position),
      );
    },
  };
}

function uniqueNames(walker: Walker, what: string): (node: GraphqlNode) => void {
  const seen = new Set<string>();
  return (node) => {
    const name = text(node, 'Name');
    if (seen.has(name)) walker.report(`There can be only one ${what} named "${name}".`, positionOf(node));
    seen.add(name);
  };
}

export function uniqueFragmentNames(walker: Walker): Rule {
  return { fragment: uniqueNames(walker, 'fragment') };
}

export function uniqueOperationNames(walker: Walker): Rule {
  return { operation: uniqueNames(walker, 'operation') };
}

/** Section 5.8.2. */
export function variablesAreInputTypes(walker: Walker): Rule {
  return {
    operation(node) {
      for (const variable of nodes(node, 'VariableDefinitions')) {
        const type = child(variable, 'Type');
        const definition = walker.schema.types.get(typeName(type));
        if (definition === undefined || isInput(definition)) continue;
        const what = `Variable "$${text(variable, 'Variable')}" cannot be non-input type "${typeText(type)}".`;
        walker.report(what, positionOf(variable));
      }
    },
  };
}
