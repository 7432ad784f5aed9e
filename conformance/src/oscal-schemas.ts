import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isObject, valueAt } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

/** The official schema of a model. */
export interface OscalSchema {
  /** The version of OSCAL that it is of. */
  version: string;
  /** What a document has that it may not have, each with its place. */
  faults(document: unknown): string[];
}

/** Schemas by the root of the model that they describe. */
export type OscalSchemas = ReadonlyMap<string, OscalSchema>;

/** The official schemas of the corpus `report-schemas`: beside the folder that is judged, or of the environment. */
export async function readSchemas(dir: string): Promise<OscalSchemas> {
  const corpora = process.env['KEELSON_CORPORA'] ?? resolve(import.meta.dirname, '../../../shared/corpora');
  const folder = [resolve(dir, '..'), corpora]
    .map((root) => join(root, 'report-schemas/oscal'))
    .find((path) => existsSync(path));
  const schemas = new Map<string, OscalSchema>();
  if (folder === undefined) return schemas;
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json')).sort()) {
    const text = await readFile(join(folder, name), 'utf8');
    const schema = parseYaml(text).documents[0]?.value ?? null;
    const required = valueAt(schema, ['required']);
    const id = valueAt(schema, ['$id']);
    const model = Array.isArray(required) ? required[0] : undefined;
    const version = typeof id === 'string' ? /\/oscal\/([^/]+)\//.exec(id)?.[1] : undefined;
    if (!isObject(schema) || typeof model !== 'string' || version === undefined) continue;
    schemas.set(model, { version, faults: faultsBy(JSON.parse(text)) });
  }
  return schemas;
}

function faultsBy(schema: object): OscalSchema['faults'] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (document) => {
    validate(document);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  };
}
