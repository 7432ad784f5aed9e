import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { isKeelsonError } from '@keelson/core';
import { HttpClient, systemTiming } from '@keelson/http';
import { TestServer } from '@keelson/registry-testing';
import { type BrowserFlowOptions, browserToken, clientToken, deviceToken, discover } from '@keelson/sigstore';
import { describe, expect, test } from 'vitest';
import { TestSigstore } from './sigstore.ts';

const http = new HttpClient();
const client = { id: 'sigstore' };
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
/** Where the provider sends a browser in which somebody agreed. */
const redirectOf = async (address: string): Promise<URL> => {
  const answer = await fetch(address, { redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
};
const pageAt = async (url: URL | string) => {
  const answer = await fetch(url);
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};

/** A sign-in whose browser does as the test says. */
async function signIn(
  sigstore: TestSigstore,
  browse: (address: string) => Promise<unknown>,
  more: Partial<BrowserFlowOptions> = {},
): Promise<string> {
  let browsing: Promise<unknown> = Promise.resolve();
  const open = (address: string) => {
    browsing = browse(address);
  };
  const token = browserToken(http, await discover(http, sigstore.url), { client, open, ...more });
  const [result] = await Promise.allSettled([token]);
  await browsing;
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
const agree = async (address: string) => await pageAt(await redirectOf(address));

describe('with a browser', () => {
  test('somebody signs in', async () => {
    await using sigstore = await TestSigstore.start();
    let page: Awaited<ReturnType<typeof pageAt>> | undefined;
    const token = await signIn(sigstore, async (address) => {
      const { searchParams } = new URL(address);
      expect(Object.fromEntries(searchParams)).toMatchObject({
        response_type: 'code',
        client_id: 'sigstore',
        scope: 'openid email',
        code_challenge_method: 'S256',
        redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+\/auth\/callback$/),
      });
      page = await agree(address);
    });
    expect(claimsOf(token)).toMatchObject({ email: 'dev@example.com', aud: 'sigstore', iss: sigstore.url });
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('can be closed') });
    expect(page?.text).not.toContain(token);
    expect(page?.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('every sign-in has its own state, nonce and proof key', async () => {
    await using sigstore = await TestSigstore.start();
    const seen: string[] = [];
    for (let at = 0; at < 2; at++)
      await signIn(sigstore, async (address) => {
        const { searchParams } = new URL(address);
        for (const name of ['state', 'nonce', 'code_challenge']) seen.push(searchParams.get(name) ?? '');
        await agree(address);
      });
    expect(new Set(seen).size).toBe(6);
    for (const each of seen) expect(each).toHaveLength(43);
  });

  test('answers of other sign-ins are waited out', async () => {
    await using sigstore = await TestSigstore.start();
    const token = await signIn(sigstore, async (address) => {
      const own = await redirectOf(address);
      const code = own.searchParams.get('code') ?? '';
      for (const query of [`code=${code}`, `code=${code}&state=other`, `code=x&state=a&state=b`])
        expect(await pageAt(`${own.origin}${own.pathname}?${query}`)).toMatchObject({ status: 400 });
      expect(await pageAt(`${own.origin}/other?${own.searchParams}`)).toMatchObject({ status: 404 });
      expect((await fetch(own, { method: 'POST' })).status).toBe(405);
      expect(await statusWithHost(own, 'attacker.example')).toBe(404);
      await pageAt(own);
    });
    expect(claimsOf(token)).toMatchObject({ email: 'dev@example.com' });
  });

  test('but not without end', async () => {
    await using sigstore = await TestSigstore.start();
    const waiting = signIn(sigstore, async (address) => {
      const own = await redirectOf(address);
      own.searchParams.set('state', 'other');
      for (let at = 0; at <= 50; at++) await pageAt(own);
    });
    await expect(waiting).rejects.toMatchObject({
      code: 'SIGSTORE_SIGN_IN_FAILED',
      message: expect.stringContaining('maxStrayRequests'),
    });
  });

  test('nobody comes', async () => {
    await using sigstore = await TestSigstore.start();
    await expect(signIn(sigstore, async () => undefined, { milliseconds: 50 })).rejects.toMatchObject({
      code: 'SIGSTORE_SIGN_IN_FAILED',
      message: expect.stringContaining('nobody signed in'),
    });
  });

  const changed = (change: (answer: URLSearchParams) => void) => async (address: string) => {
    const own = await redirectOf(address);
    change(own.searchParams);
    await pageAt(own);
  };

  test.each<[string, (answer: URLSearchParams) => void, string]>([
    [
      'a refusal',
      (answer) => {
        answer.delete('code');
        answer.set('error', 'access_denied');
        answer.set('error_description', 'no, \u001b[31mnever');
      },
      'access_denied',
    ],
    ['no code', (answer) => answer.delete('code'), 'has not one code'],
    ['two codes', (answer) => answer.append('code', 'second'), 'has not one code'],
    ['a code that nobody gave', (answer) => answer.set('code', 'made-up-by-somebody'), 'invalid_grant'],
    ['the name of another provider', (answer) => answer.set('iss', 'https://evil.example'), 'another issuer'],
  ])('%s', async (_, change, expected) => {
    await using sigstore = await TestSigstore.start();
    const fault: unknown = await signIn(sigstore, changed(change)).catch((error: unknown) => error);
    expect(fault).toMatchObject({
      code: 'SIGSTORE_SIGN_IN_FAILED',
      message: expect.stringContaining(expected),
    });
    expect(String(fault)).not.toContain('made-up-by-somebody');
  });

  test('the code of somebody else’s sign-in is worth nothing here', async () => {
    await using sigstore = await TestSigstore.start();
    let stolen = '';
    const address = new URL(`${sigstore.url}/auth`);
    await signIn(sigstore, async (own) => {
      // The attacker begins a sign-in with a proof key of his own, and puts his code into our answer.
      const redirect = await redirectOf(own);
      for (const [name, value] of new URL(own).searchParams) address.searchParams.set(name, value);
      address.searchParams.set('code_challenge', 'of-somebody-else');
      stolen = (await redirectOf(address.href)).searchParams.get('code') ?? '';
      redirect.searchParams.set('code', stolen);
      await pageAt(redirect);
    }).catch((error: unknown) => {
      expect(error).toMatchObject({ message: expect.stringContaining('invalid_grant') });
    });
    expect(stolen).not.toBe('');
  });

  test.each<[string, (sigstore: TestSigstore) => void, string]>([
    ['of another issuer', ({ signIn }) => set(signIn, { issuer: 'https://evil.example' }), 'another issuer'],
    ['of an earlier sign-in', ({ signIn }) => set(signIn, { nonce: 'earlier' }), 'its nonce is another'],
    ['without a nonce', ({ signIn }) => set(signIn, { nonce: '' }), 'its nonce is another'],
    ['for others', ({ signIn }) => set(signIn, { audience: 'other' }), 'made out for others'],
    ['that has expired', ({ signIn }) => set(signIn, { lifetime: -120 }), 'has expired'],
  ])('a token %s', async (_, lie, expected) => {
    await using sigstore = await TestSigstore.start();
    lie(sigstore);
    await expect(signIn(sigstore, agree)).rejects.toMatchObject({
      code: 'SIGSTORE_TOKEN_INVALID',
      message: expect.stringContaining(expected),
    });
  });

  test.each<[string, (token: string, other: TestSigstore) => string, string]>([
    ['that another provider signed', (_, other) => other.token(), 'not signed by a key of its issuer'],
    [
      'whose signature is cut off',
      (token) => `${token.split('.').slice(0, 2).join('.')}.`,
      'not signed by a key',
    ],
    ['of the algorithm none', (token) => resigned(token, 'none', () => ''), 'not signed by a key'],
    [
      'signed with the public key as a secret',
      (token) =>
        resigned(token, 'HS256', (text) => createHmac('sha256', 'n').update(text).digest('base64url')),
      'not signed by a key',
    ],
    ['that is none', () => 'rubbish', 'cannot be read'],
  ])('a token %s', async (_, tokenOf, expected) => {
    await using sigstore = await TestSigstore.start();
    await using other = await TestSigstore.start();
    sigstore.alter = ({ path, answer }) => {
      if (path !== '/token') return answer;
      const granted = JSON.parse(Buffer.from(answer).toString());
      return Buffer.from(JSON.stringify({ ...granted, id_token: tokenOf(granted.id_token, other) }));
    };
    await expect(signIn(sigstore, agree)).rejects.toMatchObject({
      code: 'SIGSTORE_TOKEN_INVALID',
      message: expect.stringContaining(expected),
    });
  });

  test('an audience of several names the client as the one it was given to', async () => {
    await using sigstore = await TestSigstore.start();
    const audience = ['sigstore', 'other'];
    set(sigstore.signIn, { audience });
    await expect(signIn(sigstore, agree)).rejects.toThrow('made out for others');
    set(sigstore.signIn, { audience, party: 'other' });
    await expect(signIn(sigstore, agree)).rejects.toThrow('made out for others');
    set(sigstore.signIn, { audience, party: 'sigstore' });
    await expect(signIn(sigstore, agree)).resolves.toBeTypeOf('string');
  });
});

const set = (signIn: TestSigstore['signIn'], lie: Partial<TestSigstore['signIn']['identity']>) => {
  signIn.identity = { ...signIn.identity, ...lie };
};

function resigned(token: string, alg: string, sign: (text: string) => string): string {
  const header = Buffer.from(JSON.stringify({ alg, kid: 'test', typ: 'JWT' })).toString('base64url');
  const text = `${header}.${token.split('.')[1]}`;
  return `${text}.${sign(text)}`;
}

async function statusWithHost(url: URL, host: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port: url.port, path: url.pathname + url.search, headers: { host } })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject)
      .end();
  });
}

