import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Builtin,
  compare,
  compile,
  EvaluationError,
  type JsonResult,
  nodeCryptography,
  parseValue,
  RecordedCalls,
  RegoObject,
  type RegoValue,
  setOf,
  sortValues,
  stringifyRego,
  toJson,
} from '@keelson/rego';
import { loadYaml } from './rego-yaml.ts';
import { type Suite, Tally } from './suite.ts';

/** One case of OPA's suite; which rows it wants or which error. */
interface Case {
  query: string;
  modules: readonly string[];
  data: RegoValue | undefined;
  input: RegoValue | undefined;
  strictError: boolean;
  wantResult: readonly RegoValue[] | undefined;
  wantError: string | undefined;
  wantErrorCode: string | undefined;
  sortBindings: boolean;
  ignoreGeneratedVars: boolean;
}

/** A built-in that OPA's own runner registers for its cases on time. */
const sleep: Builtin = {
  name: 'test.sleep',
  decl: { type: 'function', args: [{ type: 'string' }], result: { type: 'null' } },
  call: ([text]) => {
    const match = /^([0-9.]+)(ns|us|ms|s)$/.exec(String(text));
    const unit = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000 }[match?.[2] ?? 'ms'] ?? 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(match?.[1] ?? 0) * unit);
    return null;
  },
};

const crypto = nodeCryptography();
const host = { now: () => BigInt(Date.now()) * 1_000_000n, ...(crypto === undefined ? {} : { crypto }) };

const extraBuiltins = new Map([[sleep.name, sleep]]);

/** A way to run all cases that must change nothing. */
interface Gate {
  readonly name: string;
  readonly futureKeywords: readonly string[];
  readonly recordsCalls: boolean;
}

const plain: Gate = { name: 'as they are', futureKeywords: [], recordsCalls: false };

const gates: readonly Gate[] = [
  { name: 'future.keywords.not', futureKeywords: ['not'], recordsCalls: false },
  { name: 'recorded calls', futureKeywords: [], recordsCalls: true },
];

/**
 * Judges a folder of cases as `topdown/exported_test.go` of OPA does. `OPA_CASES=withkeyword` in the environment
 * runs only the files whose path holds that text. `OPA_CASES_GATES=1` runs all of them again, as OPA does, with
 * `future.keywords.not` imported in every module and with the results of non-deterministic built-ins recorded: what
 * fails then fails the suite, and the counts are printed.
 */
export const suite: Suite = {
  name: 'opa-cases',
  run(dir) {
    const tally = new Tally();
    judgeAll(dir, plain, tally);
    if (process.env['OPA_CASES_GATES'] !== undefined) for (const gate of gates) runGate(dir, gate, tally);
    return Promise.resolve(tally);
  },
};

function runGate(dir: string, gate: Gate, tally: Tally): void {
  const again = new Tally();
  judgeAll(dir, gate, again);
  tally.notes.push(`with ${gate.name}: ${again.passed} passed, ${again.failed} failed`);
  for (const { id, message } of again.failures) tally.fail(`${id} (with ${gate.name})`, message);
}

function judgeAll(dir: string, gate: Gate, tally: Tally): void {
  const only = process.env['OPA_CASES'];
  for (const version of ['v0', 'v1'] as const) {
    for (const file of caseFiles(join(dir, version))) {
      if (only !== undefined && !file.includes(only)) continue;
      judgeFile(join(dir, version, file), `${version}/${file}`, { version, gate }, tally);
    }
  }
}

