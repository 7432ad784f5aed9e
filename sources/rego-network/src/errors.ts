import type { NetworkLimits } from './limits.ts';

/** Failures that are common, in the words of Go's client, which policies and their tests may know. */
export function inWordsOfGo(error: NodeJS.ErrnoException, { maxHeaderBytes }: NetworkLimits): Error {
  const { code = '', message } = error;
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Error(`the response passed the limit maxHeaderBytes, ${maxHeaderBytes}`);
  if (code === 'ECONNREFUSED') return new Error(`dial tcp ${placeOf(error)}: connect: connection refused`);
  if (code === 'ENOTFOUND') return new Error(`dial tcp: lookup ${nameOf(error)}: no such host`);
  if (unknownAuthority.has(code))
    return new Error(`${unverified}: x509: certificate signed by unknown authority`);
  return refusedCertificate.has(code) ? new Error(`${unverified}: ${message}`) : error;
}

const unverified = 'tls: failed to verify certificate';

const unknownAuthority: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

const refusedCertificate: ReadonlySet<string> = new Set([
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'INVALID_PURPOSE',
]);

function placeOf(error: Error): string {
  const [one = error] = error instanceof AggregateError ? error.errors : [];
  const { address, port } = one;
  return String(address).includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function nameOf(error: Error): string {
  return 'hostname' in error ? String(error.hostname) : '';
}
