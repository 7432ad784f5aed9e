import { describe, expect, test } from 'vitest';
import { messages } from '../testing/keys.ts';
import { demand, json } from '../testing/network.ts';
import { address, keyAnswer, signAnswer, token, vaultWorld } from '../testing/vault.ts';
import { open, type World } from '../testing/world.ts';

const hello = messages[1] ?? Buffer.of();
const use = async (world: World) => await (await open(world)).signer().sign(hello);

describe('where the key is, and who asks', () => {
  test.each<[string, Record<string, string>, Record<string, string>, string]>([
    [
      'the token that a login wrote',
      { VAULT_ADDR: address },
      { '/home/dev/.vault-token': `${token}\n` },
      `${address}/v1/transit`,
    ],
    ['OpenBao', { BAO_ADDR: address, BAO_TOKEN: token }, {}, `${address}/v1/transit`],
    ['a path', { VAULT_ADDR: `${address}/proxy/`, VAULT_TOKEN: token }, {}, `${address}/proxy/v1/transit`],
    [
      'another engine',
      { VAULT_ADDR: address, VAULT_TOKEN: token, TRANSIT_SECRET_ENGINE_PATH: '/team/signing/' },
      {},
      `${address}/v1/team/signing`,
    ],
    [
      'this machine, by http',
      { VAULT_ADDR: 'http://127.0.0.1:8200', VAULT_TOKEN: token },
      {},
      'http://127.0.0.1:8200/v1/transit',
    ],
  ])('%s', async (_, environment, files, engine) => {
    const world = vaultWorld();
    world.environment = environment;
    world.files = files;
    world.network
      .on(`GET ${engine}/keys/web`, () => json(keyAnswer('P-256')))
      .on(`POST ${engine}/sign/web`, (request) => json(signAnswer('P-256', request)));
    world.network.intercept = ({ headers }) => {
      demand(headers.get('x-vault-token') === token, 'the token');
      return undefined;
    };
    await use(world);
    expect(world.network.log).toEqual([`GET ${engine}/keys/web`, `POST ${engine}/sign/web`]);
  });

  test('where servers of both are named, the reference says which is asked, each by its own token', async () => {
    const [vault, bao] = ['https://vault.example', 'https://bao.example'];
    const both = { VAULT_ADDR: vault, VAULT_TOKEN: 'canary-vault', BAO_ADDR: bao, BAO_TOKEN: 'canary-bao' };
    for (const [reference, host, own] of [
      ['hashivault://web', vault, 'canary-vault'],
      ['openbao://web', bao, 'canary-bao'],
    ] as const) {
      const world = vaultWorld();
      world.environment = both;
      world.reference = reference;
      world.network.on(`GET ${host}/v1/transit/keys/web`, ({ headers }) => {
        demand(headers.get('x-vault-token') === own, 'the token');
        return json(keyAnswer('P-256'));
      });
      await open(world);
      expect(world.network.log).toEqual([`GET ${host}/v1/transit/keys/web`]);
    }
    for (const environment of [
      { VAULT_ADDR: vault, BAO_TOKEN: 'canary-bao' },
      { BAO_ADDR: bao, VAULT_TOKEN: 'canary-vault' },
    ]) {
      const world = vaultWorld();
      world.environment = environment;
      await expect(open(world)).rejects.toMatchObject({ code: 'KMS_CREDENTIALS_MISSING' });
      expect(world.network.log).toEqual([]);
    }
  });

  test('where no server is named, both ways of naming one are told, its own first', async () => {
    const world = vaultWorld();
    world.environment = {};
    world.reference = 'openbao://web';
    await expect(open(world)).rejects.toThrow('Set BAO_ADDR and BAO_TOKEN, or VAULT_ADDR and VAULT_TOKEN');
  });

  test('a namespace', async () => {
    const world = vaultWorld();
    world.environment['VAULT_NAMESPACE'] = 'team/a';
    world.network.intercept = ({ headers }) => {
      demand(headers.get('x-vault-namespace') === 'team/a', 'the namespace');
      return undefined;
    };
    await use(world);
  });

  test.each<[string, Record<string, string>, string]>([
    ['no address', { VAULT_TOKEN: token }, 'KMS_CREDENTIALS_MISSING'],
    ['no token', { VAULT_ADDR: address }, 'KMS_CREDENTIALS_MISSING'],
    ['a token that is no header', { VAULT_ADDR: address, VAULT_TOKEN: 'a\nb' }, 'KMS_CREDENTIALS_MISSING'],
    [
      'credentials in the address',
      { VAULT_ADDR: 'https://a:b@vault.example', VAULT_TOKEN: token },
      'KMS_CREDENTIALS_MISSING',
    ],
    [
      'http to another machine',
      { VAULT_ADDR: 'http://vault.example', VAULT_TOKEN: token },
      'HTTP_URL_REFUSED',
    ],
    [
      'an engine that leaves its place',
      { VAULT_ADDR: address, VAULT_TOKEN: token, TRANSIT_SECRET_ENGINE_PATH: 'a/../../sys' },
      'KMS_CREDENTIALS_MISSING',
    ],
  ])('%s', async (_, environment, code) => {
    const world = vaultWorld();
    world.environment = environment;
    await expect(use(world)).rejects.toMatchObject({ code });
    expect(world.network.log).toEqual([]);
  });
});

describe('keys that do not sign', () => {
  test.each<[string, object]>([
    ['symmetric', { type: 'aes256-gcm96', keys: { 2: 1_700_000_000 } }],
    ['of a type that is new', { type: 'ml-dsa' }],
    ['derived', { derived: true }],
  ])('%s', async (_, more) => {
    const world = vaultWorld();
    const { data } = keyAnswer('P-256');
    world.network.intercept = () => json({ data: { ...data, ...more } });
    await expect(open(world)).rejects.toMatchObject({ code: 'KMS_KEY_UNFIT' });
  });

  test('there is no such key', async () => {
    const world = vaultWorld();
    world.network.intercept = () => json({ errors: [] }, 404);
    await expect(open(world)).rejects.toMatchObject({
      code: 'KMS_REFUSED',
      message: expect.stringContaining('404'),
    });
  });
});
