import { bufferOf } from '../bytes.ts';
import { readDer } from '../der/element.ts';
import { octetString } from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';

/** A signed certificate timestamp of version 1 (RFC 6962 section 3.2). */
export interface Sct {
  /** SHA-256 of the log's key. */
  readonly logId: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Opaque, and signed. */
  readonly extensions: Uint8Array;
  readonly signatureScheme: 'ecdsa-sha256' | 'rsa-pkcs1-sha256';
  readonly signature: Uint8Array;
}

/**
 * The timestamps in the value of the extension of certificates that lists them (section 3.3); at least one.
 * @throws PkiError SCT_INVALID, DER_INVALID
 */
export function readSctList(extensionValue: Uint8Array): readonly Sct[] {
  const outer = new TlsBytes(octetString(readDer(extensionValue)));
  const list = new TlsBytes(outer.vector(2));
  outer.finish();
  const found: Sct[] = [];
  do {
    found.push(readSct(list.vector(2)));
    if (found.length > pkiLimits.maxScts)
      throw new PkiError(
        'SCT_INVALID',
        `a certificate has more than ${pkiLimits.maxScts} timestamps of logs (maxScts)`,
      );
  } while (!list.isAtEnd);
  return found;
}

/**
 * One timestamp in its serialised form, as it is also given beside a certificate.
 * @throws PkiError SCT_INVALID
 */
export function readSct(bytes: Uint8Array): Sct {
  const fields = new TlsBytes(bytes);
  const version = fields.number(1);
  if (version !== 0)
    throw new PkiError('SCT_INVALID', `a timestamp of a log is of the unknown version ${version + 1}`);
  const logId = fields.take(32);
  const timestamp = fields.number(8);
  const extensions = fields.vector(2);
  const hash = fields.number(1);
  const algorithm = fields.number(1);
  const signature = fields.vector(2);
  fields.finish();
  // RFC 5246 section 7.4.1.4.1: SHA-256 is 4; RSA 1, ECDSA 3. Section 2.1.4 of RFC 6962 has no others.
  if (hash !== 4 || (algorithm !== 1 && algorithm !== 3))
    throw new PkiError(
      'SCT_INVALID',
      `a timestamp of a log is signed by the unknown algorithms ${hash} and ${algorithm}`,
    );
  return {
    logId,
    timestamp,
    extensions,
    signatureScheme: algorithm === 3 ? 'ecdsa-sha256' : 'rsa-pkcs1-sha256',
    signature,
  };
}

/** Fields in the presentation language of TLS. */
class TlsBytes {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length)
      throw new PkiError('SCT_INVALID', 'a timestamp of a log ends early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  number(octets: number): number {
    const value = this.take(octets).reduce((sum, octet) => sum * 256 + octet, 0);
    if (!Number.isSafeInteger(value)) throw new PkiError('SCT_INVALID', 'the time of a log is out of range');
    return value;
  }

  /** Bytes after as many octets of their length. */
  vector(octets: number): Uint8Array {
    return this.take(this.number(octets));
  }

  finish(): void {
    if (!this.isAtEnd) throw new PkiError('SCT_INVALID', 'something follows a timestamp of a log');
  }
}

/** What the log signed (section 3.2); `entry` is a certificate, or a hash of the issuer's key and a TBSCertificate. */
export function signedSctBytes(
  { timestamp, extensions }: Pick<Sct, 'timestamp' | 'extensions'>,
  entry:
    | { readonly certificate: Uint8Array }
    | { readonly issuerKeyHash: Uint8Array; readonly tbs: Uint8Array },
): Uint8Array {
  const body = 'tbs' in entry ? entry.tbs : entry.certificate;
  const keyHash = 'tbs' in entry ? entry.issuerKeyHash : new Uint8Array(0);
  const head = Buffer.alloc(12);
  // Version 1 and certificate_timestamp are both 0.
  head.writeBigUInt64BE(BigInt(timestamp), 2);
  head.writeUInt16BE('tbs' in entry ? 1 : 0, 10);
  const length = Buffer.alloc(3);
  length.writeUIntBE(body.length, 0, 3);
  const extensionLength = Buffer.alloc(2);
  extensionLength.writeUInt16BE(extensions.length);
  return Buffer.concat([head, keyHash, length, body, extensionLength, bufferOf(extensions)]);
}
