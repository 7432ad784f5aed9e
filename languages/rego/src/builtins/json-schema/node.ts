import type { Regex } from '@keelson/regex';
import type { RegoNumber } from '../../values/index.ts';

/** The drafts that are told apart; 8 stands for a schema that names none and may use all of them. */
export type Draft = 4 | 6 | 7 | 8;

/** A schema after compilation. */
export interface SchemaNode {
  readonly draft: Draft;
  /** `true` or `false` in a schema's place. */
  pass?: boolean;
  reference?: SchemaNode;
  readonly types: string[];
  readonly properties: Map<string, SchemaNode>;
  readonly patterns: { readonly regex: Regex; readonly node: SchemaNode }[];
  additionalProperties?: boolean | SchemaNode;
  propertyNames?: SchemaNode;
  readonly dependencies: Map<string, SchemaNode | readonly string[]>;
  readonly items: SchemaNode[];
  isEveryItem?: boolean;
  additionalItems?: boolean | SchemaNode;
  contains?: SchemaNode;
  multipleOf?: RegoNumber;
  minimum?: RegoNumber;
  maximum?: RegoNumber;
  exclusiveMinimum?: RegoNumber;
  exclusiveMaximum?: RegoNumber;
  /** Bounds by the names of their keywords. */
  readonly counts: Map<CountKeyword, number>;
  isUnique?: boolean;
  pattern?: { readonly regex: Regex; readonly text: string };
  format?: string;
  readonly required: string[];
  /** The JSON text of the value. */
  constant?: string;
  enumeration?: readonly string[];
  readonly oneOf: SchemaNode[];
  readonly anyOf: SchemaNode[];
  readonly allOf: SchemaNode[];
  not?: SchemaNode;
  if?: SchemaNode;
  then?: SchemaNode;
  else?: SchemaNode;
}

export type CountKeyword =
  | 'minLength'
  | 'maxLength'
  | 'minProperties'
  | 'maxProperties'
  | 'minItems'
  | 'maxItems';

export function createSchemaNode(draft: Draft): SchemaNode {
  return {
    draft,
    types: [],
    properties: new Map(),
    patterns: [],
    dependencies: new Map(),
    items: [],
    counts: new Map(),
    required: [],
    oneOf: [],
    anyOf: [],
    allOf: [],
  };
}

/** A schema that is none, in gojsonschema's words. */
export class SchemaFault extends Error {}
