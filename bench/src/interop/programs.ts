import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { keelson } from '../keelson.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const timeout = 60_000;

/** Runs a program to its end, while this process goes on to serve its registry. */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<Run> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...environment },
    timeout,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = Promise.all(
    [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join('')),
  );
  const [[code], [out = '', err = '']] = await Promise.all([once(child, 'close'), texts]);
  return { code: typeof code === 'number' ? code : -1, out, err };
}

/** Runs keelson's built command. */
export function runKeelson(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<Run> {
  const [verb = '', ...rest] = args;
  const command = keelson(`keelson ${verb}`, verb, ...rest);
  return runProgram(command.program, command.args, cwd, environment);
}

/** @throws Error with what the program said, where it did not end as it should */
export function demand(run: Run, code: 'zero' | 'not zero', what: string): void {
  if ((run.code === 0) !== (code === 'zero'))
    throw new Error(`${what} ended with ${run.code}: ${(run.err + run.out).trim().slice(-400)}`);
}
