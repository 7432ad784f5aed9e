import type { AttestationDemand, Demand } from '../model/policy.ts';
import type { PolicySurroundings } from '../surroundings.ts';

/** Somebody whom a policy names. */
export interface Signer {
  readonly name: string;
  /** Whether different people may be meant. */
  readonly isMany: boolean;
  /** Whether statements can be signed in this way. */
  readonly attests: boolean;
  /** @param attestations none where a signature of the image is asked for */
  readonly demand: (attestations: readonly AttestationDemand[]) => Demand;
}

/** What a signer is, once files and trust are known. */
export type SignerReader = (surroundings: PolicySurroundings) => Signer;
