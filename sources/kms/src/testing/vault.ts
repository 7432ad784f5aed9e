import { type Kind, keyOf, pemOf, signatureOf } from './keys.ts';
import { demand, guarded, type Received } from './network.ts';
import { newNetwork, stepByRoute, type World } from './world.ts';

export const address = 'https://vault.example:8200';
export const token = 'hvs.canary-token';

const types: Readonly<Record<Kind, string>> = {
  'P-256': 'ecdsa-p256',
  other: 'ecdsa-p256',
  'P-384': 'ecdsa-p384',
  'P-521': 'ecdsa-p521',
  secp256k1: 'ecdsa-p256',
  ed25519: 'ed25519',
  'rsa-2048': 'rsa-2048',
  'rsa-3072': 'rsa-3072',
};

export function demandToken({ headers }: Received): void {
  demand(headers.get('x-vault-token') === token && headers.get('x-vault-request') === 'true', 'the headers');
}

export function keyAnswer(kind: Kind) {
  const raw = keyOf(kind).publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
  const last = { public_key: kind === 'ed25519' ? raw : pemOf(kind), name: types[kind] };
  return {
    data: {
      name: 'web',
      type: types[kind],
      latest_version: 2,
      keys: { 1: { public_key: pemOf('other') }, 2: last },
    },
  };
}

export function signAnswer(kind: Kind, { body }: Received) {
  const {
    input,
    key_version,
    prehashed,
    hash_algorithm,
    marshaling_algorithm,
    signature_algorithm,
    salt_length,
    ...others
  } = JSON.parse(body);
  demand(Object.keys(others).length === 0 && key_version === 2, 'the members of sign');
  const isWhole = kind === 'ed25519';
  demand(
    isWhole ? prehashed === undefined : prehashed === true && marshaling_algorithm === 'asn1',
    'prehashed',
  );
  demand(
    !kind.startsWith('rsa') || (/^(?:pss|pkcs1v15)$/.test(signature_algorithm) && salt_length === 'hash'),
    'RSA',
  );
  const signature = signatureOf(kind, Buffer.from(input, 'base64'), {
    hash: isWhole ? undefined : String(hash_algorithm).replace(/^sha2-/, 'sha'),
    isPss: signature_algorithm === 'pss',
  });
  return { data: { signature: `vault:v2:${signature.toString('base64')}`, key_version: 2 } };
}

export function vaultWorld(kind: Kind = 'P-256'): World {
  const network = newNetwork();
  const routes = { key: `GET ${address}/v1/transit/keys/web`, sign: `POST ${address}/v1/transit/sign/web` };
  network
    .on(
      routes.key,
      guarded(demandToken, () => keyAnswer(kind)),
    )
    .on(
      routes.sign,
      guarded(demandToken, (request) => signAnswer(kind, request)),
    );
  return {
    name: 'Vault',
    network,
    reference: 'hashivault://web',
    environment: { VAULT_ADDR: address, VAULT_TOKEN: token },
    files: {},
    stepOf: stepByRoute(routes),
    secrets: [token],
  };
}
