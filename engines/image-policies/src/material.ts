import type { JsonObject, Path, SourceLocation } from '@keelson/core';
import type { RevocationSource, TrustedRoot, TrustStores } from '@keelson/signing';
import type { ImagePolicy } from './model/policy.ts';
import type { TrustRepository, TrustRoot } from './policy-controller/trust-root.ts';
import type { PolicyImages } from './verifier/policy-images.ts';

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

/** What the caller gives to those who read policies. */
export interface ReadOptions extends PolicySurroundings {
  /** Who answers policies whose rules ask for images themselves. */
  readonly images?: PolicyImages;
}

/** What policies refer to. */
export interface PolicyMaterial extends ReadOptions {
  readonly trustRoots: ReadonlyMap<string, TrustRoot>;
  /** Secrets and ConfigMaps by name, as they were written. */
  readonly secrets: ReadonlyMap<string, JsonObject>;
  readonly configMaps: ReadonlyMap<string, JsonObject>;
}

/** A document of a policy file. */
export interface PolicyDocument {
  readonly object: JsonObject;
  /** The name of the file. */
  readonly file: string;
  /** Where in the file something stands. */
  readonly locate?: (path: Path) => SourceLocation | undefined;
}

/**
 * Reads a document of one kind. A document that breaks a rule is refused at once; what it says becomes policies when all that it may
 * refer to was read. What keelson does not do is a demand that nothing meets, never one that is left out.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export type PolicyReader = (document: PolicyDocument) => (material: PolicyMaterial) => readonly ImagePolicy[];
