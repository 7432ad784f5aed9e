import { createHash, createHmac } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface AwsRequest {
  readonly method: 'GET' | 'POST';
  /** Of the root of a host: services that speak JSON have no paths and no queries. */
  readonly url: URL;
  /** By names in lower case; all of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export interface AwsScope {
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The headers that sign a request by Signature Version 4 (AWS Signature Version 4 for API requests, "Create a signed AWS API
 * request"): those that were given, the time, the session's token and the authorization.
 */
export function signedHeaders(
  { method, url, headers, body }: AwsRequest,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  { region, service, now }: AwsScope,
): { readonly headers: Readonly<Record<string, string>>; readonly authorization: string } {
  // 2015-08-30T12:36:00.000Z → 20150830T123600Z
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const sent: Record<string, string> = {
    ...headers,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const signed = Object.entries({ ...sent, host: url.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonicalRequest = [
    method,
    '/',
    '',
    ...signed.map(([name, value]) => `${name}:${value.trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    hex(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toBeSigned = ['AWS4-HMAC-SHA256', time, scope, hex(canonicalRequest)].join('\n');
  const start: Uint8Array | string = `AWS4${secretAccessKey}`;
  const key = [day, region, service, 'aws4_request'].reduce<Uint8Array | string>(hmac, start);
  const signature = Buffer.from(hmac(key, toBeSigned)).toString('hex');
  return {
    headers: sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Uint8Array | string, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest();
}
