import type { RevocationSource, TrustedRoot, TrustStores } from '@keelson/signing';
import type { TrustRepository } from './policy-controller/trust-root.ts';

/** What the caller trusts, and knows, besides what stands in the files. */
export interface PolicySurroundings {
  /** The trusted root of the public instance of Sigstore, which is meant where a policy names none. */
  readonly publicRoot?: TrustedRoot;
  /** Stores of the Notary Project that policies name. */
  readonly trustStores?: TrustStores;
  /** Whom to ask whether a certificate was revoked. */
  readonly revocation?: RevocationSource;
  /** Public keys in PEM by the references to key services that policies name: `awskms://…`. */
  readonly keys?: Pick<ReadonlyMap<string, string>, 'get'>;
  /**
   * The trusted root (`trusted_root.json`) that a repository of The Update Framework has, which a TrustRoot names; undefined where it is
   * not to be had.
   */
  readonly trustedRootOf?: (repository: TrustRepository) => Uint8Array | undefined;
  /** Milliseconds since 1970: the time of what has to be judged at this hour. Without it that is refused. */
  readonly now?: number;
  /**
   * The bytes of a file that a policy names, which lies in or below the policy's folder.
   *
   * @param policy the name of the policy's file
   */
  readonly readBeside?: (policy: string, name: string) => Uint8Array;
}
