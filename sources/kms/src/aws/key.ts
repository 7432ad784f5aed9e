import { decodeBase64, type JsonFields, type JsonValue, stringifyJson } from '@keelson/core';
import { readPublicKey, type SignatureScheme } from '@keelson/pki';
import { KmsError } from '../errors.ts';
import { askFields } from '../exchange.ts';
import { renewed } from '../renewed.ts';
import { type KeptKey, publicKeyOfService } from '../service-key.ts';
import type { Surroundings } from '../surroundings.ts';
import { awsCredentials } from './credentials.ts';
import { awsEndpoint } from './endpoint.ts';
import { chosenProfile } from './profiles.ts';
import type { AwsReference } from './reference.ts';
import { signedHeaders } from './signature.ts';

/** The names of AWS; the order is that in which keelson takes them where a key has several. */
const algorithms: readonly (readonly [name: string, scheme: SignatureScheme])[] = [
  ['ECDSA_SHA_256', 'ecdsa-sha256'],
  ['ECDSA_SHA_384', 'ecdsa-sha384'],
  ['ECDSA_SHA_512', 'ecdsa-sha512'],
  ['RSASSA_PKCS1_V1_5_SHA_256', 'rsa-pkcs1-sha256'],
  ['RSASSA_PSS_SHA_256', 'rsa-pss-sha256'],
  ['RSASSA_PKCS1_V1_5_SHA_384', 'rsa-pkcs1-sha384'],
  ['RSASSA_PKCS1_V1_5_SHA_512', 'rsa-pkcs1-sha512'],
  ['RSASSA_PSS_SHA_384', 'rsa-pss-sha384'],
  ['RSASSA_PSS_SHA_512', 'rsa-pss-sha512'],
  ['ED25519_SHA_512', 'ed25519'],
];
/** Of a message that is sent whole. */
const maxMessageBytes = 4_096;

type Call = (operation: string, body: Record<string, JsonValue>) => Promise<JsonFields>;

/** A key in AWS KMS (AWS KMS API Reference: GetPublicKey, Sign). @throws KmsError, HttpError */
export async function openAwsKey(around: Surroundings, reference: AwsReference): Promise<KeptKey> {
  const call = caller(around, reference);
  const answer = await call('GetPublicKey', { KeyId: reference.key });
  const name = answer.text('KeyId');
  // An alias may mean another key by the time that it signs: all that follows goes by the key itself.
  if (!isNameOf(name, reference.key))
    throw answer.invalid('KeyId', 'is another key than the one that was asked for');
  if (answer.text('KeyUsage') !== 'SIGN_VERIFY')
    throw new KmsError('KMS_KEY_UNFIT', `${name} is no key that signs`);
  const offered = answer.texts('SigningAlgorithms', 100);
  const spki = bytesOf(answer, 'PublicKey');
  return {
    name,
    publicKey: publicKeyOfService(name, () => readPublicKey(spki)),
    schemes: algorithms.flatMap(([algorithm, scheme]) => (offered.includes(algorithm) ? [scheme] : [])),
    sign: async (scheme, input) => {
      const algorithm = algorithms.find((each) => each[1] === scheme)?.[0] ?? '';
      const isWhole = scheme === 'ed25519';
      if (isWhole && input.length > maxMessageBytes)
        throw new KmsError(
          'KMS_KEY_UNFIT',
          `${name} is an Ed25519 key, which signs whole messages, and AWS KMS takes ${maxMessageBytes} bytes: take a key of another type`,
        );
      const signed = await call('Sign', {
        KeyId: name,
        Message: Buffer.from(input).toString('base64'),
        MessageType: isWhole ? 'RAW' : 'DIGEST',
        SigningAlgorithm: algorithm,
      });
      if (!isSameKey(signed.text('KeyId'), name))
        throw signed.invalid('KeyId', 'is another key than the one that was asked');
      if (signed.text('SigningAlgorithm') !== algorithm)
        throw signed.invalid('SigningAlgorithm', `is not ${algorithm}`);
      return bytesOf(signed, 'Signature');
    },
  };
}

/** Whether an answer is about the key that was asked for. Which key an alias means, only the service knows. */
function isNameOf(name: string, asked: string): boolean {
  if (!/^(?:arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/)?[A-Za-z0-9-]{1,64}$/.test(name)) return false;
  return /^(?:arn:.*:)?alias\//.test(asked) || isSameKey(name, asked);
}

/** AWS answers with the ARN; what stands in for it in tests may answer with the id. */
function isSameKey(a: string, b: string): boolean {
  return a === b || a.endsWith(`:key/${b}`) || b.endsWith(`:key/${a}`);
}

function caller(around: Surroundings, { endpoint, region: named }: AwsReference): Call {
  const region =
    named ??
    around.variable('AWS_REGION', 'AWS_DEFAULT_REGION') ??
    (chosenProfile(around).profile?.get('region') || undefined);
  if (region === undefined)
    throw new KmsError(
      'KMS_CREDENTIALS_MISSING',
      'in which region is the key? Set AWS_REGION, or give the ARN of the key, which has it',
    );
  const url = endpoint === undefined ? awsEndpoint(around, 'kms', region) : new URL(`https://${endpoint}/`);
  const credentials = renewed(
    () => around.timing.now(),
    () => awsCredentials(around, region),
  );
  return async (operation, fields) => {
    const body = Buffer.from(stringifyJson(fields));
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
    };
    const scope = { region, service: 'kms', now: around.timing.now() };
    const signed = signedHeaders({ method: 'POST', url, headers, body }, await credentials(), scope);
    return await askFields(around, `the answer of AWS KMS to ${operation}`, {
      url,
      method: 'POST',
      ...signed,
      body,
    });
  };
}

function bytesOf(answer: JsonFields, name: string): Uint8Array {
  const bytes = decodeBase64(answer.text(name), 'standard');
  if (bytes === undefined || bytes.length === 0) throw answer.invalid(name, 'is no base64');
  return bytes;
}
