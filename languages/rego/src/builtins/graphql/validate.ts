import { GraphqlFault } from './error.ts';
import type { GraphqlNode } from './node.ts';
import { overlappingFieldsCanBeMerged } from './overlapping-fields.ts';
import * as documents from './rules-documents.ts';
import * as fields from './rules-fields.ts';
import { valuesOfCorrectType, variablesInAllowedPosition } from './rules-values.ts';
import type { Schema } from './schema.ts';
import { Walker } from './walker.ts';

/** In gqlparser's order, which is that of the faults at one node. */
const rules = [
  fields.fieldsOnCorrectType,
  fields.fragmentsOnCompositeTypes,
  fields.knownArgumentNames,
  fields.knownDirectives,
  documents.knownFragmentNames,
  documents.knownRootType,
  documents.knownTypeNames,
  documents.loneAnonymousOperation,
  fields.maxIntrospectionDepth,
  documents.noFragmentCycles,
  documents.noUndefinedVariables,
  documents.noUnusedFragments,
  documents.noUnusedVariables,
  overlappingFieldsCanBeMerged,
  documents.possibleFragmentSpreads,
  fields.providedRequiredArguments,
  fields.scalarLeafs,
  documents.singleFieldSubscriptions,
  documents.uniqueArgumentNames,
  fields.uniqueDirectivesPerLocation,
  documents.uniqueFragmentNames,
  documents.uniqueInputFieldNames,
  documents.uniqueOperationNames,
  documents.uniqueVariableNames,
  valuesOfCorrectType,
  documents.variablesAreInputTypes,
  variablesInAllowedPosition,
];

/** What is wrong with a query (section 5) as gqlparser prints it, a line for each fault; empty where nothing is. */
export function validateQuery(schema: Schema, document: GraphqlNode): string {
  const walker = new Walker(schema, document, (it) => rules.map((rule) => rule(it)));
  walker.walk();
  return walker.faults
    .map(({ message, position }) => `${new GraphqlFault(message, position).text}\n`)
    .join('');
}
