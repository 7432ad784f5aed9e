import { createHash, createHmac } from 'node:crypto';
import { type Kind, signatureOf, spkiOf } from './keys.ts';
import { demand, json, type Received } from './network.ts';
import { newNetwork, type World } from './world.ts';

export const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
export const keyArn = `arn:aws:kms:eu-central-1:111122223333:key/${keyId}`;
export const kmsHost = 'https://kms.eu-central-1.amazonaws.com';
export const secretKey = 'canary/SECRET+key';
export const sessionToken = 'canary//session+token==';

const offered: Readonly<Record<string, readonly string[]>> = {
  'P-256': ['ECDSA_SHA_256'],
  'P-384': ['ECDSA_SHA_384'],
  'P-521': ['ECDSA_SHA_512'],
  other: ['ECDSA_SHA_256'],
  secp256k1: ['ECDSA_SHA_256'],
  ed25519: ['ED25519_PH_SHA_512', 'ED25519_SHA_512'],
  'rsa-2048': ['RSASSA_PKCS1_V1_5_SHA_', 'RSASSA_PSS_SHA_'].flatMap((name) =>
    ['256', '384', '512'].map((size) => `${name}${size}`),
  ),
};

/** Holds the signature of a request against Signature Version 4, from the request as it came. */
export function demandSigned({ method, url, headers, body }: Received, secret = secretKey): void {
  const form =
    /^AWS4-HMAC-SHA256 Credential=AKIDCANARY\/(\d{8})\/([a-z0-9-]+)\/kms\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
  const [, day = '', region = '', names = '', signature] =
    form.exec(headers.get('authorization') ?? '') ?? [];
  const time = headers.get('x-amz-date') ?? '';
  demand(time.startsWith(day) && /^\d{8}T\d{6}Z$/.test(time), 'x-amz-date');
  const must = ['content-type', 'host', 'x-amz-date', 'x-amz-target'];
  if (headers.has('x-amz-security-token')) must.splice(3, 0, 'x-amz-security-token');
  demand(names === must.join(';'), `the signed headers ${names}`);
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const lines = must.map((name) => `${name}:${name === 'host' ? url.host : headers.get(name)}\n`).join('');
  const canonical = `${method}\n/\n\n${lines}\n${names}\n${sha(body)}`;
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of [day, region, 'kms', 'aws4_request'])
    key = createHmac('sha256', key).update(part).digest();
  const text = `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/kms/aws4_request\n${sha(canonical)}`;
  demand(createHmac('sha256', key).update(text).digest('hex') === signature, 'the signature of the request');
}

/** Sign and GetPublicKey are both posted to the root of the host. */
export function answerAws(kind: Kind, request: Received, secret = secretKey): Response {
  demandSigned(request, secret);
  demand(request.headers.get('content-type') === 'application/x-amz-json-1.1', 'content-type');
  const body = JSON.parse(request.body);
  const algorithms = offered[kind] ?? [];
  if (request.headers.get('x-amz-target') === 'TrentService.GetPublicKey') {
    demand(Object.keys(body).join() === 'KeyId', 'the members of GetPublicKey');
    return json({
      KeyId: keyArn,
      KeyUsage: 'SIGN_VERIFY',
      PublicKey: spkiOf(kind).toString('base64'),
      SigningAlgorithms: algorithms,
    });
  }
  demand(request.headers.get('x-amz-target') === 'TrentService.Sign', 'x-amz-target');
  demand(body.KeyId === keyArn && algorithms.includes(body.SigningAlgorithm), 'the key or the algorithm');
  const isWhole = kind === 'ed25519';
  demand(body.MessageType === (isWhole ? 'RAW' : 'DIGEST'), 'MessageType');
  const signature = signatureOf(kind, Buffer.from(body.Message, 'base64'), {
    hash: isWhole ? undefined : `sha${body.SigningAlgorithm.slice(-3)}`,
    isPss: body.SigningAlgorithm.includes('PSS'),
  });
  return json({
    KeyId: keyArn,
    SigningAlgorithm: body.SigningAlgorithm,
    Signature: signature.toString('base64'),
  });
}

export function awsWorld(kind: Kind = 'P-256'): World {
  const network = newNetwork();
  network.on(`POST ${kmsHost}/`, (request) => answerAws(kind, request));
  return {
    name: 'AWS KMS',
    network,
    reference: `awskms:///${keyArn}`,
    environment: {
      AWS_ACCESS_KEY_ID: 'AKIDCANARY',
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
    files: {},
    stepOf: ({ headers }) =>
      headers.get('x-amz-target') === 'TrentService.Sign'
        ? 'sign'
        : headers.has('x-amz-target')
          ? 'key'
          : undefined,
    secrets: [secretKey, sessionToken],
  };
}
