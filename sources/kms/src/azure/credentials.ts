import type { JsonFields } from '@keelson/core';
import { HttpError } from '@keelson/http';
import { KmsError } from '../errors.ts';
import { askFields } from '../exchange.ts';
import type { Passing } from '../renewed.ts';
import type { Surroundings } from '../surroundings.ts';
import type { AzureReference } from './reference.ts';

type Found = Passing<string>;
type Place = Pick<AzureReference, 'resource' | 'login'>;

/**
 * An access token, in the order of Azure's own programs: a secret of an application, a workload's identity, the machine's identity.
 *
 * @throws KmsError KMS_CREDENTIALS_MISSING, KMS_REFUSED, KMS_ANSWER_INVALID; HttpError
 */
export async function azureAccess(around: Surroundings, place: Place): Promise<Found> {
  const secret = around.secretVariable('AZURE_CLIENT_SECRET');
  if (secret !== undefined)
    return await ofApplication(around, place, 'AZURE_CLIENT_SECRET', { client_secret: secret });
  const file = around.variable('AZURE_FEDERATED_TOKEN_FILE');
  if (file === undefined) return await ofMachine(around, place);
  return await ofApplication(around, place, 'AZURE_FEDERATED_TOKEN_FILE', {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: around.tokenFile(file, 'AZURE_FEDERATED_TOKEN_FILE'),
  });
}

/** Microsoft identity platform, "OAuth 2.0 client credentials flow". */
async function ofApplication(
  around: Surroundings,
  { resource, login }: Place,
  given: string,
  proof: Readonly<Record<string, string>>,
): Promise<Found> {
  const tenant = around.variable('AZURE_TENANT_ID');
  const client = around.variable('AZURE_CLIENT_ID');
  if (tenant === undefined || client === undefined)
    throw missing(`${given} goes with AZURE_TENANT_ID and AZURE_CLIENT_ID`);
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,127}$/.test(tenant)) throw missing('AZURE_TENANT_ID is no tenant');
  const authority = URL.parse(around.variable('AZURE_AUTHORITY_HOST') ?? `https://${login}/`);
  if (authority === null || authority.protocol !== 'https:' || authority.pathname !== '/')
    throw missing('AZURE_AUTHORITY_HOST is no https address of a host');
  const answer = await askFields(around, 'the answer of Microsoft Entra ID', {
    url: new URL(`/${tenant}/oauth2/v2.0/token`, authority),
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client,
      scope: `${resource}/.default`,
      ...proof,
    }),
  });
  return tokenOf(around, answer);
}

/** Azure, "How to use managed identities on an Azure VM to acquire an access token". */
async function ofMachine(around: Surroundings, { resource }: Place): Promise<Found> {
  const client = around.variable('AZURE_CLIENT_ID');
  const url = new URL('http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01');
  url.searchParams.set('resource', resource);
  if (client !== undefined) url.searchParams.set('client_id', client);
  const what = 'the answer of the metadata service of the machine';
  try {
    const headers = { metadata: 'true' };
    return tokenOf(around, await askFields(around, what, { url, headers, isMetadata: true }));
  } catch (cause) {
    if (!(cause instanceof HttpError)) throw cause;
    throw missing(
      `no credentials for Azure: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE; and this is no machine of Azure with an identity (${cause.message})`,
    );
  }
}

/** RFC 6749, 5.1; the metadata service writes the seconds as a text. */
function tokenOf(around: Surroundings, answer: JsonFields): Found {
  const value = around.secrets.keep(answer.text('access_token'));
  const seconds = Number(answer.value('expires_in'));
  if (!Number.isSafeInteger(seconds) || seconds < 0)
    throw answer.invalid('expires_in', 'is no number of seconds');
  return { value, expires: around.timing.now() + seconds * 1_000 };
}

function missing(message: string): KmsError {
  return new KmsError('KMS_CREDENTIALS_MISSING', message);
}
