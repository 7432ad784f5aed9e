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

/** Made when first asked for: a policy calls a few of them. */
const made = new Map<string, Builtin>();

/** The built-in function of a name, as `json.marshal`. */
export function findBuiltin(name: string): Builtin | undefined {
  const known = made.get(name);
  if (known !== undefined) return known;
  const declaration = builtinDeclaration(name);
  const implementation = name === 'walk' ? walk : implementationOf(name);
  if (declaration === undefined || implementation === undefined) return undefined;
  const builtin = { ...declaration, ...implementation };
  made.set(name, builtin);
  return builtin;
}

/** Called as a function it would have many results; only `relate` gives them. */
const walk = { call: () => undefined, relate: relateWalk };

function implementationOf(name: string): Pick<Builtin, 'call'> | undefined {
  for (const family of families) {
    const call = Object.hasOwn(family, name) ? family[name] : undefined;
    if (call !== undefined) return { call };
  }
  return undefined;
}

/** Every name that a family defines, for the test that holds them against the declarations. */
export function definedNames(): string[] {
  return [...families.flatMap((family) => Object.keys(family)), 'walk'];
}
