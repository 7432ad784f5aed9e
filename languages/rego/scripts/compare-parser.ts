// Reads the same mutated modules with keelson and with a running OPA and tells where they differ: whether the
// module is read, and the words, row and column of the first fault. OPA is asked through its server:
//   opa run --server --addr 127.0.0.1:8181 [--v0-compatible] &
//   node languages/rego/scripts/compare-parser.ts [COUNT] [SEED] [v0|v1] [URL]
import { type Diagnostic, RegoSyntaxError } from '../src/syntax/diagnostic.ts';
import { parseModule } from '../src/syntax/parse.ts';
import { mutate, randomOf } from '../src/syntax/testing/mutate.ts';
import { seedModules } from '../src/syntax/testing/seeds.ts';

interface PeerError {
  readonly code: string;
  readonly message: string;
  readonly location?: { readonly row: number; readonly col: number };
}

const count = Number(process.argv[2] ?? 2_000);
const seed = Number(process.argv[3] ?? 1);
const version = process.argv[4] === 'v0' ? 'v0' : 'v1';
const address = process.argv[5] ?? 'http://127.0.0.1:8181';

function told(row: number | undefined, col: number | undefined, message: string): string {
  return `${row}:${col} ${message}`;
}

/** The first fault of parsing as the peer tells it; other faults come later than parsing. */
async function askPeer(text: string): Promise<string> {
  const response = await fetch(`${address}/v1/policies/compared`, { method: 'PUT', body: text });
  const body: { errors?: readonly PeerError[] } = await response.json();
  const fault = body.errors?.find(({ code }) => code === 'rego_parse_error');
  return fault === undefined ? 'read' : told(fault.location?.row, fault.location?.col, fault.message);
}

function ask(text: string): string {
  let first: Diagnostic | undefined;
  try {
    parseModule('compared', text, { version });
  } catch (error) {
    if (!(error instanceof RegoSyntaxError)) throw error;
    first = error.diagnostics[0];
  }
  return first === undefined ? 'read' : told(first.location?.row, first.location?.col, first.message);
}

const random = randomOf(seed);
let same = 0;
for (let round = 0; round < count; round += 1) {
  // Half a surrogate pair cannot be sent.
  const text = mutate(seedModules[round % seedModules.length] ?? '', random).toWellFormed();
  const [ours, theirs] = [ask(text), await askPeer(text)];
  if (ours === theirs) same += 1;
  else console.log(`${JSON.stringify(text)}\n  opa:     ${theirs}\n  keelson: ${ours}`);
}
console.log(`${count} modules, ${same} judged the same, ${count - same} not`);
process.exitCode = same === count ? 0 : 1;
