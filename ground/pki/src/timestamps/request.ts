import { der } from '../der/writer.ts';
import type { HashAlgorithm } from '../keys/schemes.ts';
import { hashIdentifier } from '../keys/sign.ts';

export interface TimeStampRequest {
  readonly algorithm: HashAlgorithm;
  /** Of what is to be stamped, by that algorithm. */
  readonly digest: Uint8Array;
  /** Returned in the token: a random number shows that the answer is not an old one. */
  readonly nonce?: bigint;
  /** Whether the token shall carry the authority's certificate. */
  readonly certReq?: boolean;
  /** Object identifier of the policy to stamp under. */
  readonly policy?: string;
}

/** A TimeStampReq (RFC 3161 section 2.4.1). */
export function timeStampRequest({
  algorithm,
  digest,
  nonce,
  certReq,
  policy,
}: TimeStampRequest): Uint8Array {
  return der.sequence(
    der.integer(1),
    der.sequence(hashIdentifier(algorithm), der.octetString(digest)),
    ...(policy === undefined ? [] : [der.oid(policy)]),
    ...(nonce === undefined ? [] : [der.integer(nonce)]),
    ...(certReq === true ? [der.boolean(true)] : []),
  );
}
