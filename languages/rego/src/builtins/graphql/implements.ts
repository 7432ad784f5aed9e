import { faultAt } from './error.ts';
import { child, type GraphqlNode, isTrue, named, nodes, positionOf, text, texts, typeText } from './node.ts';
import type { Schema } from './schema.ts';

/** Whether a type has what an interface asks for (section 3.6.1). Throws `GraphqlFault`. */
export function validateImplements(schema: Schema, definition: GraphqlNode, parentName: string): void {
  const name = text(definition, 'Name');
  const fault = (message: string, node = definition) => faultAt(positionOf(node), message);
  const parent = schema.types.get(parentName);
  if (parent === undefined) throw fault(`Undefined type ${JSON.stringify(parentName)}.`);
  if (text(parent, 'Kind') !== 'INTERFACE')
    throw fault(`${JSON.stringify(parentName)} is a non interface type ${text(parent, 'Kind')}.`);
  for (const required of nodes(parent, 'Fields')) {
    const fieldName = text(required, 'Name');
    const field = named(nodes(definition, 'Fields'), fieldName);
    const what = `For ${name} to implement ${parentName}`;
    if (field === undefined) throw fault(`${what} it must have a field called ${fieldName}.`);
    const type = child(required, 'Type');
    if (!isCovariant(schema, type, child(field, 'Type')))
      throw fault(`${what} the field ${fieldName} must have type ${typeText(type)}.`, field);
    validateArguments(what, required, field);
  }
  for (const ancestor of texts(parent, 'Interfaces')) {
    if (texts(definition, 'Interfaces').includes(ancestor)) continue;
    throw fault(
      ancestor === name
        ? `Type ${name} cannot implement ${parentName} because it would create a circular reference.`
        : `Type ${name} must implement ${ancestor} because it is implemented by ${parentName}.`,
    );
  }
}

function validateArguments(what: string, required: GraphqlNode, field: GraphqlNode): void {
  const fieldName = text(required, 'Name');
  const wanted = nodes(required, 'Arguments');
  const given = nodes(field, 'Arguments');
  const same = `${what} the field ${fieldName} must have the same arguments but`;
  for (const argument of wanted) {
    const name = text(argument, 'Name');
    const found = named(given, name);
    if (found === undefined) throw faultAt(positionOf(field), `${same} it is missing ${name}.`);
    if (!isCompatible(child(argument, 'Type'), child(found, 'Type')))
      throw faultAt(positionOf(found), `${same} ${name} has the wrong type.`);
  }
  for (const argument of given) {
    const name = text(argument, 'Name');
    const isRequired =
      isTrue(child(argument, 'Type'), 'NonNull') && child(argument, 'DefaultValue') === undefined;
    if (!isRequired || named(wanted, name) !== undefined) continue;
    throw faultAt(
      positionOf(argument),
      `${what} any additional arguments on ${fieldName} must be optional or have a default value but ${name} is required.`,
    );
  }
}

function isCovariant(
  schema: Schema,
  required: GraphqlNode | undefined,
  actual: GraphqlNode | undefined,
): boolean {
  if (isTrue(required, 'NonNull') && !isTrue(actual, 'NonNull')) return false;
  const name = text(required, 'NamedType');
  if (name !== '') {
    const actualName = text(actual, 'NamedType');
    const possible = schema.possibleTypes.get(name) ?? [];
    return name === actualName || possible.some((type) => text(type, 'Name') === actualName);
  }
  const item = child(actual, 'Elem');
  return item !== undefined && isCovariant(schema, child(required, 'Elem'), item);
}

/** Whether a value of the first type can stand where the second is expected. */
export function isCompatible(type: GraphqlNode | undefined, other: GraphqlNode | undefined): boolean {
  if (text(type, 'NamedType') !== text(other, 'NamedType')) return false;
  const item = child(type, 'Elem');
  const otherItem = child(other, 'Elem');
  if (item !== undefined && (otherItem === undefined || !isCompatible(item, otherItem))) return false;
  return !isTrue(other, 'NonNull') || isTrue(type, 'NonNull');
}
