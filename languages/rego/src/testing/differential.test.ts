import { expect, test } from 'vitest';
import { comparePolicies, hasOpa } from '../../scripts/opa-batch.ts';

const present = hasOpa();
if (!present) console.log('not compared with opa: there is no program of that name on PATH');

// More of them by name: node languages/rego/scripts/differential.ts 10000
test.skipIf(!present)('generated policies answer as the opa program does', { timeout: 60_000 }, () => {
  const { differences } = comparePolicies(20_000, 75);
  expect(differences).toEqual([]);
});
