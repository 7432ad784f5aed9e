import { createPublicKey, verify } from 'node:crypto';
import { crc32c } from '../google/crc32c.ts';
import { type Kind, keyOf, pemOf, signatureOf } from './keys.ts';
import { demand, guarded, json, type Received } from './network.ts';
import { newNetwork, stepByRoute, type World } from './world.ts';

export const keyName = 'projects/shop/locations/europe-west3/keyRings/release/cryptoKeys/web';
export const versionName = `${keyName}/cryptoKeyVersions/3`;
export const service = 'https://cloudkms.googleapis.com/v1';
export const accessToken = 'ya29.canary-access-token';
export const tokenUrl = 'https://oauth2.googleapis.com/token';

export const algorithms: Readonly<Record<Kind, string>> = {
  'P-256': 'EC_SIGN_P256_SHA256',
  other: 'EC_SIGN_P256_SHA256',
  'P-384': 'EC_SIGN_P384_SHA384',
  'P-521': 'EC_SIGN_P521_SHA512',
  secp256k1: 'EC_SIGN_SECP256K1_SHA256',
  ed25519: 'EC_SIGN_ED25519',
  'rsa-2048': 'RSA_SIGN_PSS_2048_SHA256',
  'rsa-3072': 'RSA_SIGN_PKCS1_3072_SHA256',
};

export function demandToken({ headers }: Received, token = accessToken): void {
  demand(headers.get('authorization') === `Bearer ${token}`, 'authorization');
}

export function publicKeyAnswer(kind: Kind, algorithm = algorithms[kind]) {
  const pem = pemOf(kind);
  return { name: versionName, pem, algorithm, pemCrc32c: String(crc32c(Buffer.from(pem))) };
}

export function signAnswer(kind: Kind, { body }: Received) {
  const { digest, digestCrc32c, data, dataCrc32c } = JSON.parse(body);
  const isWhole = kind === 'ed25519';
  const [hash, text] = isWhole ? [undefined, data] : (Object.entries(digest)[0] ?? []);
  const input = Buffer.from(String(text), 'base64');
  demand((isWhole ? dataCrc32c : digestCrc32c) === String(crc32c(input)), 'the checksum');
  demand(isWhole || algorithms[kind].endsWith(String(hash).toUpperCase()), 'the hash');
  const signature = signatureOf(kind, input, { hash, isPss: algorithms[kind].includes('PSS') });
  return {
    name: versionName,
    signature: signature.toString('base64'),
    signatureCrc32c: String(crc32c(signature)),
    [isWhole ? 'verifiedDataCrc32c' : 'verifiedDigestCrc32c']: true,
  };
}

/** A service account, whose key signs what it asks for. */
export function serviceAccount(): string {
  return JSON.stringify({
    type: 'service_account',
    client_email: 'release@shop.iam.gserviceaccount.com',
    private_key_id: 'k1',
    private_key: keyOf('rsa-2048').privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: tokenUrl,
  });
}

/** Holds the assertion of a service account against RFC 7523, and gives a token. */
export function answerAssertion({ headers, body }: Received): Response {
  demand(headers.get('content-type') === 'application/x-www-form-urlencoded', 'content-type');
  const form = new URLSearchParams(body);
  demand(form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'grant_type');
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
  demand(JSON.stringify(read(header)) === '{"alg":"RS256","typ":"JWT","kid":"k1"}', 'the header');
  const { iss, scope, aud, iat, exp } = read(claims);
  demand(iss === 'release@shop.iam.gserviceaccount.com' && aud === tokenUrl, 'the claims');
  demand(scope === 'https://www.googleapis.com/auth/cloudkms' && exp - iat === 3_600, 'the claims');
  const key = createPublicKey(keyOf('rsa-2048').privateKey);
  const holds = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    key,
    Buffer.from(signature, 'base64url'),
  );
  demand(holds, 'the assertion');
  return json({ access_token: accessToken, expires_in: 3_599, token_type: 'Bearer' });
}

export function googleWorld(kind: Kind = 'P-256'): World {
  const network = newNetwork();
  const routes = {
    key: `GET ${service}/${versionName}/publicKey`,
    sign: `POST ${service}/${versionName}:asymmetricSign`,
  };
  network
    .on(`POST ${tokenUrl}`, answerAssertion)
    .on(
      routes.key,
      guarded(demandToken, () => publicKeyAnswer(kind)),
    )
    .on(
      routes.sign,
      guarded(demandToken, (request) => signAnswer(kind, request)),
    );
  return {
    name: 'Google Cloud KMS',
    network,
    reference: `gcpkms://${keyName}/versions/3`,
    environment: { GOOGLE_APPLICATION_CREDENTIALS: '/run/account.json' },
    files: { '/run/account.json': serviceAccount() },
    stepOf: stepByRoute(routes),
    secrets: [accessToken],
  };
}
