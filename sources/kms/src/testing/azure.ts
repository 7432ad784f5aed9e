import { type Kind, keyOf, signatureOf } from './keys.ts';
import { demand, guarded, json, type Received } from './network.ts';
import { newNetwork, stepByRoute, type World } from './world.ts';

export const vault = 'https://shop.vault.azure.net';
export const version = '0123456789abcdef0123456789abcdef';
export const kid = `${vault}/keys/web/${version}`;
export const accessToken = 'eyJ.canary.access';
export const clientSecret = 'canary~client+secret';
export const tokenUrl = 'https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token';

export function demandToken({ headers, url }: Received): void {
  demand(headers.get('authorization') === `Bearer ${accessToken}`, 'authorization');
  demand(url.search === '?api-version=7.4', 'api-version');
}

export function keyAnswer(kind: Kind, type = '') {
  const jwk = keyOf(kind).publicKey.export({ format: 'jwk' });
  const key = { ...jwk, kid, kty: `${jwk.kty}${type}`, key_ops: ['sign', 'verify'] };
  return { key, attributes: { enabled: true, created: 1_700_000_000 } };
}

export function signAnswer(kind: Kind, { body }: Received) {
  const { alg, value, ...others } = JSON.parse(body);
  demand(Object.keys(others).length === 0, 'the members of Sign');
  const signature = signatureOf(kind, Buffer.from(value, 'base64url'), {
    hash: `sha${alg.slice(2)}`,
    isPss: alg.startsWith('PS'),
    isPlain: alg.startsWith('ES'),
  });
  return { kid, value: signature.toString('base64url') };
}

/** Holds what an application asks for against its flow, and gives a token. */
export function answerClient({ body, headers }: Received, proof: Record<string, string>): Response {
  demand(headers.get('content-type') === 'application/x-www-form-urlencoded', 'content-type');
  const form = Object.fromEntries(new URLSearchParams(body));
  const must = {
    grant_type: 'client_credentials',
    client_id: 'client-1',
    scope: 'https://vault.azure.net/.default',
    ...proof,
  };
  demand(JSON.stringify(form) === JSON.stringify(must), 'the form');
  return json({ token_type: 'Bearer', expires_in: 3_599, access_token: accessToken });
}

export function azureWorld(kind: Kind = 'P-256'): World {
  const network = newNetwork();
  const routes = { key: `GET ${vault}/keys/web`, sign: `POST ${vault}/keys/web/${version}/sign` };
  network
    .on(`POST ${tokenUrl}`, (request) => answerClient(request, { client_secret: clientSecret }))
    .on(
      routes.key,
      guarded(demandToken, () => keyAnswer(kind)),
    )
    .on(
      routes.sign,
      guarded(demandToken, (request) => signAnswer(kind, request)),
    );
  return {
    name: 'Azure Key Vault',
    network,
    reference: 'azurekms://shop.vault.azure.net/web',
    environment: {
      AZURE_TENANT_ID: 'tenant-1',
      AZURE_CLIENT_ID: 'client-1',
      AZURE_CLIENT_SECRET: clientSecret,
    },
    files: {},
    stepOf: stepByRoute(routes),
    secrets: [accessToken, clientSecret],
  };
}
