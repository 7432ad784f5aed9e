import { expect, test } from 'vitest';
import { comparePolicies, whyNoOpa } from '../../scripts/opa-batch.ts';

const lacking = whyNoOpa();
if (lacking !== undefined) console.log(`not compared with opa: ${lacking}`);

// More of them by name: node languages/rego/scripts/differential.ts 10000
test('75 generated policies answer as the opa program does', { timeout: 60_000 }, (context) => {
  if (lacking !== undefined) context.skip(lacking);
  const { same, refused, differences } = comparePolicies(20_000, 75);
  expect(differences).toEqual([]);
  expect([same, refused < 75]).toEqual([75, true]);
});