describe('the description of a provider', () => {
  const described = async (
    change: (description: Record<string, unknown>) => unknown,
    path = '/openid-configuration',
  ) => {
    await using sigstore = await TestSigstore.start();
    sigstore.alter = (answer) =>
      answer.path.endsWith(path)
        ? Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(answer.answer).toString()))))
        : answer.answer;
    return await signIn(sigstore, agree, { milliseconds: 2_000 });
  };
  test.each<[string, (description: Record<string, unknown>) => unknown, string]>([
    ['of another issuer', (each) => ({ ...each, issuer: 'https://evil.example' }), 'is of another'],
    ['with a slash more', (each) => ({ ...each, issuer: `${each['issuer']}/` }), 'is of another'],
    [
      'without a token endpoint',
      (each) => ({ ...each, token_endpoint: undefined }),
      'token_endpoint is missing',
    ],
    ['without keys', (each) => ({ ...each, jwks_uri: undefined }), 'jwks_uri is missing'],
    [
      'without a page',
      (each) => ({ ...each, authorization_endpoint: undefined }),
      'signs nobody in with a browser',
    ],
    [
      'with a file as its page',
      (each) => ({ ...each, authorization_endpoint: 'file:///etc/passwd' }),
      'not https',
    ],
    [
      'with plain HTTP elsewhere',
      (each) => ({ ...each, token_endpoint: 'http://evil.example/' }),
      'plain http',
    ],
    ['with a password', (each) => ({ ...each, jwks_uri: 'https://a:b@evil.example/' }), 'credentials'],
    [
      'that says its answers are named, and does not name them',
      (each) => ({ ...each, authorization_response_iss_parameter_supported: true }),
      'another issuer',
    ],
    ['that is a list', () => [], 'is no object'],
  ])('%s', async (_, change, expected) => {
    await expect(described(change)).rejects.toThrow(expected);
  });

  test.each([
    ['of none', { keys: [] }],
    ['of a secret alone', { keys: [{ kty: 'oct', kid: 'test', k: 'c2VjcmV0' }] }],
  ])('keys %s', async (_, keys) => {
    await expect(described(() => keys, '/keys')).rejects.toThrow('not signed by a key');
  });

  test('bodies without end are cut off', async () => {
    await using server = await TestServer.start(async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(1 << 16, ' ');
      while (!response.destroyed)
        if (!response.write(piece)) await new Promise((resolve) => setTimeout(resolve, 1));
    });
    await expect(discover(http, server.url)).rejects.toMatchObject({ code: 'HTTP_TOO_LARGE' });
    for (const path of ['/token', '/keys']) {
      await using sigstore = await TestSigstore.start();
      sigstore.alter = ({ path: at, answer }) => (at === path ? Buffer.alloc(2 << 20, ' ') : answer);
      await expect(signIn(sigstore, agree)).rejects.toMatchObject({ code: 'HTTP_TOO_LARGE' });
    }
  });
});

