import { HttpError } from './errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be looked up now',
  ENETUNREACH: 'there is no way to that network',
  EHOSTUNREACH: 'there is no way to that host',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is its own (NODE_EXTRA_CA_CERTS names further roots)',
  SELF_SIGNED_CERT_IN_CHAIN:
    'the root of its certificate is unknown (NODE_EXTRA_CA_CERTS names further roots)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the issuer of its certificate is unknown (NODE_EXTRA_CA_CERTS names further roots)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the issuer of its certificate is unknown (NODE_EXTRA_CA_CERTS names further roots)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_PROXY_TUNNEL: 'the proxy does not connect to it',
  ERR_PROXY_INVALID_CONFIG: 'the proxy that the environment names is none that is known',
  EPROTO: 'it does not speak TLS as we do',
  UND_ERR_HEADERS_OVERFLOW: 'the head of its answer is too large',
};

/** After these the same request may well succeed. */
const passing = new Set([
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function isPassingFault(error: unknown): boolean {
  return passing.has(codeOf(error));
}

/** What `fetch` threw, as an error of ours. */
export function unreachable(what: string, error: unknown): HttpError {
  const code = codeOf(error);
  const known = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  const reason =
    known ??
    (code !== ''
      ? code
      : isBadPort(error)
        ? 'its port is kept for another protocol, and Fetch asks none there'
        : 'it failed');
  return new HttpError('HTTP_UNREACHABLE', `${what}: ${reason}`, { cause: error });
}

export function interrupted(what: string, error: unknown): HttpError {
  const code = codeOf(error);
  const reason = code === '' ? '' : ` (${code})`;
  return new HttpError('HTTP_INTERRUPTED', `${what}: the server broke off its answer${reason}`, {
    cause: error,
  });
}

/** The system's code, which stands in the innermost cause. */
function codeOf(error: unknown): string {
  let code = '';
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const inner = at instanceof AggregateError ? at.errors[0] : at;
    if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') code = inner.code;
  }
  return code;
}

/** Ports of other protocols (Fetch standard, "port blocking"); undici says no more than this. */
function isBadPort(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';
}
