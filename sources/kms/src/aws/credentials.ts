import type { JsonFields } from '@keelson/core';
import { HttpError, isLoopback } from '@keelson/http';
import { KmsError } from '../errors.ts';
import { answerFields, ask, askFields, xmlText } from '../exchange.ts';
import type { Passing } from '../renewed.ts';
import type { Surroundings } from '../surroundings.ts';
import { awsEndpoint } from './endpoint.ts';
import { chosenProfile, type Profile } from './profiles.ts';
import type { AwsCredentials } from './signature.ts';

type Found = Passing<AwsCredentials>;

/**
 * Who asks, in the order of AWS's own programs: the environment, a web identity, a profile, the container, the machine.
 *
 * @throws KmsError KMS_CREDENTIALS_MISSING, KMS_REFUSED, KMS_ANSWER_INVALID; HttpError
 */
export async function awsCredentials(around: Surroundings, region: string): Promise<Found> {
  return (
    ofEnvironment(around) ??
    (await ofWebIdentity(around, region, {
      file: around.variable('AWS_WEB_IDENTITY_TOKEN_FILE'),
      role: around.variable('AWS_ROLE_ARN'),
      session: around.variable('AWS_ROLE_SESSION_NAME'),
    })) ??
    (await ofProfile(around, region)) ??
    (await ofContainer(around)) ??
    (await ofMachine(around))
  );
}

function missing(message: string): KmsError {
  return new KmsError('KMS_CREDENTIALS_MISSING', message);
}

function ofEnvironment(around: Surroundings): Found | undefined {
  const accessKeyId = around.variable('AWS_ACCESS_KEY_ID');
  const secretAccessKey = around.secretVariable('AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw missing('only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set');
  return {
    value: { accessKeyId, secretAccessKey, sessionToken: around.secretVariable('AWS_SESSION_TOKEN') },
  };
}

interface WebIdentity {
  readonly file: string | undefined;
  readonly role: string | undefined;
  readonly session: string | undefined;
}

/** A token of a cluster or a pipeline, for which STS gives credentials (AWS STS API Reference, AssumeRoleWithWebIdentity). */
async function ofWebIdentity(
  around: Surroundings,
  region: string,
  { file, role, session = 'keelson' }: WebIdentity,
): Promise<Found | undefined> {
  if (file === undefined) return undefined;
  if (role === undefined)
    throw missing('there is a web identity, and AWS_ROLE_ARN does not say for which role');
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: session,
    WebIdentityToken: around.tokenFile(file, 'AWS_WEB_IDENTITY_TOKEN_FILE'),
  });
  const url = awsEndpoint(around, 'sts', region);
  const xml = Buffer.from(
    await ask(around, { url, method: 'POST', headers: { accept: 'text/xml' }, body }),
  ).toString('utf8');
  const [accessKeyId, secretAccessKey, sessionToken, expires] = [
    'AccessKeyId',
    'SecretAccessKey',
    'SessionToken',
    'Expiration',
  ].map((name) => xmlText(xml, name));
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined)
    throw new KmsError('KMS_ANSWER_INVALID', 'the answer of AWS STS has no credentials');
  return passing(around, { accessKeyId, secretAccessKey, sessionToken }, expires);
}

/** Settings by which a profile gets credentials in ways that keelson does not go: those that AWS's own programs prefer to keys, and others. */
const otherWays = {
  beforeKeys: ['role_arn', 'sso_session', 'sso_account_id'],
  afterKeys: ['source_profile', 'credential_process', 'login_session'],
} as const;

async function ofProfile(around: Surroundings, region: string): Promise<Found | undefined> {
  const { name, profile } = chosenProfile(around);
  if (profile === undefined) {
    if (around.variable('AWS_PROFILE') === undefined) return undefined;
    throw missing(`AWS_PROFILE names the profile ${name}, which is not there`);
  }
  const get = (setting: string) => profile.get(setting) || undefined;
  const byIdentity = await ofWebIdentity(around, region, {
    file: get('web_identity_token_file'),
    role: get('role_arn'),
    session: get('role_session_name'),
  });
  if (byIdentity !== undefined) return byIdentity;
  // Its keys may be there to take on the role alone: whoever they are of is not who was meant to sign.
  demandNoOtherWay(name, profile, otherWays.beforeKeys);
  const accessKeyId = get('aws_access_key_id');
  const secretAccessKey = get('aws_secret_access_key');
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return kept(around, { accessKeyId, secretAccessKey, sessionToken: get('aws_session_token') });
  if (accessKeyId !== undefined || secretAccessKey !== undefined)
    throw missing(`the profile ${name} has only one of aws_access_key_id and aws_secret_access_key`);
  demandNoOtherWay(name, profile, otherWays.afterKeys);
  return undefined;
}

