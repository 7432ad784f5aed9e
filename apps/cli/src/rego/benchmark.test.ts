import { describe, expect, test } from 'vitest';
import { benchmark, benchmarkJson, benchmarkLine, benchmarkTable, statisticsOf } from './benchmark.ts';
import { indented } from './json-output.ts';

const measured = (nanoseconds: number) => ({ runs: 100, nanoseconds, metrics: new Map([['m', 1.5]]) });

describe('measurements', () => {
  test('statistics are those of opa', () => {
    expect(Object.fromEntries(statisticsOf([4, 1, 3, 2]))).toEqual({
      '75%': 3.75,
      '90%': 4,
      '95%': 4,
      '99%': 4,
      '99.9%': 4,
      '99.99%': 4,
      count: 4,
      max: 4,
      mean: 2.5,
      median: 2.5,
      min: 1,
      stddev: Math.sqrt(1.25),
    });
  });

  test.each<[nanoseconds: number, line: string]>([
    [1_250_000, 'BenchmarkX\t     100\t     12500 ns/op\t         1.50 m\n'],
    [5_000, 'BenchmarkX\t     100\t        50.0 ns/op\t         1.50 m\n'],
    [50, 'BenchmarkX\t     100\t         0.500 ns/op\t         1.50 m\n'],
  ])('%d ns as a line of Go', (nanoseconds, line) => {
    expect(benchmarkLine('BenchmarkX', measured(nanoseconds))).toBe(line);
  });

  test('as a table and as JSON', () => {
    expect(benchmarkTable(measured(1_250_000))).toBe(
      '┌─────────┬───────┐\n│ samples │   100 │\n│ ns/op   │ 12500 │\n│ m       │  1.50 │\n└─────────┴───────┘\n',
    );
    expect(JSON.parse(indented(benchmarkJson(measured(7))))).toEqual({ N: 100, T: 7, Extra: { m: 1.5 } });
  });

  test('work that fails ends the measurement', () => {
    const work = () => {
      throw new RangeError('no');
    };
    expect(() => benchmark(work, false)).toThrow('no');
  });
});
