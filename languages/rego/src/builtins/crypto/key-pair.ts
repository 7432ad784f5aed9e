import type { RegoValue } from '../../values/index.ts';
import { equals } from '../../values/index.ts';
import { encodeBase64 } from '../base64.ts';
import { BuiltinError, builtinError } from '../builtin.ts';
import type { Cryptography } from '../crypto-host.ts';
import { certificateJson, parseCertificates } from './certificate.ts';
import { DerFault } from './der.ts';
import {
  type PrivateKey,
  parsePkcs1,
  parsePkcs8,
  parseSec1,
  privateKeyJson,
  publicKeyJson,
  publicPart,
} from './keys.ts';
import { type PemBlock, pemBlocks } from './pem.ts';

/** A certificate with its key as Go's tls.Certificate prints. Throws errors in Go's words. */
export function parseKeyPair(certificates: string, key: string, crypto: Cryptography): RegoValue {
  const blocks = pemBlocks(certificates);
  const chain = blocks.filter(({ type }) => type === 'CERTIFICATE').map(({ bytes }) => bytes);
  const [first] = chain;
  if (first === undefined) throw noCertificate(blocks);
  const keyBlocks = pemBlocks(key);
  const keyBlock = keyBlocks.find(({ type }) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'));
  if (keyBlock === undefined) throw noKey(keyBlocks);
  const [leaf] = parseCertificates(first);
  if (leaf === undefined) throw builtinError('x509: malformed certificate');
  if (leaf.raw.length < first.length) throw builtinError('x509: trailing data');
  const privateKey = parseAnyKey(keyBlock.bytes, crypto);
  if (leaf.publicKey === undefined) throw builtinError('tls: unknown public key algorithm');
  if (leaf.publicKey.type !== privateKey.type)
    throw builtinError('tls: private key type does not match public key type');
  if (!equals(publicKeyJson(leaf.publicKey), publicKeyJson(publicPart(privateKey))))
    throw builtinError('tls: private key does not match public key');
  return {
    Certificate: chain.map((bytes) => encodeBase64(bytes, 'standard')),
    PrivateKey: privateKeyJson(privateKey),
    SupportedSignatureAlgorithms: null,
    OCSPStaple: null,
    SignedCertificateTimestamps: null,
    Leaf: certificateJson(leaf),
  };
}

function typesOf(blocks: readonly PemBlock[]): string {
  return `[${blocks.map(({ type }) => type).join(' ')}]`;
}

function noCertificate(blocks: readonly PemBlock[]): BuiltinError {
  if (blocks.length === 0) return builtinError('tls: failed to find any PEM data in certificate input');
  if (blocks.length === 1 && blocks[0]?.type.endsWith('PRIVATE KEY') === true) {
    return builtinError(
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    );
  }
  return builtinError(
    `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${typesOf(blocks)}`,
  );
}

function noKey(blocks: readonly PemBlock[]): BuiltinError {
  if (blocks.length === 0) return builtinError('tls: failed to find any PEM data in key input');
  if (blocks.length === 1 && blocks[0]?.type === 'CERTIFICATE')
    return builtinError('tls: found a certificate rather than a key in the PEM for the private key');
  return builtinError(
    `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${typesOf(blocks)}`,
  );
}

/** A key in whichever of three forms. */
function parseAnyKey(der: Uint8Array, crypto: Cryptography): PrivateKey {
  for (const parse of [parsePkcs1, parsePkcs8, parseSec1]) {
    try {
      return parse(der, crypto);
    } catch (error) {
      if (!(error instanceof DerFault || error instanceof BuiltinError)) throw error;
    }
  }
  throw builtinError('tls: failed to parse private key');
}
