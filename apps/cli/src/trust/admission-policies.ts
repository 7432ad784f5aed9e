import { dirname, join } from 'node:path';
import type { ImagePolicy, PolicyFile } from '@keelson/image-policies';
import { CommandError } from '../errors.ts';
import { readInput } from './input.ts';
import { revocationServers } from './notation/revocation.ts';
import { notationFolder, trustStoresIn } from './notation/settings.ts';
import type { PolicySourceValues } from './policy-flags.ts';
import { policiesWithKeys } from './policy-keys.ts';
import { trustedRootOf } from './trusted-root.ts';

/** The policies of some files, and these. */
export interface GivenPolicies {
  readonly policies: readonly ImagePolicy[];
  readonly files: readonly PolicyFile[];
}

/**
 * Reads the policies that `--policy` names, with what the other flags say to trust.
 *
 * @param now milliseconds since the epoch
 * @throws CommandError USAGE; ImagePolicyError, with the place in the file; what reading a trusted root throws
 */
export async function givenPolicies(values: PolicySourceValues, now: number): Promise<GivenPolicies> {
  if (values.offline === true && values['ask-revocation'] === true)
    throw new CommandError('USAGE', '--offline and --ask-revocation do not go together: servers are asked');
  const publicRoot = await trustedRootOf(values);
  const files = (values.policy ?? []).map((name) => ({ name, text: readInput(name).toString('utf8') }));
  const surroundings = {
    ...(publicRoot === undefined ? {} : { publicRoot }),
    trustStores: trustStoresIn(values['trust-store'] ?? join(notationFolder(), 'truststore')),
    ...(values['ask-revocation'] === true ? { revocation: revocationServers() } : {}),
    now,
    readBeside,
  };
  const policies = await policiesWithKeys(files, surroundings, values.offline === true);
  return { policies, files };
}

function readBeside(policy: string, name: string): Uint8Array {
  if (policy === '-')
    throw new CommandError(
      'USAGE',
      `the policy on stdin names the file ${name}: give the policy by its file`,
    );
  return readInput(join(dirname(policy), name));
}
