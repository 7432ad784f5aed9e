import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isKeelsonError, isObject, type JsonObject, type JsonValue, stringifyJson } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { scanDocuments } from './oscal-documents.ts';
import { type OscalSchemas, readSchemas } from './oscal-schemas.ts';
import { type Suite, Tally } from './suite.ts';

/**
 * What NIST publishes for 800-53 baselines and its example documents: the baselines hold together and have the counts
 * that SOURCE.md states; every example is read, written back and equal; examples and what keelson writes itself are
 * valid against the schema of their model, where there is one.
 */
export const suite: Suite = {
  name: 'oscal',
  async run(dir) {
    const tally = new Tally();
    const schemas = await readSchemas(dir);
    await judgeBaselines(dir, tally);
    await judgeExamples(join(dir, 'examples'), schemas, tally);
    for (const { id, document } of await scanDocuments(dir)) judgeSchema(id, document, schemas, tally);
    return tally;
  },
};

const baselineFile = 'nist-800-53r5-baseline-controls.json';

async function judgeBaselines(dir: string, tally: Tally): Promise<void> {
  const file = join(dir, baselineFile);
  if (!existsSync(file)) {
    tally.skip(baselineFile, 'the folder has no list of baselines');
    return;
  }
  const value = parseYaml(await readFile(file, 'utf8')).documents[0]?.value ?? null;
  const controls = controlsOf(value);
  const ids = new Set(controls.map(({ id }) => id));
  const check = (id: string, faults: readonly string[]) => {
    if (faults.length === 0) tally.pass();
    else tally.fail(`${baselineFile} ${id}`, faults.slice(0, 5).join('; '));
  };
  check('ids', ids.size === controls.length ? [] : [`${controls.length - ids.size} ids stand twice`]);
  check(
    'parents',
    controls.flatMap(({ id, parent }) =>
      parent === undefined || ids.has(parent) ? [] : [`${id} hangs on ${parent}, which there is not`],
    ),
  );
  const source = existsSync(join(dir, 'SOURCE.md')) ? await readFile(join(dir, 'SOURCE.md'), 'utf8') : '';
  check('controls', countFault(source, /the (\d+) controls/, controls.length));
  const baselines = isObject(value) ? value['baselines'] : undefined;
  const counts = [`${controls.length} controls`];
  for (const [name, list] of Object.entries(isObject(baselines) ? baselines : {})) {
    const members = Array.isArray(list) ? list : [];
    counts.push(`${name} ${members.length}`);
    check(name, [
      ...members.flatMap((id) => (typeof id === 'string' && ids.has(id) ? [] : [`${id} is no control`])),
      ...(new Set(members).size === members.length ? [] : ['an id stands twice']),
      ...countFault(source, new RegExp(`\\b${name} \\((\\d+)\\)`), members.length),
    ]);
  }
  tally.notes.push(counts.join(', '));
}

/** SOURCE.md states counts as facts of the corpus; a folder that states none is judged by what it holds. */
function countFault(source: string, pattern: RegExp, count: number): string[] {
  const stated = pattern.exec(source)?.[1];
  return stated === undefined || Number(stated) === count ? [] : [`${count} instead of ${stated}`];
}

function controlsOf(value: JsonValue): { id: string; parent: string | undefined }[] {
  const list = isObject(value) ? value['controls'] : undefined;
  return (Array.isArray(list) ? list : []).flatMap((control) => {
    if (!isObject(control) || typeof control['id'] !== 'string') return [];
    const parent = control['parent'];
    return { id: control['id'], parent: typeof parent === 'string' ? parent : undefined };
  });
}

async function judgeExamples(dir: string, schemas: OscalSchemas, tally: Tally): Promise<void> {
  if (!existsSync(dir)) {
    tally.skip('examples', 'the folder has no examples');
    return;
  }
  const files = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files.sort()) {
    const id = file.slice(dir.length + 1);
    if (!file.endsWith('.json')) {
      tally.skip(id, 'not JSON: OSCAL in XML and YAML is not read');
      continue;
    }
    judgeExample(id, await readFile(file, 'utf8'), schemas, tally);
  }
}

function judgeExample(id: string, text: string, schemas: OscalSchemas, tally: Tally): void {
  const read = readOscal(text);
  const plain = plainJson(text);
  if (typeof read === 'string' || plain === undefined) {
    tally.fail(`${id} read`, typeof read === 'string' ? read : 'not JSON');
    return;
  }
  const written = stringifyJson(read.root);
  if (isDeepStrictEqual(JSON.parse(written), plain.value)) tally.pass();
  else tally.fail(`${id} written`, 'is not equal to what was read');
  judgeSchema(id, written, schemas, tally);
}

/** The text as JavaScript reads JSON: a second opinion beside our own reader's. */
function plainJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text.replace(/^\ufeff/, '')) };
  } catch {
    return undefined;
  }
}

/** The models of OSCAL by the name of their root. */
const models = new Set([
  'catalog',
  'profile',
  'mapping-collection',
  'component-definition',
  'system-security-plan',
  'assessment-plan',
  'assessment-results',
  'plan-of-action-and-milestones',
]);

const uuidGrammar = /^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

interface OscalDocument {
  root: JsonObject;
  model: string;
  version: string;
}

/** Reads a document whole, whatever its model; a text when it is none. All models begin alike. */
function readOscal(text: string): OscalDocument | string {
  let root: JsonValue;
  try {
    const { documents, errors } = parseYaml(text);
    if (errors[0] !== undefined) return errors[0].message;
    root = documents[0]?.value ?? null;
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    return error.message;
  }
  if (!isObject(root)) return 'a document is an object';
  const roots = Object.keys(root).filter((key) => key !== '$schema');
  const [model] = roots;
  if (model === undefined || roots.length > 1 || !models.has(model)) return `no model: ${roots.join(', ')}`;
  const body = root[model];
  const metadata = isObject(body) ? body['metadata'] : undefined;
  if (!isObject(body) || !isObject(metadata)) return `${model} has no metadata`;
  if (typeof body['uuid'] !== 'string' || !uuidGrammar.test(body['uuid'])) return `${model} has no UUID`;
  const missing = ['title', 'last-modified', 'version', 'oscal-version'].filter(
    (key) => typeof metadata[key] !== 'string',
  );
  if (missing.length > 0) return `metadata lacks ${missing.join(', ')}`;
  return { root, model, version: String(metadata['oscal-version']) };
}

/** Judges a document by the schema of its model; models without one here are only read and written. */
function judgeSchema(id: string, text: string, schemas: OscalSchemas, tally: Tally): void {
  const read = readOscal(text);
  if (typeof read === 'string') {
    tally.fail(id, read);
    return;
  }
  const schema = schemas.get(read.model);
  if (schema === undefined) {
    tally.notes.push(`${id}: no schema of ${read.model} ${read.version} is at hand`);
    return;
  }
  const faults = schema.faults(JSON.parse(text));
  if (faults.length === 0) tally.pass();
  else if (read.version !== schema.version)
    tally.skip(
      `${id} schema`,
      `it names OSCAL ${read.version}, and only the schema of ${schema.version} is at hand`,
    );
  else tally.fail(`${id} schema`, faults.slice(0, 3).join('; '));
}
