import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { TestServer } from '@keelson/registry-testing';
import { p256, p384 } from '@noble/curves/nist.js';

const curves = { 'ecdsa-p256': p256, 'ecdsa-p384': p384 };
export type VaultKeyType = keyof typeof curves;

/** The transit engine of a Vault on loopback, with one key, `web`. */
export interface TestVault extends AsyncDisposable {
  readonly server: TestServer;
  readonly privateKey: KeyObject;
  readonly environment: Readonly<Record<string, string>>;
}

export const vaultToken = 'hvs.canary-token';

export async function startVault(type: VaultKeyType = 'ecdsa-p256'): Promise<TestVault> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: `P-${type.slice(-3)}` });
  const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const pem = publicKey.export({ format: 'pem', type: 'spki' });
  const server = await TestServer.start(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      void response.writeHead(status).end(JSON.stringify(body));
    if (request.headers['x-vault-token'] !== vaultToken)
      return answer(403, { errors: ['permission denied'] });
    if (request.url === '/v1/transit/keys/web')
      return answer(200, {
        data: { name: 'web', type, latest_version: 1, keys: { 1: { public_key: pem } } },
      });
    if (request.url !== '/v1/transit/sign/web') return answer(404, { errors: [] });
    const digest = Buffer.from(JSON.parse(await text(request)).input, 'base64');
    const made = curves[type].sign(digest, secret, { prehash: false, lowS: false, format: 'der' });
    answer(200, { data: { signature: `vault:v1:${Buffer.from(made).toString('base64')}` } });
  });
  return {
    server,
    privateKey,
    environment: { VAULT_ADDR: server.url, VAULT_TOKEN: vaultToken },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
