import { spawnSync } from 'node:child_process';

/** What one finished process cost, as the operating system counted it, its waited-for children included. */
export interface Cost {
  /** User and system CPU, seconds. */
  cpu: number;
  wall: number;
  /** Peak resident memory of the largest single process, MB. */
  peakMb: number;
  exit: number;
}

export interface Command {
  name: string;
  program: string;
  args: readonly string[];
  cwd?: string;
  /** Done before each run, and not measured. */
  prepare?: () => void;
}

// wait4 is the only exact account of another process, and Node does not offer it; Python does.
const watcher = `
import json, os, sys, time
null = os.open(os.devnull, os.O_RDWR)
start = time.monotonic()
pid = os.fork()
if pid == 0:
    os.dup2(null, 0); os.dup2(null, 1); os.dup2(null, 2)
    try:
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError:
        os._exit(127)
_, status, usage = os.wait4(pid, 0)
print(json.dumps({"cpu": usage.ru_utime + usage.ru_stime, "wall": time.monotonic() - start,
                  "peakMb": usage.ru_maxrss / 1024, "exit": os.waitstatus_to_exitcode(status)}))
`;

/** Runs a command to its end with its output thrown away. */
export function measureOnce(command: Command): Cost {
  command.prepare?.();
  const { status, stdout, stderr } = spawnSync('python3', ['-c', watcher, command.program, ...command.args], {
    encoding: 'utf8',
    cwd: command.cwd,
  });
  if (status !== 0) throw new Error(`cannot measure ${command.name}: ${stderr}`);
  const cost: Cost = JSON.parse(stdout);
  if (cost.exit === 127) throw new Error(`cannot start ${command.program}`);
  return cost;
}

/** The commands in turn, A B A B …, so that a machine that slows down slows all of them. */
export function measureInTurn(commands: readonly Command[], rounds: number): Map<string, Cost[]> {
  const costs = new Map<string, Cost[]>(commands.map((command) => [command.name, []]));
  for (const command of commands) measureOnce(command);
  for (let round = 0; round < rounds; round++) {
    for (const command of commands) costs.get(command.name)?.push(measureOnce(command));
  }
  return costs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** `4.5 (4.1 to 6)`: median, lowest and highest, each to so many digits behind the point. */
export function spread(values: readonly number[], digits = 1): string {
  const shown = (value: number): number => rounded(value, digits);
  return `${shown(median(values))} (${shown(Math.min(...values))} to ${shown(Math.max(...values))})`;
}

export function rounded(value: number, digits = 1): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** Medians of each command and, pair by pair, the ratio of the first to each other. */
export function summarizeCosts(costs: ReadonlyMap<string, readonly Cost[]>) {
  const [first] = [...costs.values()];
  return [...costs].map(([name, runs]) => ({
    name,
    cpuSeconds: rounded(median(runs.map((run) => run.cpu)), 3),
    wallSeconds: rounded(median(runs.map((run) => run.wall)), 3),
    peakMb: Math.round(Math.max(...runs.map((run) => run.peakMb))),
    exit: runs.at(-1)?.exit ?? -1,
    ratioOfFirst: rounded(median(runs.map((run, i) => (first?.[i]?.cpu ?? Number.NaN) / run.cpu)), 3),
  }));
}
