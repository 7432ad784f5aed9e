// Compiles the same mutated modules with keelson and with a running OPA and tells where they differ: in code,
// words, row and column of any error. OPA is asked through its server:
//   opa run --server --addr 127.0.0.1:8181 &
//   node languages/rego/scripts/compare-compiler.ts [COUNT] [SEED] [URL]
import { compileModules } from '../src/compiler/compile.ts';
import { mutateMeaning, randomOf, seedRules } from '../src/compiler/testing/mutate.ts';
import { RegoSyntaxError } from '../src/syntax/diagnostic.ts';
import { parseModule } from '../src/syntax/parse.ts';

interface Told {
  readonly code: string;
  readonly message: string;
  readonly location?: { readonly row: number; readonly col: number } | undefined;
}

const count = Number(process.argv[2] ?? 2_000);
const seed = Number(process.argv[3] ?? 1);
const address = process.argv[4] ?? 'http://127.0.0.1:8181';

/** Which way a circle is told depends on the order of maps in OPA, so only its place counts. */
function show({ code, message, location }: Told): string {
  const words = code === 'rego_recursion_error' ? 'a circle' : message;
  return `${location?.row ?? 0}:${location?.col ?? 0} ${code}: ${words}`;
}

async function askPeer(text: string): Promise<readonly Told[]> {
  const response = await fetch(`${address}/v1/policies/compared`, { method: 'PUT', body: text });
  const body: { errors?: readonly Told[]; code?: string; message?: string } = await response.json();
  if (response.ok) return [];
  return body.errors ?? [{ code: body.code ?? 'unknown', message: body.message ?? '' }];
}

function ask(text: string): readonly Told[] {
  try {
    compileModules(new Map([['compared', parseModule('compared', text)]]));
    return [];
  } catch (error) {
    if (error instanceof RegoSyntaxError) return error.diagnostics;
    throw error;
  }
}

const random = randomOf(seed);
let same = 0;
let unread = 0;
for (let round = 0; round < count; round += 1) {
  const text = mutateMeaning(seedRules[round % seedRules.length] ?? '', random).toWellFormed();
  const ours = ask(text);
  if (ours.some(({ code }) => code === 'rego_parse_error')) {
    unread += 1;
    continue;
  }
  const [left, right] = [ours, await askPeer(text)].map((told) =>
    told.map(show).sort().join('\n           '),
  );
  if (left === right) same += 1;
  else console.log(`${text}\n  keelson: ${left}\n  opa:     ${right}`);
}
const compared = count - unread;
console.log(
  `${compared} modules compiled, ${same} judged the same, ${compared - same} not; ${unread} not read`,
);
process.exitCode = same === compared ? 0 : 1;
