import type { JsonValue } from '@keelson/core';
import type { Digest } from '@keelson/oci';
import type { BundleRequirements, NotationRequirements, StoredSignature } from '@keelson/signing';
import type { ImagePolicyError } from '../errors.ts';

import type { ImageToJudge } from './evidence.ts';
import type { DemandVerdict } from './verdict.ts';
import type { Workload } from './workload.ts';

/** A policy of which images may run, whatever it was written in. */
export interface ImagePolicy {
  readonly name: string;
  /** What it was written as. */
  readonly kind: string;
  /** `warn`: an image that does not pass may run, and it is told. */
  readonly mode: 'enforce' | 'warn';
  /** What in it is looser than it seems, and what of it is not looked at. */
  readonly warnings: readonly string[];
  /**
   * Whether the policy is about an image.
   *
   * @param name as it is written where the image is run
   * @param workload undefined where it is not known, which leaves out no policy
   */
  readonly isAbout: (name: string, workload: Workload | undefined) => boolean;
  /** The patterns of images that it is about, as it has them, for who is told that it is not about one. */
  readonly images?: readonly string[];
  readonly demands: DemandSet;
  /** A signature must have been verified, by this policy or by another that is about the image. */
  readonly requiresSignature?: boolean;
  /** What has to hold over all that became of the demands, where they are met. It gives why it does not. */
  readonly rule?: (parts: readonly DemandVerdict[], image: ImageToJudge) => ImagePolicyError | undefined;
  /** What a verification summary may say of an image that passes: `SLSA_BUILD_LEVEL_2`, or words of one's own. */
  readonly levels?: readonly string[];
}

/** So many of some demands must be met; all of them where `count` is their number. */
export interface DemandSet {
  readonly count: number;
  readonly of: readonly NamedDemand[];
  /**
   * `signers`: not the demands that are met are counted but the different signers whose signatures meet them. `both`: demands are, each met
   * by a signer of its own.
   */
  readonly counts?: 'demands' | 'signers' | 'both';
}

export interface NamedDemand {
  readonly name: string;
  readonly demand: Demand;
}

export type Demand =
  | { readonly kind: 'static'; readonly passes: boolean; readonly message: string }
  | SigstoreDemand
  | NotationDemand
  | ({ readonly kind: 'set' } & DemandSet)
  | OwnDemand
  /** Something that keelson does not do: nothing passes it. */
  | { readonly kind: 'unsupported'; readonly fault: ImagePolicyError };

/** A signature, or every one of some attestations, by an accepted signer, in a form of Sigstore. */
export interface SigstoreDemand {
  readonly kind: 'sigstore';
  readonly requirements: BundleRequirements;
  /** How what counts may be kept beside the image. */
  readonly forms: ReadonlySet<StoredSignature['form']>;
  /** Texts that the signer must have added. */
  readonly annotations?: ReadonlyMap<string, string>;
  /** None where a signature of the image is asked for. */
  readonly attestations: readonly AttestationDemand[];
}

/** A signature of the Notary Project by a trust policy; its statement for the image's repository counts. */
export interface NotationDemand {
  readonly kind: 'notation';
  readonly requirements: Omit<NotationRequirements, 'target'>;
}

/** What no other demand says: a language of rules judges the image itself. */
export interface OwnDemand {
  readonly kind: 'own';
  readonly judge: (image: ImageToJudge) => OwnVerdict | Promise<OwnVerdict>;
}

/** Without a fault it is met. */
export type OwnVerdict = Partial<
  Pick<DemandVerdict, 'accepted' | 'refused' | 'signers' | 'statements' | 'fault' | 'parts'>
>;

export interface AttestationDemand {
  readonly name: string;
  readonly predicateType: string;
  /** What the statement has to be; undefined where its type is enough. */
  readonly rule?: Rule;
  /** Of the statements of the type by an accepted signer one is enough (the default), or the rule must hold for each. */
  readonly quantifier?: 'some' | 'every';
}

/** A rule over a statement. It gives why the statement does not pass, undefined where it does. */
export type Rule = (statement: JsonValue, about: RuleSubject) => ImagePolicyError | undefined;

export interface RuleSubject {
  /** The image as it is written where it is run. */
  readonly image: string;
  readonly digest: Digest;
  /** The trusted times of the signature, in milliseconds since 1970; none where nothing trusted says when it was made. */
  readonly times: readonly number[];
}
