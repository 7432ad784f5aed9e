import { expect, test } from 'vitest';
import { inFolder } from './testing/app.ts';

const more = {
  'cf/data.json': '{"y": {"p": {"allow": 3}}}',
  'cf/p.rego': 'package y.p\nallow := true\ntest_allow if allow\n',
};
const told = 'rego_compile_error: conflicting rule for data path y/p/allow found';

test.each([
  [['eval', '-d', 'cf', '-f', 'pretty', 'data']],
  [['eval', '-b', 'cf', '-f', 'pretty', 'data']],
  [['eval', '-d', 'cf', '--partial', '-f', 'pretty', 'data.y.p.allow']],
  [['bench', '-d', 'cf', 'data.y']],
  [['check', '-b', 'cf']],
  [['test', 'cf']],
  [['test', '-b', 'cf']],
  [['exec', '-b', 'cf', '--decision', 'y/p/allow', 'bob.json']],
])('%j refuses a rule and data at one path', (args) => {
  const { code, out, err } = inFolder(args, more);
  expect([code, out + err]).toEqual([2, expect.stringContaining(`cf/p.rego:2: ${told}`)]);
});

test('eval tells the place as opa does', () => {
  const { code, out } = inFolder(['eval', '-d', 'cf', 'data'], more);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toEqual({
    errors: [
      {
        message: 'conflicting rule for data path y/p/allow found',
        code: 'rego_compile_error',
        location: { file: 'cf/p.rego', row: 2, col: 1 },
      },
    ],
  });
});

// opa looks for it where data is read.
test.each([[['check', 'cf']], [['build', 'cf', '-o', 'x.tar.gz']], [['deps', '-d', 'cf', 'data.y']]])(
  '%j does not look for it',
  (args) => {
    expect(inFolder(args, more)).toMatchObject({ code: 0, err: '' });
  },
);
