import { isKeelsonError } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { kmsLimits } from './limits.ts';
import { awsWorld } from './testing/aws.ts';
import { azureWorld } from './testing/azure.ts';
import { googleWorld } from './testing/google.ts';
import { messages } from './testing/keys.ts';
import { json, type Received } from './testing/network.ts';
import { vaultWorld } from './testing/vault.ts';
import { open, type Step, type World } from './testing/world.ts';

const hello = messages[1] ?? Buffer.of();
const worlds = [awsWorld, googleWorld, azureWorld, vaultWorld];
const steps: readonly Step[] = ['key', 'sign'];

async function use(world: World): Promise<unknown> {
  return await (await open(world)).signer().sign(hello);
}

/** What is thrown, with all that a log could show of it. */
async function faultOf(world: World): Promise<{ code: string; shown: string }> {
  try {
    await use(world);
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    const causes = [];
    for (let at: unknown = error; at instanceof Error; at = at.cause) causes.push(at.message, at.stack);
    return { code: error.code, shown: causes.join('\n') };
  }
  throw new Error('it was signed');
}

/** Answers one step in place of the service. */
function intercepting(
  world: World,
  step: Step,
  answer: (request: Received) => Response | Promise<Response>,
): World {
  world.network.intercept = (request) => (world.stepOf(request) === step ? answer(request) : undefined);
  return world;
}

/** The service's own answer, changed. */
function changing(world: World, step: Step, change: (text: string) => string): World {
  return intercepting(
    world,
    step,
    async (request) => new Response(change(await (await world.network.answer(request)).text())),
  );
}

const cases = worlds.flatMap((worldOf) => steps.map((step) => [worldOf().name, step, worldOf] as const));

describe.each(cases)('%s, %s', (_, step, worldOf) => {
  const demand = async (world: World, code: string): Promise<string> => {
    const { code: found, shown } = await faultOf(world);
    expect(found, shown).toBe(code);
    for (const secret of world.secrets) expect(shown).not.toContain(secret);
    return shown;
  };

  test('a refusal is told in the words of the service, without what was sent', async () => {
    const world = worldOf();
    const reason = `no right to it: ${world.secrets.join(' and ')} \u001b[31m${'x'.repeat(1_000)}`;
    const forms = [
      { __type: 'AccessDeniedException', message: reason },
      { error: { code: 'Forbidden', message: reason } },
      { errors: [reason] },
    ];
    for (const form of forms) {
      const shown = await demand(
        intercepting(world, step, () => json(form, 403)),
        'KMS_REFUSED',
      );
      expect(shown).toContain('answered 403');
      expect(shown).toContain('no right to it: …');
      expect(shown).not.toContain('\u001b');
      expect(shown).not.toContain('x'.repeat(kmsLimits.maxReason + 1));
    }
  });

  test('a page of somebody in between is not shown', async () => {
    const page = () =>
      new Response('<html>hvs.canary-token</html>', { headers: { 'content-type': 'text/html' } });
    await demand(intercepting(worldOf(), step, page), 'KMS_ANSWER_INVALID');
    const failed = () => new Response('<html>proxy</html>', { status: 502 });
    expect(await demand(intercepting(worldOf(), step, failed), 'KMS_REFUSED')).not.toContain('proxy');
  });

  test('who is asked too often is asked again, a bounded number of times', async () => {
    const isAws = worldOf().name.startsWith('AWS');
    const busy = () => (isAws ? json({ __type: 'ThrottlingException' }, 400) : json({}, 429));
    let left = 2;
    const world = worldOf();
    intercepting(world, step, async (request) => (left-- > 0 ? busy() : await world.network.answer(request)));
    await use(world);
    expect(world.network.slept).toHaveLength(2);
    const never = intercepting(worldOf(), step, busy);
    await demand(never, 'KMS_REFUSED');
    expect(never.network.slept).toHaveLength(kmsLimits.maxAttempts - 1);
  });

  test.each([301, 302, 307, 308])('no redirect is followed: %s', async (status) => {
    const world = worldOf();
    const headers = { location: 'https://elsewhere.example/' };
    intercepting(world, step, () => new Response(null, { status, headers }));
    await demand(world, 'HTTP_REDIRECT_REFUSED');
    expect(world.network.log.join()).not.toContain('elsewhere');
  });

  test('an answer has a bound', async () => {
    const long = () => new Response(new Uint8Array(kmsLimits.maxAnswerBytes + 1));
    await demand(intercepting(worldOf(), step, long), 'HTTP_TOO_LARGE');
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['another type', '[]'],
    ['no members', '{}'],
    ['a member twice', '{"a":1,"a":1}'],
    ['null', 'null'],
  ])('%s is no answer', async (_case, body) => {
    await demand(
      changing(worldOf(), step, () => body),
      'KMS_ANSWER_INVALID',
    );
  });

  test('who answers for another key, or another version of it, is not believed', async () => {
    const other = (text: string) =>
      text
        .replaceAll('1234abcd', '99999999')
        .replaceAll('cryptoKeyVersions/3', 'cryptoKeyVersions/2')
        .replaceAll(/keys\/web\/0123/g, step === 'key' ? 'keys/other/0123' : 'keys/web/9999')
        .replaceAll('vault:v2', 'vault:v1')
        .replace('"name":"web"', '"name":"other"');
    await demand(changing(worldOf(), step, other), 'KMS_ANSWER_INVALID');
  });
});

describe.each(worlds.map((worldOf) => [worldOf().name, worldOf] as const))('%s', (_, worldOf) => {
  test('what another key signed is not given', async () => {
    const [world, other] = [worldOf(), worldOf('other')];
    intercepting(world, 'sign', async (request) => await other.network.answer(request));
    const { code, shown } = await faultOf(world);
    expect(code).toBe('KMS_ANSWER_INVALID');
    expect(shown).toContain('does not hold under its public key');
  });

  test('a service that cannot be reached', async () => {
    const world = worldOf();
    world.network.intercept = () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
    };
    expect((await faultOf(world)).code).toBe('HTTP_UNREACHABLE');
  });

  test('credentials go to their own hosts alone, and the key is asked for first', async () => {
    const world = worldOf();
    await use(world);
    const hosts = new Set(world.network.log.map((line) => new URL(line.split(' ')[1] ?? '').host));
    const expected: Record<string, string[]> = {
      'AWS KMS': ['kms.eu-central-1.amazonaws.com'],
      'Google Cloud KMS': ['oauth2.googleapis.com', 'cloudkms.googleapis.com'],
      'Azure Key Vault': ['login.microsoftonline.com', 'shop.vault.azure.net'],
      Vault: ['vault.example:8200'],
    };
    expect([...hosts]).toEqual(expected[world.name]);
  });
});

test('damage on the way to and from Google is seen', async () => {
  for (const change of [
    (text: string) => text.replace('"verifiedDigestCrc32c":true', '"verifiedDigestCrc32c":false'),
    (text: string) => text.replace(',"verifiedDigestCrc32c":true', ''),
    (text: string) => text.replace(/"signatureCrc32c":"\d+"/, '"signatureCrc32c":"1"'),
    (text: string) => text.replace(/,"signatureCrc32c":"\d+"/, ''),
  ])
    expect((await faultOf(changing(googleWorld(), 'sign', change))).code).toBe('KMS_ANSWER_INVALID');
  const pem = (text: string) => text.replace(/"pemCrc32c":"\d+"/, '"pemCrc32c":"1"');
  expect((await faultOf(changing(googleWorld(), 'key', pem))).code).toBe('KMS_ANSWER_INVALID');
});
