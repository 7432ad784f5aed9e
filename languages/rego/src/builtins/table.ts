import { aggregates } from './aggregates.ts';
import { arithmetic } from './arithmetic.ts';
import { arrays } from './arrays.ts';
import { bits } from './bits.ts';
import type { Builtin, BuiltinCall, BuiltinFamily } from './builtin.ts';
import { comparison } from './comparison.ts';
import { builtinDeclaration } from './declarations.ts';
import { encoding } from './encoding.ts';
import { glob } from './glob.ts';
import { graph } from './graph.ts';
import { hostFunctions } from './host-functions.ts';
import { jsonFilter } from './json-filter.ts';
import { jsonPatch } from './json-patch.ts';
import { jsonText } from './json-text.ts';
import { numbers } from './numbers.ts';
import { objects } from './objects.ts';
import { output } from './output.ts';
import { outsideFamilies } from './outside.ts';
import { regex } from './regex.ts';
import { sets } from './sets.ts';
import { formatting } from './sprintf.ts';
import { strings } from './strings.ts';
import { types } from './types.ts';
import { units } from './units.ts';
import { relateWalk } from './walk.ts';

const families: readonly BuiltinFamily[] = [
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
  glob,
  graph,
  numbers,
  regex,
  units,
  hostFunctions,
  output,
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
  // Named here and not on top, as a bundle may load their code when it is first needed.
  const call = callOf(name, families) ?? callOf(name, outsideFamilies);
  return call === undefined ? undefined : { call };
}

function callOf(name: string, among: readonly BuiltinFamily[]): BuiltinCall | undefined {
  return among.find((family) => Object.hasOwn(family, name))?.[name];
}

/** Every name that a family defines, for the test that holds them against the declarations. */
export function definedNames(): string[] {
  return [...[...families, ...outsideFamilies].flatMap((family) => Object.keys(family)), 'walk'];
}
