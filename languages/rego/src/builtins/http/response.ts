import { decodeUtf8, fromJson, JsonSyntaxError, objectOf, type RegoValue } from '../../values/index.ts';
import { type BuiltinContext, BuiltinError } from '../builtin.ts';
import type { HttpResponse } from '../host.ts';
import { checkLength } from '../operands.ts';
import { yaml } from '../yaml.ts';
import { headerOf } from './headers.ts';

/** How a body is read, whatever the response says of it. */
export interface Decoding {
  readonly json: boolean;
  readonly yaml: boolean;
}

/** The object that a policy sees of a response. */
export function responseValue(
  response: HttpResponse,
  decoding: Decoding,
  context: BuiltinContext,
): RegoValue {
  checkLength(response.body.length, context);
  context.chargeSteps(response.body.length >> 6);
  const raw = decodeUtf8(response.body);
  const headers = new Map<string, string[]>();
  for (const [name, value] of response.headers) {
    const lower = name.toLowerCase();
    headers.set(lower, [...(headers.get(lower) ?? []), value]);
  }
  const { status, statusText } = response;
  return objectOf([
    ['status', statusText === '' ? String(status) : `${status} ${statusText}`],
    ['status_code', status],
    ['body', decoded(raw, response, decoding, context)],
    ['raw_body', raw],
    ['headers', objectOf(headers)],
  ]);
}

/** The value of a body, null where it is none. */
function decoded(
  raw: string,
  response: HttpResponse,
  decoding: Decoding,
  context: BuiltinContext,
): RegoValue {
  const contentType = headerOf(response, 'content-type');
  if (decoding.json || isJsonType(contentType)) return readJson(raw);
  const isYaml = contentType.includes('application/yaml') || contentType.includes('application/x-yaml');
  return decoding.yaml || isYaml ? readYaml(raw, context) : null;
}

/** `application/json`, or any type of application whose name ends so. */
function isJsonType(contentType: string): boolean {
  const type = contentType.split(';', 1)[0]?.trim() ?? '';
  return /^application\/(?:json|[!#$%&'*+\-.^_`|~0-9a-z]*\+json)$/i.test(type);
}

function readJson(raw: string): RegoValue {
  try {
    return fromJson(raw);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return null;
    throw error;
  }
}

function readYaml(raw: string, context: BuiltinContext): RegoValue {
  try {
    return yaml['yaml.unmarshal']?.([raw], context) ?? null;
  } catch (error) {
    if (error instanceof BuiltinError) return null;
    throw error;
  }
}
