import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTrustPolicy, readTrustStore, verifyNotation } from '@keelson/signing';
import type { Tally } from '../suite.ts';
import { filesIn, judge, judgeNow, shortly } from './judge.ts';

const refused =
  /^(?:malformed_|missing_|empty_|unset_|overlapped_|wildcard_plus_other_|wildcard_trust_store|multi_statements_with_the_same_|override_integrity_)/;

/** Trust policies: refused when they are read, or loaded; two load and let no signature pass. */
export async function judgePolicies(tally: Tally, dir: string): Promise<void> {
  for (const name of filesIn(dir)) {
    const kind = name.includes('blob') ? 'blob' : 'oci';
    const expected = refused.test(name) ? 'TRUST_POLICY_INVALID' : 'loaded';
    const bytes = readFileSync(join(dir, name));
    judgeNow(tally, `trustpolicies/${name}`, expected, () => {
      readTrustPolicy(bytes, kind);
      return 'loaded';
    });
    if (name.startsWith('invalid_registry_scope'))
      await judge(tally, `trustpolicies/${name} applied`, 'TRUST_POLICY_MISSING', () => applied(bytes));
  }
}

/** To an image of no scope in particular, with stores that do not exist. */
async function applied(policy: Uint8Array): Promise<string> {
  return shortly(
    await verifyNotation(new Uint8Array(), 'application/jose+json', {
      target: {
        kind: 'image',
        repository: 'localhost:5000/e2e',
        descriptor: { mediaType: 'a/b', digest: `sha256:${'0'.repeat(64)}`, size: 1 },
      },
      policy: readTrustPolicy(policy, 'oci'),
      trustStores: { certificates: (type, name) => readTrustStore(type, name, { kind: 'missing' }) },
      now: 0,
    }),
  );
}
