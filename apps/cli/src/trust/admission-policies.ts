import { dirname, join } from 'node:path';
import { type ImagePolicy, type PolicyFile, PolicyImages } from '@keelson/image-policies';
import { type Digest, digestOf, formatReference, parseRegistryReference } from '@keelson/oci';
import { CommandError } from '../errors.ts';
import { withImage } from './image.ts';
import type { ImageValues } from './image-flags.ts';
import { readInput, textIn } from './input.ts';
import { revocationServers } from './notation/revocation.ts';
import { trustStoresOf } from './notation/settings.ts';
import type { PolicySourceValues } from './policy-flags.ts';
import { policiesWithKeys } from './policy-keys.ts';
import { trustedRootOf } from './trusted-root.ts';

/** The policies of some files, and these. */
export interface GivenPolicies {
  readonly policies: readonly ImagePolicy[];
  readonly files: readonly (PolicyFile & { readonly digest: Digest })[];
  /** What the policies, and their rules, see of images: each is read once. */
  readonly images: PolicyImages;
}

/**
 * Reads the policies that `--policy` names, with what the other flags say to trust.
 *
 * @param now milliseconds since the epoch
 * @param namedBy `command`: an image may also be `oci:PATH` and the like; in a manifest that is the image `oci` of Docker Hub, and no
 *   folder of this machine
 * @throws CommandError USAGE; ImagePolicyError, with the place in the file; what reading a trusted root throws
 */
export async function givenPolicies(
  values: PolicySourceValues & ImageValues,
  now: number,
  namedBy: 'command' | 'manifests' = 'command',
): Promise<GivenPolicies> {
  if (values.offline === true && values['ask-revocation'] === true)
    throw new CommandError('USAGE', '--offline and --ask-revocation do not go together: servers are asked');
  const publicRoot = await trustedRootOf(values);
  const files = (values.policy ?? []).map((name): GivenPolicies['files'][number] => {
    const bytes = readInput(name);
    return { name, text: textIn(name, bytes), digest: digestOf(bytes) };
  });
  const surroundings = {
    ...(publicRoot === undefined ? {} : { publicRoot }),
    trustStores: trustStoresOf(values['trust-store']),
    ...(values['ask-revocation'] === true ? { revocation: revocationServers() } : {}),
    now,
    readBeside,
  };
  const images = new PolicyImages(
    (name, use) =>
      withImage(namedBy === 'command' ? name : formatReference(parseRegistryReference(name)), values, use),
    surroundings,
  );
  const policies = await policiesWithKeys(files, { ...surroundings, images }, values);
  return { policies, files, images };
}

function readBeside(policy: string, name: string): Uint8Array {
  if (policy === '-')
    throw new CommandError(
      'USAGE',
      `the policy on stdin names the file ${name}: give the policy by its file`,
    );
  return readInput(join(dirname(policy), name));
}
