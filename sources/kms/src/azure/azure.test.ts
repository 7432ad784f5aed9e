import { describe, expect, test } from 'vitest';
import {
  accessToken,
  answerClient,
  azureWorld,
  clientSecret,
  demandToken,
  keyAnswer,
  kid,
  tokenUrl,
  vault,
  version,
} from '../testing/azure.ts';
import { messages } from '../testing/keys.ts';
import { demand, json } from '../testing/network.ts';
import { open, type World } from '../testing/world.ts';

const hello = messages[1] ?? Buffer.of();
const use = async (world: World) => await (await open(world)).signer().sign(hello);
const token = { access_token: accessToken, expires_in: '3599' };
const machine = 'GET http://169.254.169.254/metadata/identity/oauth2/token';

describe('who asks', () => {
  test('a workload', async () => {
    const world = azureWorld();
    world.environment = {
      AZURE_TENANT_ID: 'tenant-1',
      AZURE_CLIENT_ID: 'client-1',
      AZURE_FEDERATED_TOKEN_FILE: '/run/token',
      AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/',
    };
    world.files = { '/run/token': 'eyJ.canary\n' };
    const proof = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'eyJ.canary',
    };
    world.network.on(`POST ${tokenUrl}`, (request) => answerClient(request, proof));
    await use(world);
  });

  test('the machine', async () => {
    const world = azureWorld();
    world.environment = { AZURE_CLIENT_ID: 'client-1' };
    world.network.on(machine, ({ url, headers }) => {
      demand(headers.get('metadata') === 'true', 'metadata');
      const query = {
        'api-version': '2018-02-01',
        resource: 'https://vault.azure.net',
        client_id: 'client-1',
      };
      expect(Object.fromEntries(url.searchParams)).toEqual(query);
      return json(token);
    });
    await use(world);
  });

  test('a secret that is wrong is not shown', async () => {
    const world = azureWorld();
    const reason = `AADSTS7000215: Invalid client secret ${clientSecret}, ${encodeURIComponent(clientSecret)}, ${new URLSearchParams([['', clientSecret]]).toString().slice(1)}.\r\nTrace ID: 1`;
    world.network.on(`POST ${tokenUrl}`, () =>
      json({ error: 'invalid_client', error_description: reason }, 401),
    );
    await expect(use(world)).rejects.toMatchObject({
      code: 'KMS_REFUSED',
      message: `POST ${tokenUrl} answered 401: invalid_client: AADSTS7000215: Invalid client secret …, …, …. Trace ID: 1`,
    });
  });

  test.each<[string, Record<string, string>]>([
    ['nobody', {}],
    ['a secret alone', { AZURE_CLIENT_SECRET: clientSecret }],
    [
      'a tenant that is a path',
      { AZURE_CLIENT_SECRET: clientSecret, AZURE_CLIENT_ID: 'c', AZURE_TENANT_ID: '../x' },
    ],
    [
      'an authority by http',
      {
        AZURE_CLIENT_SECRET: clientSecret,
        AZURE_CLIENT_ID: 'c',
        AZURE_TENANT_ID: 't',
        AZURE_AUTHORITY_HOST: 'http://login.example',
      },
    ],
    [
      'a file that is not there',
      { AZURE_FEDERATED_TOKEN_FILE: '/x', AZURE_CLIENT_ID: 'c', AZURE_TENANT_ID: 't' },
    ],
  ])('%s', async (_, environment) => {
    const world = azureWorld();
    world.environment = environment;
    await expect(use(world)).rejects.toMatchObject({ code: 'KMS_CREDENTIALS_MISSING' });
    expect(world.network.log.filter((line) => line !== machine)).toEqual([]);
  });
});

describe('where the key is', () => {
  test.each<[string, string, string, string]>([
    ['shop', '', 'shop.vault.azure.net', 'login.microsoftonline.com'],
    ['Shop.vault.azure.net', 'AzureChinaCloud', 'shop.vault.azure.net', 'login.microsoftonline.com'],
    ['shop', 'AZUREUSGOVERNMENTCLOUD', 'shop.vault.usgovcloudapi.net', 'login.microsoftonline.us'],
    ['shop', 'AzureChinaCloud', 'shop.vault.azure.cn', 'login.chinacloudapi.cn'],
    ['shop.managedhsm.azure.net', '', 'shop.managedhsm.azure.net', 'login.microsoftonline.com'],
  ])('%s, %s', async (name, cloud, host, login) => {
    const world = azureWorld();
    world.reference = `azurekms://${name}/web`;
    if (cloud !== '') world.environment['AZURE_ENVIRONMENT'] = cloud;
    const there = JSON.stringify(keyAnswer('P-256', '-HSM')).replaceAll('shop.vault.azure.net', host);
    world.network
      .on(`POST https://${login}/tenant-1/oauth2/v2.0/token`, ({ body }) => {
        const scope = new URLSearchParams(body).get('scope');
        demand(scope === `https://${host.replace('shop.', '')}/.default`, `the scope ${scope}`);
        return json(token);
      })
      .on(`GET https://${host}/keys/web`, () => new Response(there));
    expect((await open(world)).name).toBe(kid.replace('shop.vault.azure.net', host));
  });

  test('a version that is named', async () => {
    const world = azureWorld();
    world.reference = `azurekms://shop.vault.azure.net/web/${version}`;
    world.network.on(`GET ${vault}/keys/web/${version}`, (request) => {
      demandToken(request);
      return json(keyAnswer('P-256'));
    });
    await use(world);
    world.reference = 'azurekms://shop.vault.azure.net/web/9999';
    world.network.on(`GET ${vault}/keys/web/9999`, () => json(keyAnswer('P-256')));
    await expect(use(world)).rejects.toMatchObject({ code: 'KMS_ANSWER_INVALID' });
  });

  test('a cloud that is not known', async () => {
    const world = azureWorld();
    world.reference = 'azurekms://shop/web';
    world.environment['AZURE_ENVIRONMENT'] = 'AzureMoon';
    await expect(use(world)).rejects.toMatchObject({ code: 'KMS_CREDENTIALS_MISSING' });
  });
});
