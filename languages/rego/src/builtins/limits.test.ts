import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RegoError } from '../errors.ts';
import { objectOf, type RegoValue } from '../values/index.ts';
import { printf } from './format/printf.ts';
import { findBuiltin } from './table.ts';
import { contextOf, resultOf } from './testing/cases.ts';

// What a policy asks for may be a bomb: each is an error that names the limit, and comes at once.
describe('limits', () => {
  const big = `"${'a'.repeat(2000)}"`;
  test.each([
    ['numbers.range(0, 1e12)', 'maxCollectionSize'],
    ['numbers.range(0, 1e30)', 'maxCollectionSize'],
    ['numbers.range_step(0, 1e12, 2)', 'maxCollectionSize'],
    ['bits.lsh(1, 1e9)', 'maxIntegerBits'],
    ['bits.lsh(1, 1e30)', 'maxIntegerBits'],
    [`replace(${big}, "a", ${big})`, 'maxStringLength'],
    [`strings.replace_n({"a": ${big}}, ${big})`, 'maxStringLength'],
    [`concat(${big}, [${Array(1000).fill('"x"').join()}])`, 'maxStringLength'],
    [`sprintf("${'%1000000d'.repeat(100)}", [${Array(100).fill('1').join()}])`, 'maxStringLength'],
    [
      'strings.render_template("{{range 100000000}}{{printf \\"%1000000d\\" .}}{{end}}", {})',
      'maxStringLength',
    ],
    ['units.parse("1e999999")', 'limit of'],
    ['units.parse_bytes("1e999999")', 'limit of'],
    [`product([${Array(500).fill('1e20000').join()}])`, 'limit'],
  ])('%.60s', (call, named) => {
    const started = performance.now();
    const limited = contextOf({ limits: { maxStringLength: 1_000_000 } });
    expect(() => resultOf(call, limited)).toThrow(RegoError);
    expect(() => resultOf(call, limited)).toThrow(named);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test('deep values and many paths', () => {
    let deep: RegoValue = 1;
    for (let i = 0; i < 3000; i++) deep = [deep];
    const limited = contextOf({ limits: { maxDepth: 1000, maxCollectionSize: 1000 } });
    const walk = findBuiltin('walk');
    expect(() => [...(walk?.relate?.([deep], limited) ?? [])]).toThrow('maxDepth');
    const names = Array.from({ length: 12 }, (_, i) => String(i));
    const complete = objectOf(names.map((name) => [name, names]));
    const paths = findBuiltin('graph.reachable_paths');
    expect(() => paths?.call([complete, names], limited)).toThrow('maxCollectionSize');
  });
});

test('no format brings the formatter down', () => {
  const format = fc.string({
    unit: fc.constantFrom('%', ...'+-# 0123456789.*[]vdsxXqtTeEfgGbocUOp!é'),
    maxLength: 20,
  });
  fc.assert(
    fc.property(format, fc.double({ noNaN: true, noDefaultInfinity: true }), (text, value) => {
      const args = [
        { type: 'float64', value },
        { type: 'int64', value: 7n },
        { type: 'string', value: 'aé😀' },
        { type: '*big.Int', value: -(2n ** 70n) },
      ] as const;
      expect(typeof printf(text, args)).toBe('string');
    }),
    { seed: 11, numRuns: 2000 },
  );
});

describe('chance and the host', () => {
  const host = {
    randomBytes: (length: number) => Uint8Array.from({ length }, (_, i) => i * 17 + 3),
    runtime: () => ({
      config: { services: [{ name: 's', credentials: 'x' }], keys: { k: { private_key: 'y', id: 1 } } },
      env: { A: 'b' },
      version: '1',
    }),
  };
  test.each([
    ['rand.intn("a", 0)', '0'],
    ['uuid.rfc4122("a")', '"03142536-4758-497a-8b9c-adbecfe0f102"'],
    [
      'opa.runtime()',
      '{"config": {"keys": {"k": {"id": 1}}, "services": [{"name": "s"}]}, "env": {"A": "b"}, "version": "1"}',
    ],
  ])('%s', (call, result) => {
    expect(resultOf(call, contextOf({ host }))).toBe(result);
  });

  test('the same draw is the same within an evaluation', () => {
    let next = 0;
    const context = contextOf({ host: { randomBytes: (length) => new Uint8Array(length).fill(++next) } });
    const first = resultOf('rand.intn("a", 1000000)', context);
    expect(resultOf('rand.intn("a", 1000000)', context)).toBe(first);
    expect(resultOf('rand.intn("b", 1000000)', context)).not.toBe(first);
  });

  test('without a host nothing is drawn', () => {
    expect(resultOf('rand.intn("a", 5)')).toBe('eval_builtin_error: the host gives no random bytes');
    expect(resultOf('opa.runtime()')).toBe('{}');
  });

  test('print gives a line for every choice of values', () => {
    const lines: string[] = [];
    resultOf('internal.print([{"a", 1}, {"x"}, set()])', contextOf({ print: (line) => lines.push(line) }));
    expect(lines).toEqual(['1 x <undefined>', 'a x <undefined>']);
  });
});
