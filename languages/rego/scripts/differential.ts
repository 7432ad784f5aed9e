import { comparePolicies, whyNoOpa } from './opa-batch.ts';

/**
 * Generated policies and what keelson and the `opa` program answer; prints each difference. Run by name:
 *
 *     node languages/rego/scripts/differential.ts [COUNT] [FIRST SEED]
 */
const count = Number(process.argv[2] ?? 1_000);
const first = Number(process.argv[3] ?? 1);
const lacking = whyNoOpa();
if (lacking !== undefined) {
  console.error(`not compared: ${lacking}`);
  process.exit(2);
}
const { same, refused, differences } = comparePolicies(first, count);
for (const { seed, policy, opa, here } of differences)
  console.log(`seed ${seed}\n${policy}\n  opa:  ${opa.slice(0, 1_000)}\n  here: ${here.slice(0, 1_000)}\n`);
console.log(`${same} the same (${refused} of them refused), ${differences.length} different`);
process.exitCode = differences.length === 0 ? 0 : 1;
