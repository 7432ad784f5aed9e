import type { JsonObject } from '@keelson/core';
import { readTrustPolicy, SigningError, type TrustPolicy } from '@keelson/signing';
import { ImagePolicyError } from '../errors.ts';
import { invalid } from '../faults.ts';
import type { PolicyReader } from '../material.ts';
import type { Demand } from '../model/policy.ts';
import type { PolicySurroundings } from '../surroundings.ts';

/** Whether a document is a trust policy of the Notary Project: it has neither apiVersion nor kind. */
export function isTrustPolicy(object: JsonObject): boolean {
  return (
    object['apiVersion'] === undefined &&
    object['kind'] === undefined &&
    object['trustPolicies'] !== undefined
  );
}

/**
 * Reads `trustpolicy.json` or `trustpolicy.oci.json` as a policy about every image: its statement for the repository counts, and an image
 * that none is about does not pass.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export const readNotationPolicy: PolicyReader = ({ object, file }) => {
  const policy = trustPolicyFrom(object);
  return (surroundings) => [
    {
      name: file,
      kind: 'trust policy of the Notary Project',
      mode: 'enforce',
      warnings: trustPolicyWarnings(policy),
      isAbout: () => true,
      demands: { count: 1, of: [{ name: 'trust policy', demand: notationDemand(policy, surroundings) }] },
    },
  ];
};

/**
 * The trust policy in a document.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function trustPolicyFrom(object: JsonObject): TrustPolicy {
  try {
    return readTrustPolicy(object, 'oci');
  } catch (error) {
    if (error instanceof SigningError) throw invalid(error.message, error);
    throw error;
  }
}

/** What in a trust policy is looser than it seems. */
export function trustPolicyWarnings({ statements }: TrustPolicy): readonly string[] {
  return statements.flatMap(({ name, level }) => {
    if (level.name === 'skip') return [`statement ${name}: the level skip asks for no signature`];
    return level.actions.authenticity === 'enforce'
      ? []
      : [`statement ${name}: signers that are not trusted pass, and are told`];
  });
}

function notationDemand(policy: TrustPolicy, { trustStores, now, revocation }: PolicySurroundings): Demand {
  if (trustStores === undefined || now === undefined)
    return {
      kind: 'unsupported',
      fault: new ImagePolicyError(
        'IMAGE_POLICY_UNSUPPORTED',
        `the ${trustStores === undefined ? 'trust stores (--trust-store)' : 'time'} of the trust policy was not given`,
      ),
    };
  return {
    kind: 'notation',
    requirements: { policy, trustStores, now, ...(revocation === undefined ? {} : { revocation }) },
  };
}