describe('with a code on another machine', () => {
  /** A clock that stands still but for the sleeping. */
  const clock = () => {
    let now = Date.now();
    const slept: number[] = [];
    const sleep = async (milliseconds: number) => {
      slept.push(milliseconds / 1_000);
      now += milliseconds;
    };
    return { slept, timing: { ...systemTiming, now: () => now, sleep } };
  };
  const start = async (sigstore: TestSigstore) => {
    const { slept, timing } = clock();
    const prompts: unknown[] = [];
    const prompt = (each: unknown) => prompts.push(each);
    const provider = await discover(http, sigstore.url);
    const token = await deviceToken(http, provider, { client, prompt, timing }).catch(
      (error: unknown) => error,
    );
    return { token, slept, prompts };
  };

  test('somebody types it in after a while', async () => {
    await using sigstore = await TestSigstore.start();
    sigstore.signIn.deviceAnswers = [
      'authorization_pending',
      'slow_down',
      'authorization_pending',
      'granted',
    ];
    const { token, slept, prompts } = await start(sigstore);
    expect(claimsOf(String(token))).toMatchObject({ email: 'dev@example.com' });
    expect(slept).toEqual([1, 1, 6, 6]);
    expect(prompts).toEqual([
      {
        code: 'WDJB-MJHT',
        address: `${sigstore.url}/device`,
        completeAddress: `${sigstore.url}/device?user_code=WDJB-MJHT`,
      },
    ]);
  });

  test.each(['access_denied', 'expired_token'] as const)('%s ends it', async (answer) => {
    await using sigstore = await TestSigstore.start();
    sigstore.signIn.deviceAnswers = ['authorization_pending', answer];
    const { token } = await start(sigstore);
    expect(token).toMatchObject({
      code: 'SIGSTORE_SIGN_IN_FAILED',
      message: expect.stringContaining(answer),
    });
  });

  test('nobody types it in', async () => {
    await using sigstore = await TestSigstore.start();
    sigstore.signIn.deviceAnswers = ['slow_down'];
    const { token, slept } = await start(sigstore);
    expect(token).toMatchObject({ message: expect.stringContaining('before the code expired') });
    expect(slept.length).toBeLessThan(20);
  });

  test.each<[string, object, string]>([
    ['a code with control characters', { user_code: 'A\u001b[2J' }, 'user_code is no code'],
    ['an address that is a script', { verification_uri: 'javascript:alert(1)' }, 'no address of a page'],
    ['an address by plain http', { verification_uri: 'http://login.example/' }, 'no address of a page'],
    [
      'an address that begins like another',
      { verification_uri_complete: 'https://login.example@evil.example/' },
      'no address of a page',
    ],
    ['no code for the program', { device_code: undefined }, 'device_code is missing'],
    ['no time', { expires_in: undefined }, 'expires_in is missing'],
  ])('an answer with %s', async (_, lie, expected) => {
    await using sigstore = await TestSigstore.start();
    sigstore.alter = ({ path, answer }) =>
      path === '/device/code'
        ? Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(answer).toString()), ...lie }))
        : answer;
    expect((await start(sigstore)).token).toMatchObject({ message: expect.stringContaining(expected) });
  });

  test('an interval of 0 is no storm', async () => {
    await using sigstore = await TestSigstore.start();
    sigstore.signIn.deviceAnswers = ['authorization_pending', 'granted'];
    sigstore.alter = ({ path, answer }) =>
      path === '/device/code'
        ? Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(answer).toString()), interval: 0 }))
        : answer;
    expect((await start(sigstore)).slept).toEqual([1, 1]);
  });

  test('a token of another is refused here too', async () => {
    await using sigstore = await TestSigstore.start();
    set(sigstore.signIn, { audience: 'other' });
    expect((await start(sigstore)).token).toMatchObject({ code: 'SIGSTORE_TOKEN_INVALID' });
  });
});

