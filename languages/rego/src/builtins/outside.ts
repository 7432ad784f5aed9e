import type { BuiltinFamily } from './builtin.ts';
import { crypto } from './crypto.ts';
import { glob } from './glob.ts';
import { graphql } from './graphql.ts';
import { jsonSchema } from './json-schema.ts';
import { jwt } from './jwt.ts';
import { net } from './net.ts';
import { regex } from './regex.ts';
import { time } from './time.ts';

/** The families that deal with formats and programs outside of Rego. */
export const outsideFamilies: readonly BuiltinFamily[] = [
  crypto,
  glob,
  graphql,
  jsonSchema,
  jwt,
  net,
  regex,
  time,
];
