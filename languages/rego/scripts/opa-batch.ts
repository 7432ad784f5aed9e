import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, fromJson, RegoError, stringifyJson } from '@keelson/rego';
import { data, generatePolicy, input } from './generate-policies.ts';

/** Evaluates generated policies here and with the `opa` program, many of them in one process. */
const opa = process.env['OPA'] ?? 'opa';
const inputText = JSON.stringify(input);

interface OpaOutput {
  readonly result?: readonly { readonly expressions: readonly { readonly value: unknown }[] }[];
  readonly errors?: readonly { readonly code?: string; readonly message: string }[];
}

export interface Difference {
  readonly seed: number;
  readonly policy: string;
  readonly opa: string;
  readonly here: string;
}

export interface Comparison {
  readonly same: number;
  /** Of those, the policies that both refuse to compile. */
  readonly refused: number;
  readonly differences: readonly Difference[];
}

/** Why nothing can be compared; undefined where the program is there, in the version that keelson follows. */
export function whyNoOpa(): string | undefined {
  const { status, stdout } = spawnSync(opa, ['version'], { encoding: 'utf8' });
  if (status !== 0) return `there is no program ${opa}`;
  const version = /^Version: (.*)$/m.exec(stdout)?.[1] ?? 'of no version';
  return version.startsWith('1.22.') ? undefined : `${opa} is ${version}, not 1.22`;
}

export function comparePolicies(firstSeed: number, count: number, batchSize = 25): Comparison {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-rego-'));
  try {
    writeFileSync(join(folder, 'input.json'), inputText);
    const differences: Difference[] = [];
    let refused = 0;
    for (let first = firstSeed; first < firstSeed + count; first += batchSize) {
      const size = Math.min(batchSize, firstSeed + count - first);
      const cases = Array.from({ length: size }, (_, i) => generated(first + i));
      const theirs = askTogether(folder, cases);
      cases.forEach((one, i) => {
        const there = theirs[i] ?? '';
        const isRefused = one.here.startsWith('rego_');
        if (isRefused) refused++;
        if (isRefused ? !there.startsWith(one.here) : there !== one.here)
          differences.push({ seed: one.seed, policy: one.policy, opa: there, here: one.here });
      });
    }
    return { same: count - differences.length, refused, differences };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Case {
  readonly seed: number;
  /** In a package of its own, so that many go into one process. */
  readonly policy: string;
  readonly name: string;
  readonly here: string;
}

function generated(seed: number): Case {
  const name = `t${seed}`;
  const policy = generatePolicy(seed)
    .replace(/^package t$/m, `package ${name}`)
    .replaceAll('data.t.', `data.${name}.`);
  return { seed, policy, name, here: answerHere(name, policy) };
}

/** The answer three times over, since indexes are only made after a while; all must be one. */
function answerHere(name: string, policy: string): string {
  try {
    const compiled = compile({ [`${name}.rego`]: policy }, { data: fromJson(dataText([name])) });
    const answers = new Set<string>();
    for (const listeners of [[], [], [], [{ event: () => undefined }]]) {
      const { result, errors } = compiled.evaluate(`data.${name}`, fromJson(inputText), { listeners });
      const [error] = errors.filter(({ endsEvaluation }) => endsEvaluation);
      if (result !== undefined) answers.add(stringifyJson(result));
      else answers.add(error === undefined ? 'undefined' : `${error.code}: ${error.message}`);
    }
    return [...answers].join(' | ');
  } catch (error) {
    if (error instanceof RegoError) return error.code;
    throw error;
  }
}

function askTogether(folder: string, cases: readonly Case[]): readonly string[] {
  const whole = cases.some(({ here }) => here.startsWith('rego_')) ? undefined : ask(folder, cases);
  if (whole?.result !== undefined) {
    const value = whole.result[0]?.expressions[0]?.value;
    if (Array.isArray(value)) return value.map(textOf);
  }
  if (cases.length > 1) {
    const half = cases.length >> 1;
    return [...askTogether(folder, cases.slice(0, half)), ...askTogether(folder, cases.slice(half))];
  }
  const [error] = (whole ?? ask(folder, cases)).errors ?? [];
  return [error === undefined ? 'undefined' : `${error.code ?? ''}: ${error.message}`];
}

/** One process: the documents of all packages in one array. */
function ask(folder: string, cases: readonly Case[]): OpaOutput {
  const files = cases.map(({ name, policy }) => {
    writeFileSync(join(folder, `${name}.rego`), policy);
    return ['-d', `${name}.rego`];
  });
  writeFileSync(join(folder, 'data.json'), dataText(cases.map(({ name }) => name)));
  const query = `[${cases.map(({ name }) => `data.${name}`).join(', ')}]`;
  const args = ['eval', '--format=json', ...files.flat(), '-d', 'data.json', '-i', 'input.json', query];
  const { stdout } = spawnSync(opa, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1e9 });
  return JSON.parse(stdout);
}

/** The data, in which each policy's package has a stored part as well. */
function dataText(names: readonly string[]): string {
  const { t, ...rest } = data;
  return JSON.stringify({ ...rest, ...Object.fromEntries(names.map((name) => [name, t])) });
}

function textOf(value: unknown): string {
  return stringifyJson(fromJson(JSON.stringify(value)));
}
