import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultNetworkLimits } from './index.ts';

it('docs/rego-api.md names each limit with its default', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/rego-api.md'), 'utf8');
  const rows = text.matchAll(/^\| `(max\w+)` \| ([0-9]+) \|/gm);
  expect(Object.fromEntries(Array.from(rows, ([, name, value]) => [name, Number(value)]))).toEqual(
    defaultNetworkLimits,
  );
});
