import { join } from 'node:path';
import { judgeEncodings } from './notation/encodings.ts';
import { judgeEnvelopes } from './notation/envelopes.ts';
import { judgeLayout } from './notation/layout.ts';
import { judgePolicies } from './notation/policies.ts';
import { judgeRevocation } from './notation/revocation.ts';
import { judgeTimestamps } from './notation/timestamps.ts';
import { judgeCertificates, judgeStores } from './notation/trust-stores.ts';
import { type Suite, Tally } from './suite.ts';

/** Data of the Notary Project's own tests: what each file is to come to stands in its name. */
export const suite: Suite = {
  name: 'notation',
  async run(dir) {
    const tally = new Tally();
    const core = join(dir, 'notation-core-go');
    const go = join(dir, 'notation-go');
    const configuration = join(dir, 'notation', 'test', 'e2e', 'testdata', 'config');
    await judgeEncodings(tally, join(core, 'signature'));
    judgeCertificates(
      tally,
      join(core, 'x509', 'testdata'),
      configuration,
      join(go, 'verifier', 'testdata', 'verifier'),
    );
    await judgeRevocation(tally, join(core, 'revocation', 'crl', 'testdata'), configuration);
    await judgeEnvelopes(tally, join(go, 'internal', 'mock', 'testdata'));
    judgeStores(tally, join(go, 'verifier', 'testdata', 'truststore', 'x509'));
    await judgeTimestamps(
      tally,
      join(go, 'verifier', 'testdata'),
      join(core, 'internal', 'timestamp', 'testdata'),
    );
    await judgeLayout(tally, join(go, 'internal', 'testdata'));
    await judgePolicies(tally, join(configuration, 'trustpolicies'));
    return tally;
  },
};
