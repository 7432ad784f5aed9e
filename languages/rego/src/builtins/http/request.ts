import {
  encodeUtf8,
  getKey,
  isObjectValue,
  keysOf,
  type ObjectValue,
  type RegoValue,
  setOf,
  stringifyJson,
  stringifyRego,
} from '../../values/index.ts';
import { typeError } from '../builtin.ts';
import { wrongType } from '../operands.ts';

const knownNames: ReadonlySet<RegoValue> = new Set([
  'method',
  'url',
  'body',
  'enable_redirect',
  'force_json_decode',
  'force_yaml_decode',
  'headers',
  'raw_body',
  'tls_use_system_certs',
  'tls_ca_cert',
  'tls_ca_cert_file',
  'tls_ca_cert_env_variable',
  'tls_client_cert',
  'tls_client_cert_file',
  'tls_client_cert_env_variable',
  'tls_client_key',
  'tls_client_key_file',
  'tls_client_key_env_variable',
  'tls_insecure_skip_verify',
  'tls_server_name',
  'timeout',
  'cache',
  'force_cache',
  'force_cache_duration_seconds',
  'raise_error',
  'caching_mode',
  'max_retry_attempts',
  'cache_ignored_headers',
]);

/** A request as `http.send` takes it: with a method and a URL, and nothing that has no meaning. */
export function requestOperand(value: RegoValue): ObjectValue {
  if (!isObjectValue(value)) throw wrongType(1, value, 'object');
  const unknown = [...keysOf(value)].filter((key) => !knownNames.has(key));
  if (unknown.length > 0) throw namesError(1, 'invalid request parameters(s)', unknown);
  const missing = ['method', 'url'].filter((name) => getKey(value, name) === undefined);
  if (missing.length > 0) throw namesError(1, 'missing required request parameters(s)', missing);
  return value;
}

/** `operand 1 missing required request parameters(s): {"url"}` */
export function namesError(position: number, fault: string, names: readonly RegoValue[]): Error {
  return typeError(`operand ${position} ${fault}: ${stringifyRego(setOf(names))}`);
}

/** The bytes of a body that is sent as JSON. */
export function jsonBody(value: RegoValue): Uint8Array {
  return encodeUtf8(stringifyJson(value));
}
