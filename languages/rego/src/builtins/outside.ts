import { awsSignature } from './aws-signature.ts';
import type { BuiltinFamily } from './builtin.ts';
import { crypto } from './crypto.ts';
import { glob } from './glob.ts';
import { graphql } from './graphql.ts';
import { http } from './http.ts';
import { jsonSchema } from './json-schema.ts';
import { jwt } from './jwt.ts';
import { net } from './net.ts';
import { regex } from './regex.ts';
import { regoModules } from './rego-modules.ts';
import { time } from './time.ts';

/** The families that deal with formats and programs outside of Rego. */
export const outsideFamilies: readonly BuiltinFamily[] = [
  awsSignature,
  crypto,
  glob,
  graphql,
  http,
  jsonSchema,
  jwt,
  net,
  regex,
  regoModules,
  time,
];
