import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const files = {
  'p/a.rego': `package a
allow if input.u == "bob"
deny if { input.u == "eve"; trace("looking"); input.z > 2 }
`,
  'p/a_test.rego': `package a_test
import data.a
test_bob if a.allow with input as {"u": "bob"}
test_eve if { a.deny with input as {"u": "eve", "z": 1} }
`,
};
const inFolder = (args: readonly string[], more: Record<string, string> = {}) =>
  withFolder({ ...files, ...more }, (folder) => keelson(folder, ['rego', 'test', ...args]));
const withoutTimes = (text: string) => text.replace(/\(\d[^)]*s\)/g, '()');

describe('keelson rego test', () => {
  test('--verbose tells what a test failed at', () => {
    const { code, out } = inFolder(['-v', 'p']);
    expect(code).toBe(1);
    expect(withoutTimes(out)).toContain(`FAILURES
${'-'.repeat(80)}
data.a_test.test_eve: FAIL ()

  query:1             Enter data.a_test.test_eve = _
  p/a_test.rego:4     | Enter data.a_test.test_eve
  p/a.rego:3          | | Enter data.a.deny
  p/a.rego:3          | | | Note "looking"
  p/a.rego:3          | | | Fail gt(__local0__, 2)
  p/a_test.rego:4     | | Fail data.a.deny with input as {"u": "eve", "z": 1}
  query:1             | Fail data.a_test.test_eve = _

${'-'.repeat(80)}
PASS: 1/2
FAIL: 1/2
`);
  });

  test('--explain chooses what is told', () => {
    expect(inFolder(['--explain', 'notes', 'p']).out).not.toContain('Fail gt');
    expect(inFolder(['--explain', 'full', 'p']).out).toContain('Redo input.u = "eve"');
    for (const flags of [['--explain', 'why'], ['--var-values']])
      expect(inFolder([...flags, 'p']).out).toContain('input.z is 1');
  });

  test('--bench measures tests that hold', () => {
    const { code, out } = inFolder(['--bench', '-f', 'gobench', '--run', 'bob', 'p']);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^BenchmarkDataATestTestBob\t +\d+\t +[\d.]+ ns\/op\n/),
    ]);
  });

  test('--sort duration puts the longest first', () => {
    const { out } = inFolder(['-f', 'json', '--sort', 'duration', 'p']);
    const durations = JSON.parse(out).map(({ duration }: { duration: number }) => duration);
    expect(durations).toEqual([...durations].sort((a, b) => b - a));
  });

  test('--threshold is enough for coverage, and --verbose tells the lines', () => {
    const { code, err } = inFolder(['--threshold', '99', '-v', '--run', 'bob', 'p']);
    expect([code, err]).toEqual([
      1,
      'Code coverage threshold not met: got 50.00 instead of 99.00\nLines not covered:\n    p/a.rego:3\n    p/a_test.rego:4\n',
    ]);
  });

  test('schemas that metadata holds count', () => {
    const more = {
      'p/b.rego':
        'package b\n# METADATA\n# schemas:\n# - input: {type: object, properties: {y: {}}, additionalProperties: false}\np if input.x\n',
    };
    expect(inFolder(['p'], more)).toMatchObject({
      code: 2,
      err: expect.stringContaining('undefined ref: input.x'),
    });
  });

  test.each<[string[], RegExp]>([
    [[], /name a file or folder/],
    [['-w', 'nothing'], /nothing: no such file or folder/],
    [['-f', 'gobench', 'p'], /is for --bench/],
    [['--threshold', '101', 'p'], /a number of per cent/],
    [['--bench', '-c', 'p'], /does not go with --bench/],
    [['--explain', 'debug', 'p'], /it is one of why, fails, full, notes/],
    [['--parallel', 'many', 'p'], /a whole number is needed/],
    [['--capabilities', 'v1.0.0', 'p'], /only v1\.22\.2 is known by its number/],
  ])('%j is a wrong call', (args, message) => {
    expect(inFolder(args)).toEqual({ code: 2, out: '', err: expect.stringMatching(message) });
  });
});

test('--watch runs the tests again after a change, and lives through a broken policy', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-rego-'));
  const file = join(folder, 'a_test.rego');
  writeFileSync(file, 'package a_test\ntest_a if false\n');
  const shim = fileURLToPath(new URL('../../bin/keelson.cjs', import.meta.url));
  const child = spawn(process.execPath, [shim, 'rego', 'test', '--watch', '.'], { cwd: folder });
  let said = '';
  let wake: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString();
      wake();
    });
  const after = async (text: string, ...words: readonly string[]) => {
    said = '';
    if (text !== '') writeFileSync(file, text);
    while (!['Waiting for changes', ...words].every((word) => said.includes(word)))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  try {
    await after('', 'FAIL: 1/1');
    await after('package a_test\ntest_a if {', 'rego_parse_error');
    await after('package a_test\ntest_a if true\n', 'PASS: 1/1');
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
