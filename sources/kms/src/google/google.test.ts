import { describe, expect, test } from 'vitest';
import {
  accessToken,
  demandToken,
  googleWorld,
  keyName,
  publicKeyAnswer,
  service,
  serviceAccount,
  signAnswer,
  tokenUrl,
} from '../testing/google.ts';
import { messages } from '../testing/keys.ts';
import { demand, json, type Received } from '../testing/network.ts';
import { open, type World } from '../testing/world.ts';
import { crc32c } from './crc32c.ts';

const hello = messages[1] ?? Buffer.of();
const use = async (world: World) => await (await open(world)).signer().sign(hello);
const given = { access_token: accessToken, expires_in: 3_599 };
const file = '/home/dev/.config/gcloud/application_default_credentials.json';

function bare(files: Record<string, string> = {}, environment: Record<string, string> = {}): World {
  const world = googleWorld();
  world.environment = environment;
  world.files = files;
  return world;
}

test('CRC-32C of RFC 3720, B.4', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at))).toBe(0x46dd794e);
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

describe('who asks', () => {
  const user = JSON.stringify({
    type: 'authorized_user',
    client_id: 'id',
    client_secret: 'canary-secret',
    refresh_token: 'canary-refresh',
    quota_project_id: 'shop',
  });

  test('a service account that gcloud knows', async () => {
    await use(bare({ [file]: serviceAccount() }));
    await use(
      bare(
        { '/etc/gcloud/application_default_credentials.json': serviceAccount() },
        { CLOUDSDK_CONFIG: '/etc/gcloud' },
      ),
    );
  });

  test('a user, whose project is charged', async () => {
    const world = bare({ [file]: user });
    world.network.on(`POST ${tokenUrl}`, ({ body }) => {
      const form = {
        grant_type: 'refresh_token',
        client_id: 'id',
        client_secret: 'canary-secret',
        refresh_token: 'canary-refresh',
      };
      expect(Object.fromEntries(new URLSearchParams(body))).toEqual(form);
      return json(given);
    });
    world.network.intercept = ({ url, headers }) => {
      demand(url.href === tokenUrl || headers.get('x-goog-user-project') === 'shop', 'the project');
      return undefined;
    };
    await use(world);
  });

  test('a user whose consent has ended: neither secret is shown', async () => {
    const world = bare({ [file]: user });
    const echoed = {
      error: 'invalid_grant',
      error_description: 'Token canary-refresh of canary-secret has been expired or revoked.',
    };
    world.network.on(`POST ${tokenUrl}`, () => json(echoed, 400));
    await expect(use(world)).rejects.toMatchObject({
      code: 'KMS_REFUSED',
      message: `POST ${tokenUrl} answered 400: invalid_grant: Token … of … has been expired or revoked.`,
    });
  });

  const account = (source: object, more: object = {}) =>
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/ci',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      credential_source: source,
      ...more,
    });
  const exchange = (subject: string, scope: string, token: string) => (request: Received) => {
    const form = new URLSearchParams(request.body);
    demand(
      form.get('subject_token') === subject &&
        form.get('scope') === `https://www.googleapis.com/auth/${scope}`,
      'the form',
    );
    demand(form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:token-exchange', 'grant_type');
    return json({ ...given, access_token: token });
  };

  test('another identity provider, by a file', async () => {
    const world = bare({ [file]: account({ file: '/run/token' }), '/run/token': 'eyJ.canary\n' });
    world.network.on(
      'POST https://sts.googleapis.com/v1/token',
      exchange('eyJ.canary', 'cloudkms', accessToken),
    );
    await use(world);
  });

  test('another identity provider, as a job of GitHub Actions has it, for a service account', async () => {
    const impersonation =
      'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/release@shop.iam.gserviceaccount.com:generateAccessToken';
    const source = {
      url: 'https://ci.example/token?audience=x',
      headers: { Authorization: 'Bearer canary-job' },
      format: { type: 'json', subject_token_field_name: 'value' },
    };
    const world = bare({ [file]: account(source, { service_account_impersonation_url: impersonation }) });
    world.network
      .on('GET https://ci.example/token', ({ headers }) => {
        demand(headers.get('authorization') === 'Bearer canary-job', 'authorization');
        return json({ value: 'eyJ.canary' });
      })
      .on('POST https://sts.googleapis.com/v1/token', exchange('eyJ.canary', 'cloud-platform', 'federated'))
      .on(`POST ${impersonation}`, (request) => {
        demandToken(request, 'federated');
        demand(request.body === '{"scope":["https://www.googleapis.com/auth/cloudkms"]}', 'the scope');
        return json({ accessToken, expireTime: '2026-11-23T13:00:00Z' });
      });
    await use(world);
  });

  test('the machine', async () => {
    const world = bare();
    const place = 'computeMetadata/v1/instance/service-accounts/default/token';
    world.network.on(`GET http://metadata.google.internal/${place}`, ({ headers }) => {
      demand(headers.get('metadata-flavor') === 'Google', 'metadata-flavor');
      return json(given);
    });
    await use(world);
  });

  test.each<[string, string, RegExp]>([
    ['nobody', '', /no credentials for Google Cloud/],
    ['no JSON', 'canary-key', /is no JSON/],
    ['another type', '{"type":"impersonated_service_account"}', /type is none of/],
    [
      'a private key that is none',
      serviceAccount().replaceAll('MII', 'canary'),
      /private_key is no private key in PEM/,
    ],
    [
      'a token endpoint of somebody else',
      serviceAccount().replace('oauth2.googleapis.com', 'oauth2.googleapis.com.evil.example'),
      /token_uri is no https address/,
    ],
    [
      'a token endpoint by http',
      serviceAccount().replace('https:', 'http:'),
      /token_uri is no https address/,
    ],
    ['a program', account({ executable: { command: 'x' } }), /keelson runs no programs/],
    ['a token that is not there', account({ file: '/nowhere' }), /\/nowhere, which/],
  ])('%s', async (_, text, reason) => {
    const world = bare(text === '' ? {} : { [file]: text });
    const fault: unknown = await use(world).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'KMS_CREDENTIALS_MISSING', message: expect.stringMatching(reason) });
    expect(String(fault)).not.toContain('canary');
  });

  test('a file that is named and not there', async () => {
    const world = bare({}, { GOOGLE_APPLICATION_CREDENTIALS: '/nowhere' });
    await expect(use(world)).rejects.toMatchObject({ code: 'KMS_CREDENTIALS_MISSING' });
    expect(world.network.log).toEqual([]);
  });
});

