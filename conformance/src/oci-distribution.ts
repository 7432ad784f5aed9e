import { checkRegistry, distributionChecks, TestRegistry } from '@keelson/registry-testing';
import { type Suite, type SuiteResult, Tally } from './suite.ts';

/**
 * Our checks of the OCI distribution-spec 1.1, against our registry in memory, or against the one at `KEELSON_REGISTRY` (host and port, or
 * a URL), which must take anybody's push. They leave repositories below `keelson-checks` behind.
 */
export const suite: Suite = {
  name: 'oci-distribution',
  isGenerated: true,
  async run(): Promise<SuiteResult> {
    const named = process.env['KEELSON_REGISTRY'] ?? '';
    if (named !== '') return await judge(named.includes('://') ? named : `http://${named}`);
    await using registry = await TestRegistry.start();
    return await judge(registry.url);
  },
};

async function judge(url: string): Promise<SuiteResult> {
  const tally = new Tally();
  for (const check of distributionChecks) {
    const outcome = await checkRegistry(url, check);
    if (outcome.kind === 'passed') tally.pass();
    else if (outcome.kind === 'failed') tally.fail(`${check.section}: ${check.id}`, outcome.reason);
    else tally.skip(check.id, outcome.reason);
  }
  tally.notes.push(`registry: ${url}`);
  return tally;
}
