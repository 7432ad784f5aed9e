import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const guide = readFileSync(new URL('../../../docs/rego-api.md', import.meta.url), 'utf8');
/** Each program and the text behind it, which is what it prints. */
const examples = Array.from(
  guide.matchAll(/```ts\n([\s\S]*?)```\n[^`]*```text\n([\s\S]*?)```/g),
  ([, program = '', printed = '']) => ({ program, printed }),
);

test('docs/rego-api.md has programs', () => {
  expect(examples).toHaveLength(guide.split('```ts\n').length - 1);
});

test.each(examples)('a program of docs/rego-api.md prints what it says %#', ({ program, printed }) => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-'], {
    input: program,
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  expect(stderr).toBe('');
  expect(stdout).toBe(printed);
});