function caseFiles(dir: string): readonly string[] {
  const entries: Dirent[] = readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

/** What the cases of a file are run with. */
interface Setting {
  readonly version: 'v0' | 'v1';
  readonly gate: Gate;
}

function judgeFile(path: string, id: string, setting: Setting, tally: Tally): void {
  const document = loadYaml(readFileSync(path, 'utf8'));
  const cases = member(document, 'cases');
  if (!Array.isArray(cases)) {
    tally.fail(id, 'the file has no list of cases');
    return;
  }
  for (const [i, value] of cases.entries()) {
    const name = `${id}#${i} ${textOf(member(value, 'note')) ?? ''}`;
    const fault = judge(readCase(value), setting);
    if (fault === undefined) tally.pass();
    else tally.fail(name, fault);
  }
}

/** What is wrong; undefined where the case passes. */
function judge(wanted: Case, setting: Setting): string | undefined {
  if (wanted.wantResult === undefined && wanted.wantError === undefined && wanted.wantErrorCode === undefined)
    return 'the case wants nothing';
  let rows: readonly ReadonlyMap<string, RegoValue>[];
  try {
    rows = run(wanted, setting);
  } catch (error) {
    return judgeError(error, wanted);
  }
  if (wanted.wantError !== undefined || wanted.wantErrorCode !== undefined)
    return `expected an error: ${wanted.wantErrorCode ?? ''} ${wanted.wantError ?? ''}`;
  return wanted.wantResult === undefined ? undefined : judgeRows(rows, wanted, wanted.wantResult);
}

function run(wanted: Case, { version, gate }: Setting): readonly ReadonlyMap<string, RegoValue>[] {
  const modules = new Map(wanted.modules.map((text, i) => [`test-${i}.rego`, text]));
  const policy = compile(modules, {
    version,
    builtins: extraBuiltins,
    futureKeywords: gate.futureKeywords,
  });
  const { rows, errors } = policy.query(wanted.query).run(wanted.input, {
    strictBuiltinErrors: wanted.strictError,
    host,
    ...(gate.recordsCalls ? { recordedCalls: new RecordedCalls() } : {}),
    ...(wanted.data === undefined ? {} : { data: wanted.data }),
  });
  const [error] = errors;
  if (error !== undefined && rows.length === 0 && (wanted.strictError || error.endsEvaluation)) throw error;
  return rows;
}

function judgeError(error: unknown, wanted: Case): string | undefined {
  const isExpected = wanted.wantError !== undefined || wanted.wantErrorCode !== undefined;
  if (!(error instanceof EvaluationError))
    return `not an evaluation error: ${error instanceof Error ? error.message : String(error)}`;
  const text = error.toOpaText();
  if (!isExpected) return `unexpected error: ${text}`;
  if (wanted.wantErrorCode !== undefined && wanted.wantErrorCode !== error.code)
    return `expected code ${wanted.wantErrorCode} but got ${text}`;
  if (wanted.wantError !== undefined && !text.includes(wanted.wantError))
    return `expected error text ${JSON.stringify(wanted.wantError)} but got ${JSON.stringify(text)}`;
  return undefined;
}

function judgeRows(
  rows: readonly ReadonlyMap<string, RegoValue>[],
  wanted: Case,
  wantedRows: readonly RegoValue[],
): string | undefined {
  const actual = setOf(rows.map((row) => rowValue(row, wanted)));
  const expected = setOf(wantedRows);
  if (compare(actual, expected) === 0) return undefined;
  return `expected ${stringifyRego(expected)} but got ${stringifyRego(actual)}`;
}

function rowValue(row: ReadonlyMap<string, RegoValue>, wanted: Case): RegoValue {
  const object = new RegoObject();
  for (const [name, value] of row) {
    if (wanted.ignoreGeneratedVars && name.startsWith('__localq')) continue;
    const json: JsonResult = toJson(value);
    object.set(name, wanted.sortBindings && Array.isArray(json) ? sortValues([...json], compare) : json);
  }
  return object;
}

function readCase(value: RegoValue): Case {
  const term = textOf(member(value, 'input_term'));
  const rows = member(value, 'want_result');
  const modules = member(value, 'modules');
  return {
    query: textOf(member(value, 'query')) ?? '',
    modules: Array.isArray(modules) ? modules.map((text) => textOf(text) ?? '') : [],
    data: member(value, 'data'),
    input: term === undefined ? member(value, 'input') : parseValue(term),
    strictError: member(value, 'strict_error') === true,
    wantResult: Array.isArray(rows) ? rows : undefined,
    wantError: textOf(member(value, 'want_error')),
    wantErrorCode: textOf(member(value, 'want_error_code')),
    sortBindings: member(value, 'sort_bindings') === true,
    ignoreGeneratedVars: member(value, 'ignore_generated_vars') === true,
  };
}

function member(value: RegoValue | undefined, name: string): RegoValue | undefined {
  return value instanceof RegoObject ? value.get(name) : undefined;
}

function textOf(value: RegoValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
