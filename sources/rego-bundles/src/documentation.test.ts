import { readFileSync } from 'node:fs';
import { defaultHttpLimits } from '@keelson/http';
import * as oci from '@keelson/oci';
import * as registry from '@keelson/registry';
import { expect, test } from 'vitest';
import * as bundles from './index.ts';

const page = readFileSync(new URL('../../../docs/registries.md', import.meta.url), 'utf8');

test('the page names every limit with its default', () => {
  const told = new Map<string, number>();
  for (const [, names = '', values = ''] of page.matchAll(/^\| (`.*?`) \| ([\d, ]+?) \|/gm)) {
    const numbers = values.split(', ').map(Number);
    for (const [at, name] of names.replaceAll('`', '').split(', ').entries())
      told.set(name, numbers[at] ?? numbers[0] ?? 0);
  }
  for (const [, name = '', value = ''] of page.matchAll(/`(\w+)` \((\d+)\)/g)) told.set(name, Number(value));
  const limits = { ...registry.defaultRegistryLimits, ...defaultHttpLimits, ...bundles.defaultBundleLimits };
  expect(Object.fromEntries([...told].sort())).toEqual(Object.fromEntries(Object.entries(limits).sort()));
});

test('what the examples of the page import is there', () => {
  const packages: Readonly<Record<string, object>> = {
    '@keelson/oci': oci,
    '@keelson/registry': registry,
    '@keelson/rego-bundles': bundles,
  };
  const imports = [...page.matchAll(/^import \{ (.*?) \} from '(.*?)';$/gm)];
  expect(imports.length).toBe(3);
  for (const [, names = '', from = ''] of imports)
    for (const name of names.split(', ')) expect(Object.keys(packages[from] ?? {}), from).toContain(name);
});
