import type { JsonValue } from '@keelson/core';
import type { Digest } from '@keelson/oci';
import type { ImageSignature, NotationVerdict, RefusedSignature } from '@keelson/signing';

/** A signature that holds, and is by whom a demand asks for. */
export type AcceptedSignature =
  | { readonly kind: 'sigstore'; readonly signature: ImageSignature }
  | { readonly kind: 'notation'; readonly manifest: Digest; readonly verdict: NotationVerdict };

/** What became of a demand. */
export interface DemandVerdict {
  readonly name: string;
  readonly isPassed: boolean;
  /** Passed without a signature. */
  readonly isStatic: boolean;
  readonly accepted: readonly AcceptedSignature[];
  /** Everything that looked like an answer and was none, with the reason. */
  readonly refused: readonly RefusedSignature[];
  /** Those whose signatures were accepted, here and in the parts that passed: equal texts are one signer. */
  readonly signers: ReadonlySet<string>;
  /** Of attestations: those that answer each one that is asked for, by its name. */
  readonly answers: ReadonlyMap<string, readonly ImageSignature[]>;
  /** Statements of other forms that were accepted, by the name of the attestation. */
  readonly statements?: ReadonlyMap<string, readonly JsonValue[]>;
  /** Why it did not pass. */
  readonly fault?: Error;
  /** Of a set: its demands. */
  readonly parts: readonly DemandVerdict[];
}

/** A verdict but for the name. */
export type Judged = Omit<DemandVerdict, 'name'>;
