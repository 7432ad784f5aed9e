import { decodeBase64, type JsonFields, objectOf } from '@keelson/core';
import { EnvelopeError, readJwk } from '@keelson/envelopes';
import { der, type PublicKey, publicKeyOfKeyObject, type SignatureScheme } from '@keelson/pki';
import { KmsError } from '../errors.ts';
import { askFields, type ServiceRequest } from '../exchange.ts';
import { renewed } from '../renewed.ts';
import { type KeptKey, publicKeyOfService } from '../service-key.ts';
import type { Surroundings } from '../surroundings.ts';
import { azureAccess } from './credentials.ts';
import type { AzureReference } from './reference.ts';

const apiVersion = '7.4';

/** The names of JWA (RFC 7518, 3.1); the order is that in which keelson takes them where a key has several. */
const algorithms: ReadonlyMap<SignatureScheme, string> = new Map([
  ['rsa-pkcs1-sha256', 'RS256'],
  ['rsa-pss-sha256', 'PS256'],
  ['rsa-pkcs1-sha384', 'RS384'],
  ['rsa-pkcs1-sha512', 'RS512'],
  ['rsa-pss-sha384', 'PS384'],
  ['rsa-pss-sha512', 'PS512'],
  ['ecdsa-sha256', 'ES256'],
  ['ecdsa-sha384', 'ES384'],
  ['ecdsa-sha512', 'ES512'],
]);

type Call = (path: string, request?: Pick<ServiceRequest, 'method' | 'body'>) => Promise<JsonFields>;

/** A key in Azure Key Vault or a managed HSM (Azure Key Vault REST API: Get Key, Sign). @throws KmsError, HttpError */
export async function openAzureKey(around: Surroundings, reference: AzureReference): Promise<KeptKey> {
  const { host, key, version } = reference;
  const call = caller(around, reference);
  const path = `/keys/${key}`;
  const jwk = (await call(version === undefined ? path : `${path}/${version}`)).required('key');
  const name = jwk.text('kid');
  const [base, found = ''] = [name.slice(0, name.lastIndexOf('/')), name.slice(name.lastIndexOf('/') + 1)];
  const isAsked =
    base.toLowerCase() === `https://${host}${path}`.toLowerCase() && /^[A-Za-z0-9]{1,64}$/.test(found);
  if (!isAsked || (version !== undefined && found !== version))
    throw jwk.invalid('kid', 'is another key than the one that was asked for');
  const publicKey = publicKeyOfService(name, () => publicKeyOf(jwk));
  return {
    name,
    publicKey,
    schemes: schemesOf(publicKey),
    sign: async (scheme, input) => {
      const body = objectOf([
        ['alg', algorithms.get(scheme) ?? ''],
        ['value', Buffer.from(input).toString('base64url')],
      ]);
      const signed = await call(`${path}/${found}/sign`, { method: 'POST', body });
      if (signed.text('kid') !== name)
        throw signed.invalid('kid', 'is another key than the one that was asked');
      const signature = decodeBase64(signed.text('value'), 'url');
      if (signature === undefined) throw signed.invalid('value', 'is no base64url');
      if (publicKey.type !== 'ec') return signature;
      // Both numbers side by side, as JWA has them (RFC 7518, 3.4).
      const middle = signature.length / 2;
      if (!Number.isInteger(middle)) throw signed.invalid('value', 'is no signature of ECDSA');
      return der.sequence(
        der.integer(signature.subarray(0, middle)),
        der.integer(signature.subarray(middle)),
      );
    },
  };
}

/** ECDSA takes the hash of its curve only. */
function schemesOf({ type, curve }: PublicKey): readonly SignatureScheme[] {
  if (type === 'ec')
    return [curve === 'P-521' ? 'ecdsa-sha512' : curve === 'P-384' ? 'ecdsa-sha384' : 'ecdsa-sha256'];
  return [...algorithms.keys()].filter((scheme) => scheme.startsWith('rsa'));
}

/** A key of an HSM has a type of its own (`EC-HSM`, `RSA-HSM`). */
function publicKeyOf(jwk: JsonFields): PublicKey {
  const kty = jwk.text('kty').replace(/-HSM$/, '');
  const members = ['crv', 'x', 'y', 'n', 'e'].flatMap((name) => {
    const value = jwk.optionalText(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  try {
    const { type, keyObject } = readJwk(objectOf([['kty', kty], ...members]));
    if (type === 'EC' || type === 'RSA') return publicKeyOfKeyObject(keyObject);
  } catch (cause) {
    if (!(cause instanceof EnvelopeError)) throw cause;
    throw new KmsError('KMS_KEY_UNFIT', `${jwk.text('kid')}: ${cause.message}`, { cause });
  }
  throw jwk.invalid('kty', 'is neither EC nor RSA');
}

function caller(around: Surroundings, reference: AzureReference): Call {
  const access = renewed(
    () => around.timing.now(),
    () => azureAccess(around, reference),
  );
  return async (path, request = {}) =>
    await askFields(around, 'the answer of Azure Key Vault', {
      url: new URL(`https://${reference.host}${path}?api-version=${apiVersion}`),
      authorization: `Bearer ${await access()}`,
      ...request,
    });
}
