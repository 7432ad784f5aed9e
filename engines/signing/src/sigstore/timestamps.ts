import { PkiError, readTimeStampResponse, type TimeStampToken, verifyTimeStamp } from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { equalBytes, hash } from './hashes.ts';
import { isWithin, type TrustedAuthority } from './trusted-root.ts';

/** A timestamp that holds. */
export interface TrustedTimestamp {
  readonly authority: TrustedAuthority;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * Verifies an RFC 3161 timestamp over the bytes of a signature.
 *
 * @param envelope what the timestamp may be over instead, which holds the signature
 * @throws SigningError TIMESTAMP_WRONG
 */
export function verifyTimestamp(
  der: Uint8Array,
  signature: Uint8Array,
  envelope: Uint8Array | undefined,
  authorities: readonly TrustedAuthority[],
): TrustedTimestamp {
  const token = tokenFrom(der);
  const data = envelope !== undefined && isOver(token, envelope) ? envelope : signature;
  let fault: PkiError | undefined;
  for (const authority of authorities) {
    if (!isWithin(authority.validity, token.genTime)) continue;
    try {
      const { time } = verifyTimeStamp(token, {
        roots: [authority.root],
        intermediates: authority.intermediates,
        ...(authority.leaf === undefined ? {} : { leaf: authority.leaf }),
        data,
        allowOtherCertificates: false,
      });
      return { authority, time };
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      fault ??= error;
    }
  }
  const at = new Date(token.genTime).toISOString();
  throw fault === undefined
    ? new SigningError(
        'TIMESTAMP_WRONG',
        `no timestamp authority is trusted at ${at}, the time of a timestamp`,
      )
    : wrong(fault);
}

function isOver({ messageImprint }: TimeStampToken, bytes: Uint8Array): boolean {
  return equalBytes(messageImprint.digest, hash(messageImprint.algorithm, bytes));
}

function tokenFrom(der: Uint8Array): TimeStampToken {
  try {
    const { token, isModified } = readTimeStampResponse(der);
    // Nothing was asked that could be granted in part.
    if (isModified)
      throw new SigningError('TIMESTAMP_WRONG', 'a timestamp was not granted as it was asked for');
    return token;
  } catch (error) {
    if (error instanceof PkiError) throw wrong(error);
    throw error;
  }
}

function wrong(cause: PkiError): SigningError {
  return new SigningError('TIMESTAMP_WRONG', `a timestamp of the signature does not hold: ${cause.message}`, {
    cause,
  });
}
