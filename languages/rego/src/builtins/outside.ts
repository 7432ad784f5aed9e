import { awsSignature } from './aws-signature.ts';
import type { BuiltinFamily } from './builtin.ts';
import { crypto } from './crypto.ts';
import { graphql } from './graphql.ts';
import { http } from './http.ts';
import { jsonSchema } from './json-schema.ts';
import { jwt } from './jwt.ts';
import { net } from './net.ts';
import { regoModules } from './rego-modules.ts';
import { renderTemplate } from './render-template.ts';
import { semver } from './semver.ts';
import { time } from './time.ts';
import { uri } from './uri.ts';
import { urlquery } from './urlquery.ts';
import { uuid } from './uuid.ts';
import { yaml } from './yaml.ts';

/** The families that deal with formats and programs outside of Rego: half of all code, and few policies call them. */
export const outsideFamilies: readonly BuiltinFamily[] = [
  awsSignature,
  crypto,
  graphql,
  http,
  jsonSchema,
  jwt,
  net,
  regoModules,
  renderTemplate,
  semver,
  time,
  uri,
  urlquery,
  uuid,
  yaml,
];
