import { isObject, JsonSyntaxError, type JsonValue, parseJson } from '@keelson/core';
import { type Capabilities, capabilities as everything, type PolicyOptions } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { findFiles, readText } from './files.ts';

/** The version of OPA whose language this is. */
const ownVersion = 'v1.22.2';

/** Flags that say what policies may use, and what is known of their input. */
export const languageFlags = {
  capabilities: { type: 'string', value: 'file' },
  schema: { type: 'string', short: 's', value: 'file' },
} as const;

export const languageHelp = `  --capabilities FILE   the built-in functions and keywords that policies may use, as opa's capabilities document names
                        them; or ${ownVersion}, which is all there is
  -s, --schema PATH     JSON Schema of the input; of a folder, the schemas that metadata of policies names`;

export interface LanguageValues {
  readonly capabilities?: string | undefined;
  readonly schema?: string | undefined;
}

export type Language = Pick<PolicyOptions, 'capabilities' | 'inputSchema' | 'schemas'>;

/** @throws CommandError USAGE for a file that is not there or holds something else. */
export function languageFrom({ capabilities, schema }: LanguageValues): Language {
  return {
    ...(capabilities === undefined || capabilities === ownVersion
      ? {}
      : { capabilities: capabilitiesFrom(capabilities) }),
    ...(schema === undefined ? {} : schemasFrom(schema)),
  };
}

function capabilitiesFrom(file: string): Partial<Capabilities> {
  if (/^v\d+\.\d+\.\d+$/.test(file))
    throw new CommandError(
      'USAGE',
      `--capabilities ${file}: only ${ownVersion} is known by its number; name a file`,
    );
  const document = documentOf(file);
  if (!isObject(document)) throw new CommandError('USAGE', `${file}: capabilities are an object`);
  const { builtins, allow_net: allowNet } = document;
  const names = new Set(
    listOf(file, 'builtins', builtins).map((each) => (isObject(each) ? each['name'] : undefined)),
  );
  return {
    builtins: everything().builtins.filter(({ name }) => names.has(name)),
    future_keywords: textsOf(file, 'future_keywords', document['future_keywords']),
    features: textsOf(file, 'features', document['features']),
    ...(allowNet === undefined ? {} : { allow_net: textsOf(file, 'allow_net', allowNet) }),
  };
}

function textsOf(file: string, name: string, value: JsonValue | undefined): string[] {
  return listOf(file, name, value).filter((item) => typeof item === 'string');
}

function listOf(file: string, name: string, value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new CommandError('USAGE', `${file}: ${name} is a list`);
  return value;
}

/** One file is the schema of the input; those of a folder are named by their paths, as `schema.kubernetes.pod`. */
function schemasFrom(path: string): Pick<Language, 'inputSchema' | 'schemas'> {
  const schemas: Record<string, JsonValue> = {};
  for (const { file, steps, named } of findFiles(path)) {
    const schema = documentOf(file);
    if (named) return { inputSchema: schema, schemas };
    const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
    schemas[['schema', ...[...steps, name].map((step) => `[${JSON.stringify(step)}]`)].join('')] = schema;
  }
  return { schemas };
}

function documentOf(file: string): JsonValue {
  try {
    return parseJson(readText(file));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new CommandError('USAGE', `${file}: no JSON: ${error.message}`, { cause: error });
  }
}
