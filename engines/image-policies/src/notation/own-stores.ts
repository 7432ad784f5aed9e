import type { JsonValue } from '@keelson/core';
import type { Certificate } from '@keelson/pki';
import { readTrustPolicy, type TrustPolicy, type TrustStores } from '@keelson/signing';

/** The name of the stores that a policy of another form brings with it. */
export const ownStoreName = 'policy';

export type OwnStoreType = 'ca' | 'tsa';

export interface OwnTrust {
  readonly name: string;
  readonly level: 'strict' | 'permissive';
  /** What becomes of the level's revocation check, where it is another than the level says. */
  readonly revocation?: string;
  /** As in `trustedIdentities`. */
  readonly identities: readonly string[];
  readonly stores: readonly OwnStoreType[];
}

/**
 * The trust policy that says the same as a policy of another form: one statement, for every image, over stores of its own.
 *
 * @throws SigningError TRUST_POLICY_INVALID
 */
export function ownTrustPolicy({ name, level, revocation, identities, stores }: OwnTrust): TrustPolicy {
  const statement: { [member: string]: JsonValue } = {
    name,
    registryScopes: ['*'],
    signatureVerification: { level, ...(revocation === undefined ? {} : { override: { revocation } }) },
    trustStores: stores.map((type) => `${type}:${ownStoreName}`),
    trustedIdentities: [...identities],
  };
  return readTrustPolicy({ version: '1.0', trustPolicies: [statement] }, 'oci');
}

export function ownStores(certificates: ReadonlyMap<string, readonly Certificate[]>): TrustStores {
  return { certificates: (type) => certificates.get(type) ?? [] };
}
