import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

const corpora =
  process.env['KEELSON_CORPORA'] ?? fileURLToPath(new URL('../../../../../shared/corpora', import.meta.url));

/** The validator of an OSCAL model by its schema's file name; undefined where the corpus is absent. */
export function oscalValidator(file: string): ValidateFunction | undefined {
  let text: string;
  try {
    text = readFileSync(`${corpora}/report-schemas/oscal/${file}`, 'utf8');
  } catch {
    return undefined;
  }
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(text));
}

/** What a reference is written as, and what it may refer to. */
const references: Readonly<Record<string, true>> = {
  'observation-uuid': true,
  'risk-uuid': true,
  'finding-uuid': true,
  'subject-uuid': true,
  'component-uuid': true,
  'actor-uuid': true,
};

/** UUIDs that a document gives, in order, and faults: references that lead nowhere, ids of controls likewise. */
export function oscalReferences(document: unknown): { given: string[]; faults: string[] } {
  const given: string[] = [];
  const wanted: string[] = [];
  const objectives = new Set<string>();
  const targets: string[] = [];
  const visit = (value: unknown, parent: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, parent);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === 'string') {
        if (key === 'uuid') given.push(item);
        else if (references[key] === true) wanted.push(item);
        else if (key === 'href' && item.startsWith('#')) wanted.push(item.slice(1));
        else if (key === 'target-id') targets.push(item);
        else if (key === 'id' && parent === 'parts') objectives.add(item);
      }
      visit(item, key);
    }
    const { name, ns, value: text } = Object.assign({ name: '', ns: '', value: '' }, value);
    if (name === 'subject-uuid' && ns.startsWith('urn:keelson:')) wanted.push(text);
  };
  visit(document, '');
  const known = new Set(given);
  return {
    given,
    faults: [
      ...wanted.filter((uuid) => !known.has(uuid)),
      ...targets.filter((target) => !objectives.has(target)),
    ],
  };
}