test('a program with a secret signs in, and no message has it', async () => {
  await using sigstore = await TestSigstore.start();
  const provider = await discover(http, sigstore.url);
  const token = await clientToken(http, provider, { id: 'sigstore', secret: 'the secret of a program' });
  expect(claimsOf(token)).toMatchObject({ aud: 'sigstore' });
  sigstore.alter = ({ path, answer }) =>
    path === '/token'
      ? Buffer.from('{"error":"invalid_client","error_description":"not the right secret"}')
      : answer;
  const fault: unknown = await clientToken(http, provider, {
    id: 'sigstore',
    secret: 'not the right secret',
  }).catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: 'SIGSTORE_SIGN_IN_FAILED' });
  expect(String(fault)).not.toContain('not the right secret');
});

test('whatever a provider answers, nothing but a typed error comes of it', async () => {
  await using sigstore = await TestSigstore.start();
  const paths = ['/.well-known/openid-configuration', '/token', '/keys'];
  let seed = 7;
  // A generator of its own, so that a failure can be run again (Numerical Recipes, "ranqd1").
  const next = (below: number) => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return seed % below;
  };
  for (let round = 0; round < 150; round++) {
    const target = paths[round % paths.length];
    sigstore.alter = ({ path, answer }) => {
      if (path !== target) return answer;
      const bytes = Buffer.from(answer);
      for (let change = 0; change <= next(3); change++) bytes[next(bytes.length)] = next(256);
      return next(4) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
    };
    const fault: unknown = await signIn(sigstore, agree, { milliseconds: 300 }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (fault !== undefined) expect(isKeelsonError(fault), String(fault)).toBe(true);
  }
});
