import type { JsonObject, Path, SourceLocation } from '@keelson/core';
import type { ImagePolicy } from './model/policy.ts';
import type { TrustRoot } from './policy-controller/trust-root.ts';
import type { PolicySurroundings } from './surroundings.ts';
import type { PolicyImages } from './verifier/policy-images.ts';

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
