import {
  encodeUtf8,
  entriesOf,
  getKey,
  isNumber,
  isObjectValue,
  type ObjectValue,
  objectOf,
  type RegoValue,
  sortStrings,
  toInt64,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  type BuiltinFamily,
  builtinError,
  typeError,
} from './builtin.ts';
import { cryptographyOf } from './crypto/input.ts';
import type { Cryptography } from './crypto-host.ts';
import { jsonBody, namesError, requestOperand } from './http/request.ts';
import { objectOperand, operand, wrongType } from './operands.ts';
import { formatTime } from './time/format.ts';
import { utc } from './time/zones.ts';
import { type ParsedUrl, parseUrl, UrlSyntaxError } from './url.ts';

/** Requests signed as AWS asks for it (Signature Version 4). */

interface AwsConfiguration {
  readonly service: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string;
  readonly isPayloadSigned: boolean;
}

const requiredNames = ['aws_service', 'aws_access_key', 'aws_secret_access_key', 'aws_region'];

function configurationOperand(value: RegoValue): ObjectValue {
  // OPA counts it as its first operand here.
  if (!isObjectValue(value)) throw wrongType(1, value, 'object');
  const missing = requiredNames.filter((name) => getKey(value, name) === undefined);
  if (missing.length > 0) throw namesError(2, 'missing required AWS config parameters(s)', missing);
  const invalid = requiredNames.filter((name) => typeof getKey(value, name) !== 'string');
  if (invalid.length > 0)
    throw namesError(2, 'invalid values for required AWS config parameters(s)', invalid);
  return value;
}

function readConfiguration(object: ObjectValue): AwsConfiguration {
  const isUnsigned = getKey(object, 'disable_payload_signing') ?? false;
  if (typeof isUnsigned !== 'boolean') {
    throw typeError("operand 2 invalid value for 'disable_payload_signing' in AWS config");
  }
  return {
    service: textAt(object, 'aws_service'),
    region: textAt(object, 'aws_region'),
    accessKey: textAt(object, 'aws_access_key'),
    secretKey: textAt(object, 'aws_secret_access_key'),
    sessionToken: textAt(object, 'aws_session_token'),
    isPayloadSigned: !isUnsigned,
  };
}

/** The text at a key; what is none counts as empty. */
function textAt(object: ObjectValue, key: RegoValue): string {
  const value = getKey(object, key);
  return typeof value === 'string' ? value : '';
}

function timeOperand(value: RegoValue): bigint {
  if (!isNumber(value)) throw wrongType(1, value, 'number');
  const nanoseconds = toInt64(value);
  if (nanoseconds === undefined) {
    throw typeError('operand 3 could not convert time_ns value into a unix timestamp');
  }
  return nanoseconds;
}

function urlOf(text: string): ParsedUrl {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof UrlSyntaxError) throw builtinError(error.message);
    throw error;
  }
}

function bodyOf(request: ObjectValue): Uint8Array {
  if (getKey(request, 'raw_body') !== undefined) return encodeUtf8(textAt(request, 'raw_body'));
  const body = getKey(request, 'body');
  return body === undefined ? new Uint8Array() : jsonBody(body);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What proxies may change on the way is not signed. */
const unsignedHeaders = new Set(['authorization', 'user-agent', 'x-amzn-trace-id']);

interface Signing {
  readonly method: string;
  readonly url: ParsedUrl;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly configuration: AwsConfiguration;
  readonly time: bigint;
}

/** The headers that signing adds, the one with the signature among them. */
function signedHeaders(
  { method, url, headers, body, configuration, time }: Signing,
  crypto: Cryptography,
): ReadonlyMap<string, string> {
  const { service, region, accessKey, secretKey, sessionToken, isPayloadSigned } = configuration;
  const digest = (data: Uint8Array) => hex(crypto.digest('sha256', data));
  const stamp = timestamp(time);
  const date = stamp.slice(0, stamp.indexOf('T'));
  const payload = isPayloadSigned ? digest(body) : 'UNSIGNED-PAYLOAD';
  const added = new Map([
    ['host', url.host],
    ['x-amz-date', stamp],
  ]);
  if (service === 's3' || service === 'glacier') added.set('x-amz-content-sha256', payload);
  if (sessionToken !== '') added.set('x-amz-security-token', sessionToken);

  const signed = new Map(added);
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!unsignedHeaders.has(lower)) signed.set(lower, value);
  }
  const names = sortStrings([...signed.keys()]);
  const list = names.join(';');
  const lines = names.map((name) => `${name}:${signed.get(name)}\n`).join('');
  const canonical = `${method}\n${url.escapedPath}\n${url.rawQuery}\n${lines}\n${list}\n${payload}`;

  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${digest(encodeUtf8(canonical))}`;
  const key = [date, region, service, 'aws4_request'].reduce(
    (secret, part) => crypto.hmac('sha256', secret, encodeUtf8(part)),
    encodeUtf8(`AWS4${secretKey}`),
  );
  const signature = hex(crypto.hmac('sha256', key, encodeUtf8(toSign)));
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope},SignedHeaders=${list},Signature=${signature}`;
  return new Map([['Authorization', authorization], ...added]);
}

/** `20060102T150405Z` */
function timestamp(time: bigint): string {
  const billion = 1_000_000_000n;
  const nanoseconds = ((time % billion) + billion) % billion;
  const seconds = Number((time - nanoseconds) / billion);
  return formatTime({ seconds, nanoseconds: Number(nanoseconds), zone: utc.at(seconds) }, '20060102T150405Z');
}

/** The request with its headers signed. */
function sign(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  objectOperand(args, 1);
  const config = configurationOperand(operand(args, 2));
  const time = timeOperand(operand(args, 3));
  const request = requestOperand(operand(args, 1));
  const given = getKey(request, 'headers') ?? objectOf([]);
  // And as none here.
  if (!isObjectValue(given)) throw wrongType(0, given, 'object');
  const invalid = ['url', 'method'].filter((name) => typeof getKey(request, name) !== 'string');
  if (invalid.length > 0) throw namesError(1, 'invalid values for required request parameters(s)', invalid);
  const url = urlOf(textAt(request, 'url'));
  const headers = new Map<string, string>();
  for (const [name] of entriesOf(given)) {
    headers.set(typeof name === 'string' ? name : '', textAt(given, name));
  }
  const body = bodyOf(request);
  const configuration = readConfiguration(config);
  const method = textAt(request, 'method');
  const added = signedHeaders({ method, url, headers, body, configuration, time }, cryptographyOf(context));
  const others = [...entriesOf(request)].filter(([key]) => key !== 'headers');
  return objectOf([...others, ['headers', objectOf(new Map([...headers, ...added]))]]);
}

export const awsSignature: BuiltinFamily = { 'providers.aws.sign_req': sign };
