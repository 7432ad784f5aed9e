import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, fromJson, RegoError, stringifyJson } from '@keelson/rego';
import { data, generatePolicy, input } from './generate-policies.ts';

/**
 * Evaluates generated policies here and with the `opa` program, and prints where the answers differ. Run by name:
 *
 *     node languages/rego/scripts/compare-evaluation.ts [count] [first seed]
 */
const count = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? 1);
const opa = process.env['OPA'] ?? 'opa';
const folder = mkdtempSync(join(tmpdir(), 'keelson-rego-'));
const dataText = JSON.stringify(data);
const inputText = JSON.stringify(input);

interface OpaOutput {
  readonly result?: readonly { readonly expressions: readonly { readonly value: unknown }[] }[];
  readonly errors?: readonly { readonly code?: string; readonly message: string }[];
}

function askOpa(policy: string): string {
  writeFileSync(join(folder, 'p.rego'), policy);
  const args = ['eval', '--format=json', '-d', 'p.rego', '-d', 'data.json', '-i', 'input.json', 'data.t'];
  const { stdout } = spawnSync(opa, args, { cwd: folder, encoding: 'utf8' });
  const output: OpaOutput = JSON.parse(stdout);
  const [error] = output.errors ?? [];
  if (error !== undefined) return `${error.code ?? ''}: ${error.message}`;
  const value = output.result?.[0]?.expressions[0]?.value;
  return value === undefined ? 'undefined' : stringifyJson(fromJson(JSON.stringify(value)));
}

function askUs(policy: string): string {
  try {
    const compiled = compile({ 'p.rego': policy }, { data: fromJson(dataText) });
    const answers = new Set<string>();
    // The second and third time, indexes are there.
    for (let round = 0; round < 3; round++) {
      const { result, errors } = compiled.evaluate('data.t', fromJson(inputText));
      const [error] = errors.filter(({ endsEvaluation }) => endsEvaluation);
      if (result !== undefined) answers.add(stringifyJson(result));
      else answers.add(error === undefined ? 'undefined' : `${error.code}: ${error.message}`);
    }
    return [...answers].join(' | ');
  } catch (error) {
    return error instanceof RegoError ? error.code : `crash ${String(error)}`;
  }
}

execFileSync(opa, ['version']);
writeFileSync(join(folder, 'data.json'), dataText);
writeFileSync(join(folder, 'input.json'), inputText);
let same = 0;
let refused = 0;
let different = 0;
for (let seed = first; seed < first + count; seed++) {
  const policy = generatePolicy(seed);
  const theirs = askOpa(policy);
  const ours = askUs(policy);
  const isRefused = theirs.startsWith('rego_');
  if (isRefused ? theirs.startsWith(ours) : theirs === ours) {
    same++;
    if (isRefused) refused++;
  } else {
    different++;
    console.log(
      `seed ${seed}\n${policy}\n  opa:  ${theirs.slice(0, 1500)}\n  here: ${ours.slice(0, 1500)}\n`,
    );
  }
}
rmSync(folder, { recursive: true });
console.log(`${same} the same (${refused} of them refused by the compiler), ${different} different`);
