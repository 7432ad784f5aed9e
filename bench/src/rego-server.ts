import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { corpus } from './keelson.ts';
import { median, rounded, spread } from './measure.ts';

const entrypoint = 'data.bench.admission.violations';
const path = '/v1/data/bench/admission/violations';
const connections = 16;
const rounds = 5;
const bar = 5;
/** The kernel counts the CPU time of a process in ticks of a hundredth of a second. */
const ticksPerSecond = 100;

interface Server {
  readonly process: ChildProcess;
  readonly port: number;
  readonly agent: Agent;
  /** Requests of one round, so that a round lasts for a second or so. */
  readonly requests: number;
  readonly perCore: number[];
}

/**
 * Decisions per second of CPU on workload A, of OPA's server and of a compiled policy behind Node's. Both get the same
 * requests over the same number of kept connections, in turn; what the load itself costs is not counted.
 */
export async function measureServers(opa: string | undefined) {
  const inputs: readonly unknown[] = JSON.parse(readFileSync(join(folder(), 'inputs.json'), 'utf8'));
  const bodies = inputs.map((input) => JSON.stringify({ input }));
  const servers: { ours: Server; theirs?: Server } = { ours: await startOurs() };
  try {
    if (opa !== undefined) servers.theirs = await startOpa(opa);
    const { ours, theirs } = servers;
    const both = theirs === undefined ? [ours] : [theirs, ours];
    const equal = theirs === undefined ? undefined : await sameAnswers(ours, theirs, bodies);
    for (const server of both) await load(server, bodies);
    for (let round = 0; round < rounds; round++) for (const server of both) await measure(server, bodies);
    return summary(ours, theirs, equal);
  } finally {
    for (const server of Object.values(servers)) stop(server);
  }
}

function summary(ours: Server, theirs: Server | undefined, answersEqual: boolean | undefined) {
  return {
    workload: 'A as a server',
    unit: 'decisions per second and core, median (lowest to highest)',
    connections,
    opa: theirs === undefined ? 'not found' : spread(theirs.perCore, 0),
    keelson: spread(ours.perCore, 0),
    ratio: theirs === undefined ? undefined : rounded(median(ours.perCore) / median(theirs.perCore)),
    bar,
    answersEqual,
  };
}

async function measure(server: Server, bodies: readonly string[]): Promise<void> {
  const before = cpuSeconds(server);
  await load(server, bodies);
  server.perCore.push(server.requests / (cpuSeconds(server) - before));
}

/** Sends the requests of a round over all connections at once. */
async function load(server: Server, bodies: readonly string[]): Promise<void> {
  let sent = 0;
  const send = async (): Promise<void> => {
    while (sent < server.requests) await ask(server, bodies[sent++ % bodies.length] ?? '');
  };
  await Promise.all(Array.from({ length: connections }, send));
}

function ask({ port, agent }: Server, body: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(new Error(`the server answered ${response.statusCode}`));
    });
    response.on('error', reject);
  });
  sent.setTimeout(20_000, () => sent.destroy(new Error('the server does not answer')));
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

async function sameAnswers(a: Server, b: Server, bodies: readonly string[]): Promise<boolean> {
  for (const body of bodies) {
    const [x, y] = await Promise.all([ask(a, body), ask(b, body)]);
    if (!isDeepStrictEqual(resultOf(x), resultOf(y))) return false;
  }
  return true;
}

/** OPA adds members of its own to the answer. */
function resultOf(answer: string): unknown {
  const { result }: { result?: unknown } = JSON.parse(answer);
  return result;
}

async function startOurs(): Promise<Server> {
  // Beside this file, built or not.
  const program = fileURLToPath(new URL(`policy-server${extname(import.meta.filename)}`, import.meta.url));
  const args = [program, join(folder(), 'policy.rego'), join(folder(), 'data.json'), entrypoint];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => String(text)),
    once(child, 'exit').then(() => {
      throw new Error('the policy server ended before it listened');
    }),
  ]);
  return { process: child, port: Number(line), agent: keepAlive(), requests: 5000, perCore: [] };
}

async function startOpa(program: string): Promise<Server> {
  const port = await freePort();
  const args = ['run', '--server', `--addr=127.0.0.1:${port}`, '--log-level=error', '--disable-telemetry'];
  const child = spawn(program, [...args, 'policy.rego', 'data.json'], { stdio: 'ignore', cwd: folder() });
  const server = { process: child, port, agent: keepAlive(), requests: 1000, perCore: [] };
  for (let tries = 0; tries < 100; tries++) {
    const answers = await ask(server, '{}').then(
      () => true,
      () => false,
    );
    if (answers) return server;
    await wait(100);
  }
  stop(server);
  throw new Error('opa run --server does not answer');
}

function keepAlive(): Agent {
  return new Agent({ keepAlive: true, maxSockets: connections });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function stop({ process: child, agent }: Server): void {
  agent.destroy();
  child.kill();
}

/** User and system time of the server so far, as Linux tells it. */
function cpuSeconds({ process: { pid } }: Server): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold blanks; the times are the 12th and 13th field behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function folder(): string {
  return join(corpus('rego-bench'), 'admission');
}
