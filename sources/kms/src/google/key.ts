import { decodeBase64, type JsonFields, objectOf } from '@keelson/core';
import { publicKeyFromPem, type SignatureScheme } from '@keelson/pki';
import { KmsError } from '../errors.ts';
import { askFields, type ServiceRequest } from '../exchange.ts';
import { kmsLimits } from '../limits.ts';
import { renewed } from '../renewed.ts';
import { type KeptKey, publicKeyOfService } from '../service-key.ts';
import type { Surroundings } from '../surroundings.ts';
import { crc32c } from './crc32c.ts';
import { googleAccess } from './credentials.ts';
import type { GoogleReference } from './reference.ts';

const service = 'https://cloudkms.googleapis.com/v1/';
/** Of a message that is sent whole. */
const maxMessageBytes = 64 << 10;

type Call = (path: string, request?: Pick<ServiceRequest, 'method' | 'body'>) => Promise<JsonFields>;

/**
 * A key in Google Cloud KMS (Cloud KMS API v1, projects.locations.keyRings.cryptoKeys.cryptoKeyVersions: getPublicKey, asymmetricSign).
 * The algorithm is fixed for each version of a key.
 *
 * @throws KmsError, HttpError
 */
export async function openGoogleKey(
  around: Surroundings,
  { key, version }: GoogleReference,
): Promise<KeptKey> {
  const call = caller(around);
  const name = `${key}/cryptoKeyVersions/${version ?? (await newestVersion(call, key))}`;
  const answer = await call(`${name}/publicKey`);
  demandName(answer, name);
  const pem = answer.text('pem');
  demandChecksum(answer, 'pemCrc32c', Buffer.from(pem));
  const scheme = schemeOf(name, answer.text('algorithm'));
  return {
    name,
    publicKey: publicKeyOfService(name, () => publicKeyFromPem(pem)),
    schemes: [scheme],
    sign: async (_, input) => {
      const isWhole = scheme === 'ed25519';
      if (isWhole && input.length > maxMessageBytes)
        throw new KmsError(
          'KMS_KEY_UNFIT',
          `${name} is an Ed25519 key, which signs whole messages, and Google Cloud KMS takes ${maxMessageBytes} bytes: take a key of another type`,
        );
      const content = Buffer.from(input).toString('base64');
      const checksum = String(crc32c(input));
      const body = isWhole
        ? objectOf([
            ['data', content],
            ['dataCrc32c', checksum],
          ])
        : objectOf([
            ['digest', objectOf([[scheme.slice(scheme.lastIndexOf('-') + 1), content]])],
            ['digestCrc32c', checksum],
          ]);
      const signed = await call(`${name}:asymmetricSign`, { method: 'POST', body });
      demandName(signed, name);
      const verified = isWhole ? 'verifiedDataCrc32c' : 'verifiedDigestCrc32c';
      if (signed.optionalBoolean(verified) !== true)
        throw signed.invalid(verified, 'is not true: what was asked for was damaged on its way');
      const signature = decodeBase64(signed.text('signature'), 'standard');
      if (signature === undefined) throw signed.invalid('signature', 'is no base64');
      demandChecksum(signed, 'signatureCrc32c', signature);
      return signature;
    },
  };
}

function caller(around: Surroundings): Call {
  const access = renewed(
    () => around.timing.now(),
    () => googleAccess(around),
  );
  return async (path, request = {}) => {
    const { token, quotaProject } = await access();
    return await askFields(around, 'the answer of Google Cloud KMS', {
      url: new URL(path, service),
      authorization: `Bearer ${token}`,
      ...(quotaProject === undefined ? {} : { headers: { 'x-goog-user-project': quotaProject } }),
      ...request,
    });
  };
}

/** The newest version that is enabled. @throws KmsError KMS_KEY_UNFIT where there is none */
async function newestVersion(call: Call, key: string): Promise<number> {
  let newest = 0;
  let page = '';
  for (let pages = 0; pages === 0 || page !== ''; pages++) {
    if (pages === kmsLimits.maxPages)
      throw new KmsError(
        'KMS_ANSWER_INVALID',
        `${key} has more than maxPages (${kmsLimits.maxPages}) pages of versions`,
      );
    const query = new URLSearchParams({
      filter: 'state=ENABLED',
      pageSize: '200',
      ...(page === '' ? {} : { pageToken: page }),
    });
    const answer = await call(`${key}/cryptoKeyVersions?${query}`);
    for (const version of answer.objects('cryptoKeyVersions', 1_000)) {
      const [name, state] = [version.text('name'), version.text('state')];
      const number = name.startsWith(`${key}/cryptoKeyVersions/`)
        ? name.slice(name.lastIndexOf('/') + 1)
        : '';
      if (!/^[1-9][0-9]{0,9}$/.test(number)) throw version.invalid('name', 'is no version of the key');
      if (state === 'ENABLED') newest = Math.max(newest, Number(number));
    }
    page = answer.optionalText('nextPageToken') ?? '';
  }
  if (newest === 0) throw new KmsError('KMS_KEY_UNFIT', `${key} has no version that is enabled`);
  return newest;
}

/** CryptoKeyVersionAlgorithm. @throws KmsError KMS_KEY_UNFIT */
function schemeOf(name: string, algorithm: string): SignatureScheme {
  const [, family, hash] =
    /^(EC_SIGN_P\d+|RSA_SIGN_PKCS1_\d+|RSA_SIGN_PSS_\d+)_SHA(256|384|512)$/.exec(algorithm) ?? [];
  if (algorithm === 'EC_SIGN_ED25519') return 'ed25519';
  if (hash === '256' || hash === '384' || hash === '512') {
    if (family?.startsWith('EC') === true) return `ecdsa-sha${hash}`;
    return family?.startsWith('RSA_SIGN_PSS') === true ? `rsa-pss-sha${hash}` : `rsa-pkcs1-sha${hash}`;
  }
  throw new KmsError(
    'KMS_KEY_UNFIT',
    `${name} is of the algorithm ${JSON.stringify(algorithm.slice(0, 60))}, by which keelson does not sign`,
  );
}

function demandName(answer: JsonFields, name: string): void {
  if (answer.text('name') !== name)
    throw answer.invalid('name', 'is another version than the one that was asked');
}

/** A 64-bit number, which stands as a text. */
function demandChecksum(answer: JsonFields, name: string, bytes: Uint8Array): void {
  const given = answer.value(name);
  if (String(given) !== String(crc32c(bytes)))
    throw answer.invalid(name, 'does not hold: the answer was damaged on its way');
}
