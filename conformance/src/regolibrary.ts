import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createObject, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { judgeTexts, loadMappings, type Mapping, readJson, readJsonLines } from './check-cases.ts';
import { type Suite, Tally } from './suite.ts';

/** One line of `cases.jsonl`. */
interface Case {
  readonly rule: string;
  readonly name: string;
  readonly inputs: readonly string[];
  /** File with the settings that the rule is run with. */
  readonly data: string | undefined;
  readonly fails: boolean;
  readonly isJudgeable: boolean;
  /** Kubernetes objects that upstream blames, as `kind/name`; undefined when it blames something else. */
  readonly objects: ReadonlySet<string> | undefined;
}

/**
 * Kubescape's rule tests. A case passes when the mapped checks raise something exactly where upstream's rule does;
 * agreement on the very objects is told as a note.
 */
export const suite: Suite = {
  name: 'regolibrary',
  async run(dir) {
    const result = new Tally();
    const cases = readCases(await readFile(join(dir, 'cases.jsonl'), 'utf8'));
    const mappings = loadMappings('regolibrary');
    const names = await readJsonFile(join(import.meta.dirname, '../mappings/settings/regolibrary.json'));
    const defaults = settingsOf(await readJsonFile(join(dir, 'default-config-inputs.json')));
    const agreement = { same: 0, judged: 0 };
    const differences: string[] = [];
    for (const one of cases) {
      const id = `${one.rule}/${one.name}`;
      const mapping = mappings.get(one.rule);
      if (!one.isJudgeable) result.skip(id, 'the corpus has no input for this case');
      else if (mapping === undefined) result.skip(id, 'no check is mapped to this rule');
      else if (mapping.differs.has(one.name))
        differences.push(`differs: ${id}: ${mapping.differs.get(one.name)}`);
      else
        await judgeCase(
          dir,
          one,
          mapping,
          (own) => parameters(names, mapping.params, defaults, own),
          result,
          agreement,
        );
    }
    const rules = new Set(cases.map(({ rule }) => rule));
    const mapped = [...rules].filter((rule) => mappings.has(rule)).length;
    result.notes.push(`${mapped} of ${rules.size} rules are mapped`);
    result.notes.push(`${differences.length} cases are answered otherwise on purpose`, ...differences);
    result.notes.push(
      `same objects blamed: ${agreement.same} of ${agreement.judged} failing cases over Kubernetes objects`,
    );
    return result;
  },
};

async function judgeCase(
  dir: string,
  one: Case,
  mapping: Mapping,
  parametersFor: (own: JsonObject) => JsonObject,
  result: Tally,
  agreement: { same: number; judged: number },
): Promise<void> {
  const id = `${one.rule}/${one.name}`;
  const files = await Promise.all(
    one.inputs.map(async (name) => ({
      name,
      text: await readFile(join(dir, name), 'utf8'),
      kind: 'manifest' as const,
    })),
  );
  const own = one.data === undefined ? createObject() : settingsOf(await readJsonFile(join(dir, one.data)));
  const { violations, errors } = judgeTexts(files, mapping.checks, { params: parametersFor(own) });
  const error = errors[0];
  if (error !== undefined) {
    result.fail(id, error);
    return;
  }
  if (violations.length > 0 !== one.fails) {
    const found = violations.map(({ check, message }) => `${check}: ${message}`).join('; ');
    result.fail(
      id,
      one.fails ? `expected a finding of ${mapping.checks.join(', ')}` : `expected none, found ${found}`,
    );
    return;
  }
  result.pass();
  if (!one.fails || one.objects === undefined || one.objects.size === 0) return;
  // Upstream's expectations often leave the namespace out; kind and name are compared.
  const found = new Set(violations.map(({ object }) => identityOf(object)));
  agreement.judged++;
  if (found.size === one.objects.size && [...found].every((object) => one.objects?.has(object)))
    agreement.same++;
}

function identityOf(object: JsonValue | undefined): string {
  const metadata = isObject(object) ? object['metadata'] : undefined;
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return `${isObject(object) ? object['kind'] : ''}/${name ?? ''}`;
}

function readCases(text: string): Case[] {
  return readJsonLines(text).flatMap((value) => {
    const { id, case: name, inputs, data, verdict } = value;
    if (typeof id !== 'string' || typeof name !== 'string' || !Array.isArray(inputs)) return [];
    return [
      {
        rule: id,
        name,
        inputs: inputs.filter((input) => typeof input === 'string'),
        data: typeof data === 'string' ? data : undefined,
        fails: verdict === 'fail',
        isJudgeable: value['judgeable'] !== false && inputs.length > 0,
        objects: blamedObjects(value['findings']),
      },
    ];
  });
}

function blamedObjects(findings: JsonValue | undefined): ReadonlySet<string> | undefined {
  const objects = (Array.isArray(findings) ? findings : []).flatMap((finding) => {
    const list = isObject(finding) ? finding['objects'] : undefined;
    return Array.isArray(list) ? list.filter(isObject) : [];
  });
  // What upstream puts together of several objects, a subject with its bindings say, is no object of the input.
  if (objects.some((object) => object['external'] === true)) return undefined;
  return new Set(objects.map(({ kind, name }) => `${kind}/${name ?? ''}`));
}

async function readJsonFile(path: string): Promise<JsonValue> {
  return readJson(await readFile(path, 'utf8'));
}

/** Settings stand under `postureControlInputs`, in upstream's defaults below `settings` once more. */
function settingsOf(value: JsonValue): JsonObject {
  const outer = isObject(value) && isObject(value['settings']) ? value['settings'] : value;
  const inputs = isObject(outer) ? outer['postureControlInputs'] : undefined;
  return isObject(inputs) ? inputs : createObject();
}

/** Upstream's settings as parameters of our checks; `names` holds those that are called otherwise here. */
function parameters(names: JsonValue, ...all: readonly JsonObject[]): JsonObject {
  const out = createObject();
  for (const settings of all) {
    for (const key of Object.keys(settings)) {
      const value = settings[key] ?? null;
      out[key] = value;
      const name = isObject(names) && Object.hasOwn(names, key) ? names[key] : undefined;
      // An empty setting of one name does not undo what another says.
      if (typeof name === 'string' && (out[name] === undefined || (Array.isArray(value) && value.length > 0)))
        out[name] = value;
    }
  }
  return out;
}
