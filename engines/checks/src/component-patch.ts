import { isObject, type JsonObject, type JsonValue, objectOf, type Path } from '@keelson/core';
import type { PatchOperation } from '@keelson/evidence';
import type { ComponentCommand, ConfigurationField } from '@keelson/kubernetes';

/** Operations that give a flag a value, or remove it when there is none; undefined where that cannot be written. */
export type FlagPatch = (flag: string, value: string | undefined) => PatchOperation[] | undefined;

/** Edits the words of a container's `command` and `args`; a new flag is appended to the list that holds the others. */
export function commandPatch(
  container: JsonObject,
  base: Path,
  command: ComponentCommand,
  words: readonly { readonly text: string; readonly path: Path }[],
): FlagPatch {
  return (flag, value) => {
    const given = command.flags.get(flag);
    if (given === undefined)
      return value === undefined ? [] : [append(container, base, `--${flag}=${value}`)];
    if (given.occurrences > 1) return undefined;
    const own = given.words.flatMap((index) => words[index] ?? []);
    const [first, second] = own;
    if (first === undefined) return undefined;
    // From the back, so that an index still means the same word when the one after it has gone.
    if (value === undefined) return own.reverse().map(({ path }) => ({ op: 'remove', path }));
    if (second !== undefined) return [{ op: 'replace', path: second.path, value }];
    return [{ op: 'replace', path: first.path, value: `${first.text.split('=', 1)[0]}=${value}` }];
  };
}

function append(container: JsonObject, base: Path, word: string): PatchOperation {
  const { command, args } = container;
  const hasArgs = Array.isArray(args) && args.length > 0;
  const list = hasArgs ? args : command;
  return {
    op: 'add',
    path: [...base, hasArgs ? 'args' : 'command', Array.isArray(list) ? list.length : 0],
    value: word,
  };
}

/** Sets the field of a configuration document that says what the flag says. */
export function configurationPatch(fields: ReadonlyMap<string, ConfigurationField>): FlagPatch {
  return (flag, value) => {
    const field = fields.get(flag);
    if (field === undefined) return undefined;
    if (value === undefined) return [{ op: 'remove', path: field.path }];
    const typed = typedValue(field, value);
    return typed === undefined ? undefined : [{ op: 'add', path: field.path, value: typed }];
  };
}

function typedValue({ type }: ConfigurationField, value: string): JsonValue | undefined {
  switch (type) {
    case 'boolean':
      return value === 'true';
    case 'number':
      return Number(value);
    case 'list':
      return value.split(',');
    case 'string':
      return value;
    case 'map':
      return undefined;
  }
}

/** Sets an entry of kubeadm's `extraArgs`, in the form of the document's version. */
export function kubeadmPatch(
  document: JsonObject,
  path: Path,
  given: JsonValue | undefined,
  places: ReadonlyMap<string, Path>,
): FlagPatch {
  return (flag, value) => {
    const place = places.get(flag);
    if (value === undefined) {
      if (place === undefined) return [];
      return [{ op: 'remove', path: [...path, ...place.slice(0, 1)] }];
    }
    if (place !== undefined) return [{ op: 'replace', path: [...path, ...place], value }];
    const entry = objectOf([
      ['name', flag],
      ['value', value],
    ]);
    if (Array.isArray(given)) return [{ op: 'add', path: [...path, given.length], value: entry }];
    if (isObject(given)) return [{ op: 'add', path: [...path, flag], value }];
    const isList = !/\/v1beta[123]$/.test(String(document['apiVersion']));
    return [{ op: 'add', path: isList ? path : [...path, flag], value: isList ? [entry] : value }];
  };
}
