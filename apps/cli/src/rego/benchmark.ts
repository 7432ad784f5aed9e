import { type Structure, structure } from './json-output.ts';
import { plainTable } from './pretty-table.ts';

/** What runs of the same work took. */
export interface Benchmark {
  readonly runs: number;
  /** All runs together. */
  readonly nanoseconds: number;
  /** Statistics of single runs, by the names that `opa bench` has for them; none where not asked for. */
  readonly metrics: ReadonlyMap<string, number>;
}

/** Runs go on for as long, and no run is begun after as many. */
const enoughMilliseconds = 1000;
const mostRuns = 1_000_000;
/** Runs that are not measured: JavaScript is only as fast as it gets when it was compiled. */
const warmUpMilliseconds = 300;

/** Measures work over and over. What it throws ends the measurement. */
export function benchmark(work: () => unknown, withMetrics: boolean): Benchmark {
  const warmUp = performance.now() + warmUpMilliseconds;
  do work();
  while (performance.now() < warmUp);
  const took: number[] = [];
  let milliseconds = 0;
  while (milliseconds < enoughMilliseconds && took.length < mostRuns) {
    const start = performance.now();
    work();
    const one = performance.now() - start;
    milliseconds += one;
    took.push(one * 1e6);
  }
  return {
    runs: took.length,
    nanoseconds: Math.round(milliseconds * 1e6),
    metrics: withMetrics ? metricsOf(took) : new Map(),
  };
}

function metricsOf(took: readonly number[]): Map<string, number> {
  const name = 'histogram_timer_rego_query_eval_ns';
  return new Map([...statisticsOf(took)].map(([statistic, value]) => [`${name}_${statistic}`, value]));
}

const shares = {
  median: 0.5,
  '75%': 0.75,
  '90%': 0.9,
  '95%': 0.95,
  '99%': 0.99,
  '99.9%': 0.999,
  '99.99%': 0.9999,
};

/** In order of their names. */
export function statisticsOf(values: readonly number[]): ReadonlyMap<string, number> {
  const sorted = Float64Array.from(values).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length;
  const found = new Map<string, number>([
    ['count', sorted.length],
    ['max', sorted.at(-1) ?? 0],
    ['mean', mean],
    ['min', sorted[0] ?? 0],
    ['stddev', Math.sqrt(variance)],
    ...Object.entries(shares).map(([name, share]) => [name, quantile(sorted, share)] as const),
  ]);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Between two values the share counts, as in the statistics of `opa`. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length + 1);
  const before = sorted[Math.floor(place) - 1];
  const after = sorted[Math.floor(place)];
  if (before === undefined) return sorted[0] ?? 0;
  return after === undefined ? before : before + (place - Math.floor(place)) * (after - before);
}

/** As `opa bench --format json`, without what it counts of memory. */
export function benchmarkJson({ runs, nanoseconds, metrics }: Benchmark): Structure {
  return structure({ N: runs, T: nanoseconds, Extra: new Map(metrics) });
}

export function benchmarkTable(measured: Benchmark): string {
  return plainTable([
    ['samples', String(measured.runs)],
    ['ns/op', shortNumber(perRun(measured))],
    ...[...measured.metrics].map(([name, value]) => [name, shortNumber(value)] as const),
  ]);
}

/** A line in Go's format of benchmarks; `name` begins with `Benchmark`. */
export function benchmarkLine(name: string, measured: Benchmark): string {
  const parts = [
    name,
    String(measured.runs).padStart(8),
    `${aligned(perRun(measured))} ns/op`,
    ...[...measured.metrics].map(([unit, value]) => `${aligned(value)} ${unit}`),
  ];
  return `${parts.join('\t')}\n`;
}

function perRun({ runs, nanoseconds }: Benchmark): number {
  return nanoseconds / runs;
}

/** Go's benchmarks write three digits that count, and ten places before the point. */
function aligned(value: number): string {
  const digits = fractionDigits(value);
  return value.toFixed(digits).padStart(digits === 0 ? 10 : 11 + digits);
}

function shortNumber(value: number): string {
  return value.toFixed(fractionDigits(value));
}

function fractionDigits(value: number): number {
  if (value === 0 || value >= 99.95) return 0;
  const limits = [9.995, 0.9995, 0.09995, 0.009995, 0.0009995];
  const at = limits.findIndex((limit) => value >= limit);
  return at < 0 ? 6 : at + 1;
}
