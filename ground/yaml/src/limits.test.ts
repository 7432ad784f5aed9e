import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editYaml, parseYaml, type YamlOptions } from './index.ts';

function code(text: string, options: YamlOptions = {}): string | undefined {
  return parseYaml(text, options).errors[0]?.format();
}

const bomb = Array.from({ length: 20 }, (_, i) =>
  i === 0
    ? 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
    : `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
).join('\n');

describe('every bound is an error that names it', () => {
  it.each<[string, string, YamlOptions, RegExp]>([
    ['length', 'a: 12345678', { limits: { maxLength: 5 } }, /maxLength, 5/],
    ['documents', 'a: 1\n---\nb: 1\n---\nc: 1\n', { limits: { maxDocuments: 2 } }, /maxDocuments, 2/],
    ['nodes', '[1, 2, 3, 4]', { limits: { maxNodes: 3 } }, /maxNodes, 3/],
    ['depth of blocks', 'a:\n b:\n  c:\n   d: 1\n', { limits: { maxDepth: 2 } }, /maxDepth, 2/],
    ['depth of brackets', '['.repeat(10_000), {}, /maxDepth, 500/],
    ['depth of braces', '{"a":'.repeat(10_000), {}, /maxDepth, 500/],
    ['depth of dashes', '- '.repeat(10_000), {}, /maxDepth, 500/],
    ['depth of ? keys', '? '.repeat(10_000), {}, /mapping or list cannot be a key/],
    ['depth through aliases', 'a: &a [[[1]]]\nb: [[*a]]', { limits: { maxDepth: 4 } }, /maxDepth, 4/],
    ['aliases', bomb, {}, /aliases make up too much/],
  ])('%s', (_, text, options, wanted) => {
    const start = performance.now();
    expect(code(text, options)).toMatch(wanted);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('reads what is long but plain in bounded time', () => {
    const long = 'x'.repeat(10_000_000);
    for (const text of [
      `a: ${long}`,
      `a: "${long}`,
      `a: |\n  ${long}`,
      `${long}: a`,
      `${'# c\n'.repeat(1_000_000)}a: 1`,
    ]) {
      const start = performance.now();
      parseYaml(text);
      expect(performance.now() - start).toBeLessThan(5_000);
    }
  });
});

describe('hostile texts give documents or errors, nothing else', () => {
  const shreds = fc.constantFrom(
    ...'a b - ? : , [ ] { } # & * ! | > \' " % @ ` \\ ~ 1 << \n \t \r \u2028 😀 --- ... &a *a !!int'.split(
      ' ',
    ),
    ' ',
    '\n',
    '\n  ',
    ': ',
    '- ',
  );
  it('shreds', () => {
    fc.assert(
      fc.property(fc.array(shreds, { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        for (const { index, value } of parseYaml(text).documents) {
          expect(index).toBeGreaterThanOrEqual(0);
          expect(value).not.toBeUndefined();
        }
      }),
      { seed: 7, numRuns: 5_000 },
    );
  });

  it('any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const fast = parseYaml(text);
        const full = parseYaml(text, { path: 'full' });
        expect(fast.errors.map((error) => error.format())).toEqual(
          full.errors.map((error) => error.format()),
        );
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });
});

describe('time grows with the text', () => {
  const items = Array.from({ length: 150_000 }, (_, i) => `- {a: ${i}}\n`).join('');
  const entries = Array.from({ length: 50_000 }, (_, i) => `k${i}: v\n`).join('');
  it.each<[string, () => unknown]>([
    [
      'places in a long list',
      () => {
        const [document] = parseYaml(items).documents;
        for (let i = 0; i < 150_000; i += 10) expect(document?.locate([i, 'a'])?.key).toBeDefined();
      },
    ],
    [
      'places in a long mapping',
      () => {
        const [document] = parseYaml(entries).documents;
        for (let i = 0; i < 50_000; i += 5) expect(document?.locate([`k${i}`])?.key).toBeDefined();
      },
    ],
    [
      'an edit of a long list',
      () => editYaml(items, [{ document: 0, edit: { op: 'set', path: [7, 'a'], value: 8 } }]),
    ],
    [
      'an edit behind a line of dashes',
      () => {
        const text = `- a: 1\n- # ${'-'.repeat(500_000)}\n  a: 2\n`;
        expect(editYaml(text, [{ document: 0, edit: { op: 'delete', path: [1] } }]).text).toBe('- a: 1\n');
      },
    ],
    [
      'repeated keys deep down',
      () => parseYaml(`${'{a: '.repeat(450)}{${'a: 1,'.repeat(100_000)}}${'}'.repeat(450)}`),
    ],
    [
      'bytes that are no text',
      () => parseYaml(`a: !!binary ${Buffer.alloc(3_000_000, 0xff).toString('base64')}`),
    ],
    ['lists on long lines', () => parseYaml(`x: &a 1\ny:\n${`- [${'a,'.repeat(1000)}]\n`.repeat(500)}`)],
  ])('%s', (_name, run) => {
    const start = performance.now();
    run();
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});
