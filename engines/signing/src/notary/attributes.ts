import type { JsonValue } from '@keelson/core';
import type { Certificate } from '@keelson/pki';
import type { NotaryAlgorithm } from './algorithms.ts';

/** Media types of the Notary Project (signature-specification.md). */
export const notaryMediaTypes = Object.freeze({
  /** Type of the artifact that a signature is in a registry. */
  signature: 'application/vnd.cncf.notary.signature',
  payload: 'application/vnd.cncf.notary.payload.v1+json',
  jws: 'application/jose+json',
  cose: 'application/cose',
});
export type NotaryFormat = 'jws' | 'cose';

/** Names of attributes, the same in both envelopes (signature-envelope-jws.md, signature-envelope-cose.md). */
export const attributeNames = Object.freeze({
  signingScheme: 'io.cncf.notary.signingScheme',
  signingTime: 'io.cncf.notary.signingTime',
  authenticSigningTime: 'io.cncf.notary.authenticSigningTime',
  expiry: 'io.cncf.notary.expiry',
  verificationPlugin: 'io.cncf.notary.verificationPlugin',
  verificationPluginMinVersion: 'io.cncf.notary.verificationPluginMinVersion',
  signingAgent: 'io.cncf.notary.signingAgent',
  timestampSignature: 'io.cncf.notary.timestampSignature',
});

/** Keys of annotations that begin so are not for users (signature-specification.md, payload). */
export const reservedPrefix = 'io.cncf.notary';

/** Who vouches for the time of a signature (signing-scheme.md): a timestamp, or the authority that signs. */
export const signingSchemes = ['notary.x509', 'notary.x509.signingAuthority'] as const;
export type SigningScheme = (typeof signingSchemes)[number];

/** An attribute that is signed and is none of the Notary Project's own. */
export interface ExtendedAttribute {
  readonly name: string;
  readonly value: JsonValue;
  readonly isCritical: boolean;
}

/** What is signed beside the payload. */
export interface SignedAttributes {
  readonly scheme: SigningScheme;
  /** Milliseconds since the epoch; the signer's word, and an authority's in its own scheme. */
  readonly signingTime: number;
  /** Milliseconds since the epoch. */
  readonly expiry?: number;
  /** Name of the plugin that has to verify, and its least version. */
  readonly verificationPlugin?: string;
  readonly verificationPluginMinVersion?: string;
  readonly extended: readonly ExtendedAttribute[];
}

/** A signature of the Notary Project whose signature holds for its own certificate. Nothing says yet that this is trusted. */
export interface NotaryEnvelope {
  readonly format: NotaryFormat;
  /** The bytes that were signed. */
  readonly payload: Uint8Array;
  readonly attributes: SignedAttributes;
  readonly algorithm: NotaryAlgorithm;
  /** The signer's first, the root last. */
  readonly chain: readonly Certificate[];
  readonly signature: Uint8Array;
  /** An RFC 3161 token over the signature; not signed, as the next. */
  readonly timestamp?: Uint8Array;
  readonly signingAgent?: string;
}
