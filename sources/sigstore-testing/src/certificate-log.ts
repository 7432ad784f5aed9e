import { hash } from 'node:crypto';
import { type Certificate, der, type Extension, extensionOids, sign, signedSctBytes } from '@keelson/pki';
import { newKey } from './authority.ts';
import { publicHalf } from './keys.ts';

/** A log of certificates that promises to take in whatever it is shown (RFC 6962). */
export class CertificateLog {
  readonly #key = newKey();

  get spki(): Uint8Array {
    return publicHalf(this.#key).spki;
  }

  /** The timestamp for a precertificate as an extension (section 3.3). */
  extension(tbs: Uint8Array, issuer: Certificate, now: number): Extension {
    const entry = { issuerKeyHash: hash('sha256', issuer.publicKeyBytes, 'buffer'), tbs };
    const signed = signedSctBytes({ timestamp: now, extensions: new Uint8Array(0) }, entry);
    const head = Buffer.alloc(43);
    head.set(hash('sha256', this.spki, 'buffer'), 1);
    head.writeBigUInt64BE(BigInt(now), 33);
    // No extensions; SHA-256 and ECDSA (RFC 5246 section 7.4.1.4.1).
    const sct = Buffer.concat([head, Uint8Array.of(4, 3), vector(sign(this.#key, 'ecdsa-sha256', signed))]);
    return {
      oid: extensionOids.sctList,
      critical: false,
      value: der.octetString(vector(vector(sct))),
    };
  }
}

function vector(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
