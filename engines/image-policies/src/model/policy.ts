import type { JsonObject, JsonValue } from '@keelson/core';
import type { BundleRequirements, StoredSignature } from '@keelson/signing';
import type { ImagePolicyError } from '../errors.ts';

/** The object of Kubernetes that runs an image. */
export interface Workload {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly object: JsonObject;
}

/** A policy of which images may run, whatever it was written in. */
export interface ImagePolicy {
  readonly name: string;
  /** What it was written as. */
  readonly kind: string;
  /** `warn`: an image that does not pass may run, and it is told. */
  readonly mode: 'enforce' | 'warn';
  /** What in it is looser than it seems. */
  readonly warnings: readonly string[];
  /**
   * Whether the policy is about an image.
   *
   * @param name as it is written where the image is run
   * @param workload undefined where it is not known, which leaves out no policy
   */
  readonly isAbout: (name: string, workload: Workload | undefined) => boolean;
  /** One of them is enough. */
  readonly authorities: readonly Authority[];
  /** What has to hold over all that the authorities accepted. */
  readonly rule?: WholeRule;
}

/** One way to pass a policy. */
export interface Authority {
  readonly name: string;
  readonly demand: Demand;
}

export type Demand =
  | { readonly kind: 'static'; readonly passes: boolean; readonly message: string }
  | SignedDemand
  /** Something that keelson does not do: nothing passes it. */
  | { readonly kind: 'unsupported'; readonly fault: ImagePolicyError };

/** A signature, or every one of some attestations, by an accepted signer. */
export interface SignedDemand {
  readonly kind: 'signed';
  readonly requirements: BundleRequirements;
  /** How what counts may be kept beside the image. */
  readonly forms: ReadonlySet<StoredSignature['form']>;
  /** None where a signature of the image is asked for. */
  readonly attestations: readonly AttestationDemand[];
}

export interface AttestationDemand {
  readonly name: string;
  readonly predicateType: string;
  /** What the statement has to be; undefined where its type is enough. */
  readonly rule?: Rule;
}

/** A rule over a JSON document. It gives why the document does not pass, undefined where it does. */
export type Rule = (input: JsonValue) => ImagePolicyError | undefined;

export interface WholeRule {
  readonly judge: Rule;
  /** What of the workload the rule asks for. */
  readonly includes: ReadonlySet<'spec' | 'metadata' | 'typemeta'>;
}
