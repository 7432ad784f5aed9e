import { describe, expect, test } from 'vitest';
import { answerAws, awsWorld, keyArn, keyId, kmsHost, secretKey, sessionToken } from '../testing/aws.ts';
import { messages } from '../testing/keys.ts';
import { demand, json, type Received } from '../testing/network.ts';
import { open, start, type World } from '../testing/world.ts';
import { readProfiles } from './profiles.ts';

const hello = messages[1] ?? Buffer.of();
const use = async (world: World) => await (await open(world)).signer().sign(hello);
const others = { accessKeyId: 'AKIDCANARY', secretAccessKey: secretKey, token: sessionToken };
const answer = { AccessKeyId: others.accessKeyId, SecretAccessKey: secretKey, Token: sessionToken };

/** A world in which nothing is set. */
function bare(environment: Record<string, string> = {}, files: Record<string, string> = {}): World {
  const world = awsWorld();
  world.environment = environment;
  world.files = files;
  return world;
}

const profile = `# keys\n[default]\naws_access_key_id = AKIDCANARY\naws_secret_access_key=${secretKey}\n`;
const sts = (expires: string) =>
  `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>
    <AccessKeyId>AKIDCANARY</AccessKeyId><SecretAccessKey>${secretKey}</SecretAccessKey>
    <SessionToken>${sessionToken}</SessionToken><Expiration>${expires}</Expiration>
  </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;

describe('who asks', () => {
  test('the profile that is usual, or the one that is named, from both files', async () => {
    await use(bare({}, { '/home/dev/.aws/credentials': profile }));
    const named = bare(
      { AWS_PROFILE: 'release', AWS_CONFIG_FILE: '/etc/aws', AWS_SHARED_CREDENTIALS_FILE: '/etc/keys' },
      {
        '/etc/aws': `[profile release]\nregion = eu-central-1\naws_session_token = ${sessionToken}\n`,
        '/etc/keys': profile.replace('default', 'release'),
      },
    );
    named.reference = 'awskms:///alias/web';
    named.network.on(`POST ${kmsHost}/`, (request) => {
      demand(request.headers.get('x-amz-security-token') === sessionToken, 'the token');
      const isKey = request.headers.get('x-amz-target') === 'TrentService.GetPublicKey';
      demand(JSON.parse(request.body).KeyId === (isKey ? 'alias/web' : keyArn), 'the key');
      return answerAws('P-256', request);
    });
    await use(named);
  });

  const identity = {
    AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token',
    AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/release',
  };
  const host = 'POST https://sts.eu-central-1.amazonaws.com/';

  test('a web identity, until its credentials end', async () => {
    const world = bare(identity, { '/run/token': 'eyJ.canary.web\n' });
    world.network.on(host, ({ body }) => {
      const form = Object.fromEntries(new URLSearchParams(body));
      expect(form).toEqual({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: identity.AWS_ROLE_ARN,
        RoleSessionName: 'keelson',
        WebIdentityToken: 'eyJ.canary.web',
      });
      return new Response(sts(new Date(world.network.now + 900_000).toISOString()));
    });
    const signer = (await open(world)).signer();
    await signer.sign(hello);
    await signer.sign(hello);
    const asked = () => world.network.log.filter((line) => line === host).length;
    expect(asked()).toBe(1);
    world.network.now = start + 850_000;
    await signer.sign(hello);
    expect(asked()).toBe(2);
  });

  test('a web identity that STS refuses: the token is in no message', async () => {
    const world = bare(identity, { '/run/token': 'eyJ.canary.web' });
    const reason =
      '<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>expired: eyJ.canary.web</Message></Error></ErrorResponse>';
    world.network.on(host, () => new Response(reason, { status: 400 }));
    await expect(use(world)).rejects.toMatchObject({
      code: 'KMS_REFUSED',
      message: `${host} answered 400: ExpiredTokenException: expired: …`,
    });
    world.network.on(host, () => new Response(sts('').replace('SecretAccessKey>', 'Other>')));
    await expect(use(world)).rejects.toMatchObject({ code: 'KMS_ANSWER_INVALID' });
  });

  test.each<[string, Record<string, string>, string, string | undefined]>([
    [
      'of ECS',
      { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/canary' },
      'http://169.254.170.2/v2/canary',
      undefined,
    ],
    [
      'of EKS',
      {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/run/pod',
      },
      'http://169.254.170.23/v1/credentials',
      'canary-pod',
    ],
    [
      'of a service by https',
      {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'https://credentials.example/x',
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'canary-pod',
      },
      'https://credentials.example/x',
      'canary-pod',
    ],
  ])('a container %s', async (_, environment, address, token) => {
    const world = bare(environment, { '/run/pod': 'canary-pod\n' });
    world.network.on(`GET ${address}`, ({ headers }) => {
      expect(headers.get('authorization')).toBe(token ?? null);
      return json(answer);
    });
    await use(world);
    world.network.on(`GET ${address}`, () =>
      json({ message: `no such path: ${new URL(address).pathname}` }, 404),
    );
    const fault: unknown = await use(world).catch((error: unknown) => error);
    expect(String(fault)).toContain('answered 404');
    expect(String(fault)).not.toContain('canary');
    world.network.on(
      `GET ${address}`,
      () => new Response(null, { status: 302, headers: { location: '/y' } }),
    );
    const redirected: unknown = await use(world).catch((error: unknown) => error);
    expect(redirected).toMatchObject({ code: 'HTTP_REDIRECT_REFUSED' });
    expect(String(redirected)).not.toContain('canary');
  });

  test.each([
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://credentials.example/x' },
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.169.254/x' },
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'file:///etc/passwd' },
    { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '.example/x' },
    { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '@example/x' },
  ])('a container whose credentials are nowhere that may be asked: %j', async (environment) => {
    const world = bare(environment);
    await expect(use(world)).rejects.toMatchObject({ code: 'KMS_CREDENTIALS_MISSING' });
    expect(world.network.log).toEqual([]);
  });

  const metadata = 'http://169.254.169.254/latest';
  const machine = (role = 'release'): World => {
    const world = bare();
    const withToken = (give: () => Response) => (request: Received) => {
      demand(
        request.headers.get('x-aws-ec2-metadata-token') === 'canary-imds',
        'the token of the metadata service',
      );
      return give();
    };
    world.network
      .on(`PUT ${metadata}/api/token`, ({ headers }) => {
        demand(headers.has('x-aws-ec2-metadata-token-ttl-seconds'), 'the lifetime');
        return new Response('canary-imds');
      })
      .on(
        `GET ${metadata}/meta-data/iam/security-credentials/`,
        withToken(() => new Response(role)),
      )
      .on(
        `GET ${metadata}/meta-data/iam/security-credentials/release`,
        withToken(() => json({ Code: 'Success', ...answer })),
      );
    return world;
  };

  test('the role of the machine', async () => {
    await use(machine());
    await expect(use(machine('../../user-data'))).rejects.toMatchObject({ code: 'KMS_ANSWER_INVALID' });
    const switchedOff = machine();
    switchedOff.environment = { AWS_EC2_METADATA_DISABLED: 'true' };
    await expect(use(switchedOff)).rejects.toMatchObject({ code: 'KMS_CREDENTIALS_MISSING' });
    expect(switchedOff.network.log).toEqual([]);
  });

  test.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
    ['nobody', {}, {}, /no credentials for AWS: set AWS_ACCESS_KEY_ID/],
    ['half a key', { AWS_ACCESS_KEY_ID: 'AKIDCANARY' }, {}, /only one of/],
    [
      'a profile that is not there',
      { AWS_PROFILE: 'x' },
      { '/home/dev/.aws/credentials': profile },
      /names the profile x/,
    ],
    [
      'single sign-on',
      {},
      { '/home/dev/.aws/config': '[default]\nsso_session = s\n' },
      /by sso_session, .* export-credentials/,
    ],
    [
      'keys that are there to take on a role',
      {},
      { '/home/dev/.aws/config': `${profile}role_arn = r\nsource_profile = default\n` },
      /by role_arn/,
    ],
    [
      'half a key of a profile',
      {},
      { '/home/dev/.aws/config': '[default]\naws_access_key_id = AKIDCANARY\n' },
      /default has only one of/,
    ],
    [
      'a program',
      {},
      { '/home/dev/.aws/config': '[default]\ncredential_process = x\n' },
      /by credential_process/,
    ],
    [
      'a web identity that is not there',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/x', AWS_ROLE_ARN: 'r' },
      {},
      /\/x, which AWS_WEB/,
    ],
    ['a web identity without a role', { AWS_WEB_IDENTITY_TOKEN_FILE: '/x' }, { '/x': 'eyJ' }, /AWS_ROLE_ARN/],
    [
      'an empty token',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/x', AWS_ROLE_ARN: 'r' },
      { '/x': '\n' },
      /holds no token/,
    ],
  ])('%s', async (_, environment, files, reason) => {
    await expect(use(bare(environment, files))).rejects.toMatchObject({
      code: 'KMS_CREDENTIALS_MISSING',
      message: expect.stringMatching(reason),
    });
  });

  test('keys with a line break would go into a header', async () => {
    const world = awsWorld();
    world.environment['AWS_SESSION_TOKEN'] = 'a\r\nx-evil: 1';
    await expect(use(world)).rejects.toMatchObject({ code: 'KMS_CREDENTIALS_MISSING' });
  });
});

test('what stands in for AWS in tests may name a key by its id', async () => {
  const world = awsWorld();
  world.network.intercept = async (request) => {
    const answer = await world.network.answer(request);
    return new Response((await answer.text()).replace(keyArn, keyId));
  };
  const key = await open(world);
  expect(key.name).toBe(keyId);
});

describe('where the key is', () => {
  test.each<[string, Record<string, string>, string]>([
    ['awskms:///alias/web', { AWS_REGION: 'eu-central-1', AWS_DEFAULT_REGION: 'us-east-1' }, kmsHost],
    [`awskms:///${keyId}`, { AWS_DEFAULT_REGION: 'eu-central-1' }, kmsHost],
    [`awskms:///${keyArn}`, { AWS_REGION: 'us-east-1' }, kmsHost],
    [`awskms://kms.example:4566/${keyArn}`, {}, 'https://kms.example:4566'],
    [`awskms:///${keyArn}`, { AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566'],
    [`awskms:///${keyArn}`, { AWS_ENDPOINT_URL: 'https://aws.example' }, 'https://aws.example'],
    ['awskms:///alias/web', { AWS_REGION: 'cn-north-1' }, 'https://kms.cn-north-1.amazonaws.com.cn'],
  ])('%s, %j', async (reference, environment, host) => {
    const world = awsWorld();
    world.reference = reference;
    Object.assign(world.environment, environment);
    world.network.on(`POST ${host}/`, (request) => answerAws('P-256', request));
    await use(world);
    expect(new Set(world.network.log)).toEqual(new Set([`POST ${host}/`]));
  });

  test.each<[Record<string, string>, string]>([
    [{}, 'KMS_CREDENTIALS_MISSING'],
    [{ AWS_REGION: 'evil.example/' }, 'KMS_CREDENTIALS_MISSING'],
    [{ AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: 'http://aws.example' }, 'HTTP_URL_REFUSED'],
    [{ AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: 'https://aws.example/path' }, 'KMS_CREDENTIALS_MISSING'],
  ])('nowhere: %j', async (environment, code) => {
    const world = awsWorld();
    world.reference = 'awskms:///alias/web';
    Object.assign(world.environment, environment);
    await expect(use(world)).rejects.toMatchObject({ code });
    expect(world.network.log).toEqual([]);
  });
});

test('profiles as AWS writes them', () => {
  const text = `
; a comment
[profile a] ; behind it
region = eu-central-1 # where
s3 =
  addressing_style = path
  region = other
not a setting
[sso-session a]
region = none
[a]
Region=us-east-1
[broken
region = lost
`;
  const profiles = readProfiles(text);
  expect([...profiles.keys()]).toEqual(['a']);
  expect([...(profiles.get('a') ?? [])]).toEqual([
    ['region', 'us-east-1'],
    ['s3', ''],
  ]);
});
