import { bufferOf } from '../bytes.ts';
import { elementAt, tags } from '../der/element.ts';
import { PkiError } from '../errors.ts';
import { type PublicKey, readPublicKey, readRsaPublicKey } from '../keys/public-key.ts';
import { pkiLimits } from '../limits.ts';
import { readPem } from '../pem.ts';
import { type Certificate, certificateOf, readCertificate } from './certificate.ts';

/**
 * The certificates of a file: PEM blocks, or DER one after the other. There is at least one.
 * @throws PkiError PEM_INVALID also where a block is no certificate, PEM_LIMIT, and what readCertificate throws
 */
export function readCertificates(input: string | Uint8Array): Certificate[] {
  if (typeof input !== 'string' && input[0] === tags.sequence) return concatenated(input);
  const text = typeof input === 'string' ? input : bufferOf(input).toString('latin1');
  const blocks = readPem(text);
  if (blocks.length === 0) throw new PkiError('PEM_INVALID', 'there is no certificate in PEM or DER');
  return blocks.map(({ label, bytes }) => {
    if (label !== 'CERTIFICATE')
      throw new PkiError('PEM_INVALID', `a block of ${label} stands where certificates should`);
    return readCertificate(bytes);
  });
}

function concatenated(bytes: Uint8Array): Certificate[] {
  if (bytes.length > pkiLimits.maxDerBytes)
    throw new PkiError('DER_LIMIT', `DER has more than ${pkiLimits.maxDerBytes} bytes (maxDerBytes)`);
  const found: Certificate[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = elementAt(bytes, at, bytes.length, 0);
    found.push(certificateOf(element));
    at = element.end;
  }
  return found;
}

/**
 * The one key of a PEM text: `PUBLIC KEY`, `RSA PUBLIC KEY`, or the key of a `CERTIFICATE`.
 * @throws PkiError PEM_INVALID where there is none or more than one, and what readPublicKey throws
 */
export function publicKeyFromPem(text: string): PublicKey {
  const [block, ...more] = readPem(text);
  if (block === undefined) throw new PkiError('PEM_INVALID', 'there is no public key in PEM');
  if (more.length > 0)
    throw new PkiError('PEM_INVALID', 'there are several PEM blocks where one key should be');
  switch (block.label) {
    case 'PUBLIC KEY':
      return readPublicKey(block.bytes);
    case 'RSA PUBLIC KEY':
      return readRsaPublicKey(block.bytes);
    case 'CERTIFICATE':
      return readCertificate(block.bytes).publicKey;
    default:
      throw new PkiError(
        'PEM_INVALID',
        block.label.endsWith('PRIVATE KEY')
          ? `a block of ${block.label} is the private half of a key: the public half is what verifies`
          : `a block of ${block.label} is no public key`,
      );
  }
}
