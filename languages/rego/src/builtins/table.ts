import { aggregates } from './aggregates.ts';
import { arithmetic } from './arithmetic.ts';
import { arrays } from './arrays.ts';
import { bits } from './bits.ts';
import type { Builtin, BuiltinFamily } from './builtin.ts';
import { comparison } from './comparison.ts';
import { builtinDeclaration } from './declarations.ts';
import { encoding } from './encoding.ts';
import { graph } from './graph.ts';
import { hostFunctions } from './host-functions.ts';
import { jsonFilter } from './json-filter.ts';
import { jsonPatch } from './json-patch.ts';
import { jsonText } from './json-text.ts';
import { numbers } from './numbers.ts';
import { objects } from './objects.ts';
import { output } from './output.ts';
import { outsideFamilies } from './outside.ts';
import { renderTemplate } from './render-template.ts';
import { semver } from './semver.ts';
import { sets } from './sets.ts';
import { formatting } from './sprintf.ts';
import { strings } from './strings.ts';
import { types } from './types.ts';
import { units } from './units.ts';
import { uri } from './uri.ts';
import { urlquery } from './urlquery.ts';
import { uuid } from './uuid.ts';
import { relateWalk } from './walk.ts';
import { yaml } from './yaml.ts';

const families: readonly BuiltinFamily[] = [
  ...outsideFamilies,
  aggregates,
  arithmetic,
  arrays,
  bits,
  comparison,
  jsonFilter,
  jsonPatch,
  jsonText,
  objects,
  formatting,
  sets,
  strings,
  encoding,
  graph,
  numbers,
  renderTemplate,
  semver,
  units,
  urlquery,
  hostFunctions,
  output,
  uri,
  uuid,
  yaml,
  types,
];

const table = new Map<string, Builtin>();
for (const family of families) {
  for (const [name, call] of Object.entries(family)) {
    const declaration = builtinDeclaration(name);
    if (declaration === undefined) throw new Error(`the built-in function ${name} is not declared`);
    table.set(name, { ...declaration, call });
  }
}

const walk = builtinDeclaration('walk');
if (walk !== undefined) {
  // Called as a function it would have many results; only `relate` gives them.
  table.set('walk', { ...walk, call: () => undefined, relate: relateWalk });
}

/** The built-in function of a name, as `json.marshal`. */
export function findBuiltin(name: string): Builtin | undefined {
  return table.get(name);
}
