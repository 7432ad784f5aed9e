import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isObject, type JsonObject, type JsonValue, stringifyJson, valueAt } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

const corpora =
  process.env['KEELSON_CORPORA'] ?? fileURLToPath(new URL('../../../../../shared/corpora', import.meta.url));

/** The validator of a version that a CustomResourceDefinition serves; undefined where the corpus is absent. */
export function crdValidator(file: string, version: string): ValidateFunction | undefined {
  let text: string;
  try {
    text = readFileSync(`${corpora}/report-schemas/${file}`, 'utf8');
  } catch {
    return undefined;
  }
  const crd = parseYaml(text).documents[0]?.value ?? null;
  const versions = valueAt(crd, ['spec', 'versions']);
  const served = Array.isArray(versions)
    ? versions.find((item) => valueAt(item, ['name']) === version && valueAt(item, ['served']) === true)
    : undefined;
  const schema = valueAt(served ?? null, ['schema', 'openAPIV3Schema']);
  if (!isObject(schema)) throw new Error(`${file} serves no ${version}`);
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv, ['int32', 'int64', 'date-time']);
  return ajv.compile(JSON.parse(stringifyJson(closed(schema))));
}

/** An API server drops fields that a schema does not know (or refuses them, `--validate`): here they are faults. */
function closed(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const out: JsonObject = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  );
  const isOpen = out['additionalProperties'] !== undefined || out['properties'] === undefined;
  return isOpen ? out : { ...out, additionalProperties: false };
}
