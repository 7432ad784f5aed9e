import { expect, test } from 'vitest';
import { missingPrivilege, run } from './netpol.ts';
import { oracleCluster } from './netpol-clusters.ts';
import { nftRules } from './netpol-rules.ts';

const missing = missingPrivilege();

test('a seed gives the same cluster and the same rules', () => {
  expect(oracleCluster(7)).toEqual(oracleCluster(7));
  expect(nftRules(oracleCluster(7))).toBe(nftRules(oracleCluster(7)));
  expect(nftRules(oracleCluster(7))).not.toBe(nftRules(oracleCluster(8)));
});

test.skipIf(missing !== undefined)(
  `a kernel and the engine agree${missing === undefined ? '' : ` (not run: ${missing})`}`,
  async () => {
    expect(await run(['3', '1001'])).toBe(0);
  },
);
