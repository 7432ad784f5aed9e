// Records what conftest gives for every file of src/testing/cases: node sources/configuration/scripts/record-conftest.ts
// It needs conftest 0.71.1 on PATH: go install github.com/open-policy-agent/conftest@v0.71.1
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parserFor } from '@keelson/configuration';

const testing = join(import.meta.dirname, '../src/testing');
const cases = join(testing, 'cases');
const recorded = readdirSync(cases).map((name) => {
  const args = ['parse', '--parser', parserFor(name), join(cases, name)];
  const text = execFileSync('conftest', args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC' },
  });
  return [name, JSON.parse(text)];
});
writeFileSync(
  join(testing, 'recorded.json'),
  `${JSON.stringify(Object.fromEntries(recorded), undefined, 2)}\n`,
);