describe('the newest version', () => {
  const listing = (world: World, pages: readonly (readonly [number, string][])[]): void => {
    world.reference = `gcpkms://${keyName}`;
    world.network.on(`GET ${service}/${keyName}/cryptoKeyVersions`, (request) => {
      demandToken(request);
      demand(request.url.searchParams.get('filter') === 'state=ENABLED', 'the filter');
      const at = Number(request.url.searchParams.get('pageToken') ?? '0');
      const versions = (pages[at] ?? []).map(([number, state]) => ({
        name: `${keyName}/cryptoKeyVersions/${number}`,
        state,
      }));
      return json({
        cryptoKeyVersions: versions,
        ...(at + 1 < pages.length ? { nextPageToken: String(at + 1) } : {}),
      });
    });
  };

  test('of all pages, by number, where it is enabled', async () => {
    const world = googleWorld();
    const ten = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replaceAll('cryptoKeyVersions/3', 'cryptoKeyVersions/10'));
    world.network
      .on(`GET ${service}/${keyName}/cryptoKeyVersions/10/publicKey`, () =>
        json(ten(publicKeyAnswer('P-256'))),
      )
      .on(`POST ${service}/${keyName}/cryptoKeyVersions/10:asymmetricSign`, (request) =>
        json(ten(signAnswer('P-256', request))),
      );
    listing(world, [
      [
        [9, 'ENABLED'],
        [2, 'ENABLED'],
      ],
      [],
      [
        [10, 'ENABLED'],
        [11, 'DISABLED'],
      ],
    ]);
    expect((await open(world)).name).toBe(`${keyName}/cryptoKeyVersions/10`);
    await use(world);
  });

  test.each<[string, readonly (readonly [number, string][])[], string]>([
    ['none', [[]], 'KMS_KEY_UNFIT'],
    ['none that is enabled', [[[1, 'DESTROYED']]], 'KMS_KEY_UNFIT'],
    ['endless pages', Array.from({ length: 1_000 }, () => []), 'KMS_ANSWER_INVALID'],
  ])('%s', async (_, pages, code) => {
    const world = googleWorld();
    listing(world, pages);
    await expect(open(world)).rejects.toMatchObject({ code });
    expect(world.network.log.length).toBeLessThan(60);
  });

  test('a version of another key', async () => {
    const world = googleWorld();
    world.reference = `gcpkms://${keyName}`;
    const name = `${keyName}-other/cryptoKeyVersions/1`;
    world.network.on(`GET ${service}/${keyName}/cryptoKeyVersions`, () =>
      json({ cryptoKeyVersions: [{ name, state: 'ENABLED' }] }),
    );
    await expect(open(world)).rejects.toMatchObject({ code: 'KMS_ANSWER_INVALID' });
  });
});
