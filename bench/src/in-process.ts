/** What repeated work in this process cost, seconds. */
export interface InProcessCost {
  /** CPU, user and system, of the best and of the middle run. */
  cpuBest: number;
  cpuMedian: number;
  wallMedian: number;
  runs: number;
}

/** Runs `work` once to warm up and then `runs` times. */
export function measureHere(runs: number, work: () => void): InProcessCost {
  work();
  const samples = Array.from({ length: runs }, () => {
    const cpu = process.cpuUsage();
    const wall = process.hrtime.bigint();
    work();
    const used = process.cpuUsage(cpu);
    return { cpu: (used.user + used.system) / 1e6, wall: Number(process.hrtime.bigint() - wall) / 1e9 };
  });
  const cpus = samples.map(({ cpu }) => cpu).sort((a, b) => a - b);
  const walls = samples.map(({ wall }) => wall).sort((a, b) => a - b);
  const middle = Math.floor(runs / 2);
  return { cpuBest: cpus[0] ?? 0, cpuMedian: cpus[middle] ?? 0, wallMedian: walls[middle] ?? 0, runs };
}

/** Highest resident memory of the process so far, MB. */
export function peakMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