function demandNoOtherWay(name: string, profile: Profile, ways: readonly string[]): void {
  const way = ways.find((setting) => profile.has(setting));
  if (way !== undefined)
    throw missing(
      `the profile ${name} gets credentials by ${way}, which keelson does not do: put them into the environment, as from aws configure export-credentials --profile ${name} --format env`,
    );
}

/** Hosts that may be asked by http (AWS SDKs and Tools Reference Guide, "Container credential provider"). */
const containerHosts = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']);

async function ofContainer(around: Surroundings): Promise<Found | undefined> {
  const relative = around.variable('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const full = around.variable('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (relative === undefined && full === undefined) return undefined;
  const url = URL.parse(relative === undefined ? (full ?? '') : `http://169.254.170.2${relative}`);
  const isAllowed =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && (containerHosts.has(url.hostname) || isLoopback(url.hostname)));
  if (
    url === null ||
    !isAllowed ||
    (relative !== undefined && (!relative.startsWith('/') || url.host !== '169.254.170.2'))
  )
    throw missing(
      'the address of the container credentials is neither https nor of this machine or its host',
    );
  // Whoever knows the path gets the credentials.
  if (url.pathname.length > 1) around.secrets.keep(url.pathname);
  const file = around.variable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const token =
    file === undefined
      ? around.secretVariable('AWS_CONTAINER_AUTHORIZATION_TOKEN')
      : around.tokenFile(file, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const what = 'the answer with the container credentials';
  const answer = await askFields(around, what, {
    url,
    authorization: token,
    isMetadata: url.protocol === 'http:',
  });
  return credentialsOf(around, answer);
}

const instance = 'http://169.254.169.254/latest/';

/** The role of an EC2 instance, by the second version of its metadata service, which wants a token. */
async function ofMachine(around: Surroundings): Promise<Found> {
  const others =
    'no credentials for AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN';
  if (around.variable('AWS_EC2_METADATA_DISABLED')?.toLowerCase() === 'true') throw missing(others);
  try {
    const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': '600' };
    const request = {
      url: new URL('api/token', instance),
      method: 'PUT',
      headers: lifetime,
      isMetadata: true,
    } as const;
    const token = around.secrets.keep(text(await ask(around, request)));
    const headers = { 'x-aws-ec2-metadata-token': token };
    const roles = new URL('meta-data/iam/security-credentials/', instance);
    const [role = ''] = text(await ask(around, { url: roles, headers, isMetadata: true })).split('\n');
    if (!/^[\w+=,.@-]{1,128}$/.test(role))
      throw new KmsError('KMS_ANSWER_INVALID', 'the metadata service of the machine names no role');
    const bytes = await ask(around, {
      url: new URL(encodeURIComponent(role), roles),
      headers,
      isMetadata: true,
    });
    return credentialsOf(around, answerFields(bytes, 'the answer of the metadata service of the machine'));
  } catch (cause) {
    if (!(cause instanceof HttpError)) throw cause;
    throw missing(`${others}; and this is no machine of EC2 with a role (${cause.message})`);
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8').trim();
}

function credentialsOf(around: Surroundings, answer: JsonFields): Found {
  const given = {
    accessKeyId: answer.text('AccessKeyId'),
    secretAccessKey: answer.text('SecretAccessKey'),
    sessionToken: answer.text('Token'),
  };
  return passing(around, given, answer.optionalText('Expiration'));
}

function passing(around: Surroundings, given: AwsCredentials, expiration: string | undefined): Found {
  const expires = Date.parse(expiration ?? '');
  return { ...kept(around, given), ...(Number.isNaN(expires) ? {} : { expires }) };
}

function kept({ secrets }: Surroundings, value: AwsCredentials): Found {
  secrets.keep(value.secretAccessKey);
  if (value.sessionToken !== undefined) secrets.keep(value.sessionToken);
  return { value };
}
